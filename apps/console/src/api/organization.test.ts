import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiFetch } from './client.ts';
import {
  chooseOrganization,
  enterFirstOrganization,
  keepOrganization,
  ownerHeaders,
  pinPage,
  unpinPage,
} from './organization.ts';

/** Of the whole browser: what one tab writes, every other reads. */
let jar: { cookie: string };
beforeEach(() => {
  jar = { cookie: 'tollgate_organization=org_acme' };
  vi.stubGlobal('document', jar);
});
afterEach(() => {
  unpinPage();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('pinPage()', () => {
  it('keeps calls with the organization and the person of the page when another tab switches', async () => {
    pinPage({ personId: 'usr_1', organizationId: 'org_acme' });
    jar.cookie = 'tollgate_organization=org_globex';
    const sent = vi.fn(async (_url: string, _init: RequestInit) => Response.json({}));
    vi.stubGlobal('fetch', sent);
    await apiFetch('/budgets', { json: {} });
    const headers = new Headers(sent.mock.calls[0]?.[1].headers);
    expect(headers.get('x-tollgate-organization')).toBe('org_acme');
    expect(headers.get('x-tollgate-person')).toBe('usr_1');
    await apiFetch('/budgets', { organizationId: 'org_named' });
    const named = new Headers(sent.mock.calls[1]?.[1].headers);
    expect(named.get('x-tollgate-organization')).toBe('org_named');
  });

  it('says so when the server draws the same page for others', () => {
    expect(pinPage({ personId: 'usr_1', organizationId: 'org_acme' })).toBe(true);
    expect(pinPage({ personId: 'usr_1', organizationId: 'org_acme' })).toBe(true);
    expect(pinPage({ personId: 'usr_1', organizationId: 'org_globex' })).toBe(false);
    expect(pinPage({ personId: 'usr_2', organizationId: 'org_acme' })).toBe(false);
    expect(ownerHeaders()).toEqual({
      'x-tollgate-person': 'usr_1',
      'x-tollgate-organization': 'org_acme',
    });
  });

  it('lets whoever was in no organization go on in their first one', () => {
    pinPage({ personId: 'usr_1', organizationId: undefined });
    expect(ownerHeaders()).toEqual({ 'x-tollgate-person': 'usr_1' });
    enterFirstOrganization('org_first');
    expect(ownerHeaders()).toMatchObject({ 'x-tollgate-organization': 'org_first' });
    expect(pinPage({ personId: 'usr_1', organizationId: 'org_first' })).toBe(true);
  });

  it('is not there around signing in, where the cookie counts', () => {
    expect(ownerHeaders()).toEqual({ 'x-tollgate-organization': 'org_acme' });
  });
});

describe('keepOrganization()', () => {
  it('has the next page of the tab that is looked at stay in its organization', () => {
    pinPage({ personId: 'usr_1', organizationId: 'org_acme' });
    jar.cookie = 'tollgate_organization=org_globex';
    keepOrganization();
    expect(jar.cookie).toContain('tollgate_organization=org_acme;');
  });

  it('goes on in its own where whoever chose another one stays after all, if it is still looked at', () => {
    vi.useFakeTimers();
    pinPage({ personId: 'usr_1', organizationId: 'org_acme' });
    const stay = (visibilityState: string) => {
      Object.assign(jar, { visibilityState });
      chooseOrganization('org_globex');
      vi.advanceTimersByTime(10_000);
      return jar.cookie;
    };
    expect(stay('hidden')).toContain('tollgate_organization=org_globex;');
    expect(stay('visible')).toContain('tollgate_organization=org_acme;');
  });

  it('counts the time to leave from the last choice, and leaves no timer behind a page', () => {
    vi.useFakeTimers();
    Object.assign(jar, { visibilityState: 'visible' });
    pinPage({ personId: 'usr_1', organizationId: 'org_acme' });
    chooseOrganization('org_globex');
    vi.advanceTimersByTime(9_999);
    chooseOrganization('org_initech');
    vi.advanceTimersByTime(9_999);
    expect(jar.cookie).toContain('tollgate_organization=org_initech;');
    vi.advanceTimersByTime(1);
    expect(jar.cookie).toContain('tollgate_organization=org_acme;');
    chooseOrganization('org_globex');
    unpinPage();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not take back what was chosen for the next page, which this one is left for', () => {
    pinPage({ personId: 'usr_1', organizationId: 'org_acme' });
    chooseOrganization('org_globex');
    keepOrganization();
    expect(jar.cookie).toContain('tollgate_organization=org_globex;');
    expect(ownerHeaders()).toMatchObject({ 'x-tollgate-organization': 'org_acme' });
  });
});
