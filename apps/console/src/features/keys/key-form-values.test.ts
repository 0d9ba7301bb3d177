import { describe, expect, it } from 'vitest';
import { mergeNewer } from '../common/merge-newer.ts';
import {
  findWrongTag,
  isOpenToAll,
  keySigns,
  keyValues,
  newKeyExpiries,
  newKeyValues,
  toKeyBody,
  toNewModels,
  usualExpiryRule,
} from './key-form-values.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

describe('toKeyBody()', () => {
  it('makes a new key end after 90 days and belong to whoever makes it', () => {
    expect(toKeyBody({ ...newKeyValues('mem_1'), name: ' search ' }, NOW_MS, 'UTC')).toEqual({
      name: 'search',
      teamId: null,
      ownerId: 'mem_1',
      expiresAt: '2027-02-19T12:00:00.000Z',
      models: [],
      providers: [],
      endpoints: [],
      ipAllowlist: [],
      tags: {},
    });
  });

  it('says null for never, and nothing when the date of an existing key stays', () => {
    const values = newKeyValues(null);
    expect(toKeyBody({ ...values, expiry: 'never' }, NOW_MS, 'UTC').expiresAt).toBeNull();
    expect(toKeyBody({ ...values, expiry: 'keep' }, NOW_MS, 'UTC')).not.toHaveProperty('expiresAt');
  });

  it('ends on the evening of the chosen day where the organization is', () => {
    const values = { ...newKeyValues(null), expiry: 'custom', expiryDate: '2026-12-31' } as const;
    const endIn = (timeZone: string) => toKeyBody(values, NOW_MS, timeZone).expiresAt;
    expect(endIn('Europe/Berlin')).toBe('2026-12-31T22:59:59.000Z');
    expect(endIn('America/New_York')).toBe('2027-01-01T04:59:59.000Z');
    expect(toKeyBody({ ...values, expiryDate: '' }, NOW_MS, 'UTC')).not.toHaveProperty('expiresAt');
  });

  it('reads addresses and tags line by line, and writes them back the same', () => {
    const body = toKeyBody(
      { ...newKeyValues(null), ipAllowlist: '192.0.2.1\n\n 2001:db8::/32 ', tags: 'env=prod\nnote = a=b' },
      NOW_MS,
      'UTC',
    );
    expect(body.ipAllowlist).toEqual(['192.0.2.1', '2001:db8::/32']);
    expect(body.tags).toEqual({ env: 'prod', note: 'a=b' });
    const again = keyValues({ ...body, id: 'key_1' } as never);
    expect(again.tags).toBe('env=prod\nnote=a=b');
    expect(again.ipAllowlist).toBe('192.0.2.1\n2001:db8::/32');
  });
});

describe('findWrongTag()', () => {
  it.each([
    ['env=prod', undefined],
    ['env=prod\nalone', 'alone'],
    ['=prod', '=prod'],
  ])('in %j finds %j', (text, wrong) => expect(findWrongTag(text)).toBe(wrong));
});

describe('a key that somebody else changed meanwhile', () => {
  const opened = { ...newKeyValues(null), expiry: 'keep' } as const;
  const signs = [keySigns({ expiresAt: null }), keySigns({ expiresAt: '2026-11-23T22:59:59.000Z' })] as const;

  it('is told to end at another time to whoever chose one, and to nobody else', () => {
    const typed = { ...opened, expiry: 'never' } as const;
    expect(mergeNewer(opened, typed, opened, { signs }).contested).toEqual(['expiry']);
    expect(mergeNewer(opened, { ...opened, name: 'a' }, opened, { signs }).contested).toEqual([]);
    expect(mergeNewer(opened, typed, opened, { signs: [signs[0], signs[0]] }).contested).toEqual([]);
  });

  it('allows all where its scope is empty, which an empty name or team does not', () => {
    const names = ['models', 'providers', 'endpoints', 'ipAllowlist', 'name', 'teamId'] as const;
    expect(names.filter((name) => isOpenToAll(name, opened))).toEqual([
      'models',
      'providers',
      'endpoints',
      'ipAllowlist',
    ]);
    expect(isOpenToAll('models', { ...opened, models: ['gpt-5'] })).toBe(false);
  });
});

describe('the end of a new key', () => {
  const days = (value: number, teamId: string | null = null) => ({ value, teamId });

  it('is by the rules where they say one, never behind the maximum age', () => {
    const none = { defaultExpiryDays: null, maxAgeDays: null };
    expect(usualExpiryRule(none)).toBeNull();
    expect(usualExpiryRule({ ...none, defaultExpiryDays: days(30) })).toEqual(days(30));
    expect(usualExpiryRule({ defaultExpiryDays: days(30), maxAgeDays: days(7, 'team_1') })).toEqual(
      days(7, 'team_1'),
    );
    expect(newKeyExpiries(none)).not.toContain('usual');
    expect(newKeyExpiries(none)).toContain('never');
  });

  it('offers nothing that the rules refuse', () => {
    expect(newKeyExpiries({ defaultExpiryDays: null, maxAgeDays: days(30) })).toEqual([
      'usual',
      'days7',
      'days30',
      'custom',
    ]);
  });
});

describe('the models of a new key', () => {
  it('are left to the rules, written, or all where somebody says so', () => {
    expect(toNewModels({ models: [], allModels: false })).toBeUndefined();
    expect(toNewModels({ models: ['gpt-5'], allModels: false })).toEqual(['gpt-5']);
    expect(toNewModels({ models: [], allModels: true })).toEqual([]);
  });
});
