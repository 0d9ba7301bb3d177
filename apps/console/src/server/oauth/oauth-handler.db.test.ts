import { randomBytes } from 'node:crypto';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import {
  authenticateSession,
  beginTotp,
  confirmTotp,
  getSecondStep,
  type IdentityContext,
  memoryAttemptCounter,
  readSessionCookie,
  signUp,
} from '@tollgate/identity';
import { createOidcClient } from '@tollgate/identity/oidc';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, type TestDatabase, totpCodeAt } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OAuthHandlerOptions } from './dance.ts';
import { createOAuthHandler } from './oauth-handler.ts';
import { followIssuer, Jar } from './test-browser.ts';
import { startTestIssuer, type TestIssuer, type TestPerson } from './test-issuer.ts';

const CONSOLE = 'http://localhost:3000';
const NO_CLIENTS = { google: undefined, github: undefined, microsoft: undefined, oidc: undefined };
const ORIGIN = { ipAddress: '', userAgent: '', requestId: '' };
const clock = fixedClock(Date.now());
const logLines: string[] = [];
let test: TestDatabase;
let database: Database;
let issuer: TestIssuer;
let identity: IdentityContext;

beforeAll(async () => {
  [test, issuer] = await Promise.all([
    createTestDatabase(),
    startTestIssuer(`${CONSOLE}/api/auth/callback/oidc`),
  ]);
  database = openDatabase({ url: test.urls.console, applicationName: 'oauth-test' });
  identity = {
    database,
    clock,
    encryptionKeys: parseKeyRing(`1:${randomBytes(32).toString('base64url')}`),
    attempts: memoryAttemptCounter(clock),
    settings: {
      consoleUrl: CONSOLE,
      signUp: 'open',
      signUpDomains: [],
      operatorEmails: [],
      firstUserIsOperator: false,
      verificationRequired: true,
    },
  };
});
afterAll(async () => {
  await database?.close();
  await Promise.all([issuer?.close(), test?.drop()]);
});

// The issuer's clock is the real one.
beforeEach(() => clock.set(Date.now()));

function handler(change: Partial<OAuthHandlerOptions> = {}) {
  const oidc = { ...issuer.client, issuer: issuer.issuer, name: 'Test' };
  return createOAuthHandler({
    clients: { ...NO_CLIENTS, oidc },
    identity,
    secret: 'a secret of this test, long enough',
    logger: createLogger({ name: 'test', destination: { write: (line) => logLines.push(line) } }),
    clientAddress: () => '192.0.2.1',
    oidc: createOidcClient({ allowedPrivateOrigins: [] }, clock),
    ...change,
  });
}

let serial = 0;
function somebody(change: Partial<TestPerson> = {}): TestPerson {
  serial += 1;
  const email = `oauth-${serial}@example.com`;
  return { sub: `sub-${serial}`, email, email_verified: true, name: 'Ada', ...change };
}

interface Start {
  readonly next?: string;
  readonly reauthenticate?: true;
  readonly headers?: Record<string, string>;
  readonly origin?: string;
}

function post(jar: Jar, start: Start = {}, id = 'oidc'): Request {
  const { headers = {}, origin = CONSOLE, ...body } = start;
  return new Request(`${origin}/api/auth/signin/${id}`, {
    method: 'POST',
    headers: { cookie: jar.header, 'content-type': 'application/json', 'x-tollgate-csrf': '1', ...headers },
    body: JSON.stringify(body),
  });
}

/** As far as the provider sends the browser back. @returns The address of the callback. */
async function walkToCallback(handle: ReturnType<typeof handler>, jar: Jar, start: Start = {}): Promise<URL> {
  const response = jar.keep(await handle(post(jar, start)));
  expect(response.status).toBe(200);
  const { url } = (await response.json()) as { url: string };
  return followIssuer(url, CONSOLE);
}

async function arrive(handle: ReturnType<typeof handler>, jar: Jar, url: URL) {
  const request = new Request(url, { headers: { cookie: jar.header } });
  const response = jar.keep(await handle(request));
  return { status: response.status, location: response.headers.get('location'), response };
}

async function signInAs(person: TestPerson, start: Start = {}, jar = new Jar(), handle = handler()) {
  issuer.signedInAs = person;
  const answer = await arrive(handle, jar, await walkToCallback(handle, jar, start));
  return { ...answer, jar, actor: await actorOf(jar) };
}

async function actorOf(jar: Jar) {
  const token = readSessionCookie(CONSOLE, jar.header);
  return token === undefined ? undefined : (await authenticateSession(identity, token))?.actor;
}

const FAILED = `${CONSOLE}/sign-in?problem=failed`;

describe('sign-in at an OIDC issuer', () => {
  it('makes a person, opens our session alone, and leads to the wizard', async () => {
    const person = somebody();
    const { status, location, response, jar, actor } = await signInAs(person);
    expect([status, location]).toEqual([303, `${CONSOLE}/onboarding`]);
    expect(actor).toMatchObject({ email: person.email, name: 'Ada', emailVerified: true });
    expect([...jar.cookies.keys()]).toEqual(['tollgate_session']);
    expect(response.headers.getSetCookie().join()).not.toContain('authjs.session-token');
  });

  it('knows the person again, keeps to paths of the console, and ends the session before', async () => {
    const person = somebody();
    const first = await signInAs(person);
    const before = new Jar();
    before.cookies.set('tollgate_session', first.jar.cookies.get('tollgate_session')!);
    const second = await signInAs(
      { ...person, email: 'other@example.com' },
      { next: '/keys?a=1' },
      first.jar,
    );
    expect(second.location).toBe(`${CONSOLE}/keys?a=1`);
    expect(second.actor?.userId).toBe(first.actor?.userId);
    expect(await actorOf(before)).toBeUndefined();
    const third = await signInAs(person, { next: '//evil.example/x' });
    expect(third.location).toBe(`${CONSOLE}/`);
  });

  it('asks with state, nonce and PKCE, and for an answer to the configured origin, whatever host was asked', async () => {
    const jar = new Jar();
    const response = await handler()(post(jar, { origin: 'http://evil.example' }));
    const { url } = (await response.json()) as { url: string };
    const query = Object.fromEntries(new URL(url).searchParams);
    expect(query).toMatchObject({
      redirect_uri: `${CONSOLE}/api/auth/callback/oidc`,
      code_challenge_method: 'S256',
      state: expect.stringMatching(/.{20}/),
      nonce: expect.stringMatching(/.{20}/),
    });
  });

  it('shows again who somebody is, in the session that is open, to the window that asked', async () => {
    const person = somebody();
    clock.set(Date.now() - 3_600_000);
    const { jar, actor } = await signInAs(person);
    clock.set(Date.now());
    const asked = await handler()(post(new Jar(), { reauthenticate: true }));
    // The provider is told to ask, though it knows the browser; for a sign-in it is not.
    const { searchParams } = new URL(((await asked.json()) as { url: string }).url);
    expect([searchParams.get('prompt'), searchParams.get('max_age')]).toEqual(['login', '0']);
    const usual = await handler()(post(new Jar()));
    expect(((await usual.json()) as { url: string }).url).not.toContain('prompt=');
    const again = await signInAs(person, { reauthenticate: true }, jar);
    expect(again.location).toBe(`${CONSOLE}/reauthenticated`);
    expect(again.actor?.sessionId).toBe(actor?.sessionId);
    // In whole seconds, as the issuer tells it.
    const agoMs = Date.now() - (again.actor?.authenticatedAt.getTime() ?? 0);
    expect(agoMs).toBeGreaterThanOrEqual(0);
    expect(agoMs).toBeLessThan(30_000);
    const other = await signInAs(somebody(), { reauthenticate: true }, jar);
    expect(other.location).toBe(`${CONSOLE}/reauthenticated?problem=account_not_linked`);
    expect(other.actor?.userId).toBe(actor?.userId);
  });

  it.each([
    ['tells no time', undefined],
    ['asked a quarter of an hour ago', Date.now() / 1_000 - 1_000],
    ['asks in an hour', Date.now() / 1_000 + 3_600],
  ])('confirms nobody whose issuer %s', async (_, authTime) => {
    const person = somebody();
    const { jar, actor } = await signInAs(person);
    const behind = handlerBehind({}, { auth_time: authTime });
    const again = await signInAs(person, { reauthenticate: true }, jar, behind);
    expect(again.location).toBe(`${CONSOLE}/reauthenticated?problem=reauthentication_not_shown`);
    expect(again.actor?.authenticatedAt).toEqual(actor?.authenticatedAt);
  });

  it('counts a sign-in as recent from when the issuer asked, where it says so', async () => {
    const authTime = Math.floor(Date.now() / 1_000) - 7_200;
    const { actor } = await signInAs(somebody(), {}, new Jar(), handlerBehind({}, { auth_time: authTime }));
    expect(actor?.authenticatedAt.getTime()).toBe(authTime * 1_000);
  });

  it('sends nobody to a provider that cannot be made to ask', async () => {
    const handle = handler({ clients: { ...NO_CLIENTS, github: { id: 'x', secret: 'y' } } });
    const answer = await handle(post(new Jar(), { reauthenticate: true }, 'github'));
    expect([answer.status, (await answer.json()).code]).toEqual([409, 'reauthentication_not_shown']);
  });

  it('opens no session for who has a second factor, but leads to the second step', async () => {
    const person = somebody();
    const { actor } = await signInAs(person);
    const { secret } = await beginTotp(identity, actor!);
    await confirmTotp(identity, actor!, totpCodeAt(secret, identity.clock.nowMs()), ORIGIN);
    const { location, jar, actor: nobody } = await signInAs(person, { next: '/keys' });
    expect(location).toBe(`${CONSOLE}/sign-in/second-step?next=%2Fkeys`);
    expect(nobody).toBeUndefined();
    expect([...jar.cookies.keys()]).toEqual(['tollgate_second_step']);
    expect((await getSecondStep(identity, jar.cookies.get('tollgate_second_step'))).methods).toContain(
      'totp',
    );
  });

  it('says so when the address has an account that may not be linked', async () => {
    const person = somebody();
    const password = 'four words and a comma';
    await signUp(
      identity,
      { email: person.email, password },
      { ipAddress: '', userAgent: '', requestId: '' },
    );
    const { location, actor } = await signInAs(person, { next: '/keys' });
    expect(location).toBe(`${CONSOLE}/sign-in?problem=account_not_linked&next=%2Fkeys`);
    expect(actor).toBeUndefined();
  });

  it('verifies nobody whose address the issuer does not vouch for', async () => {
    const { actor } = await signInAs(somebody({ email_verified: false }));
    expect(actor?.emailVerified).toBe(false);
  });

  it('says so when the person refuses there', async () => {
    issuer.signedInAs = undefined;
    const jar = new Jar();
    const handle = handler();
    const { location } = await arrive(handle, jar, await walkToCallback(handle, jar));
    expect(location).toBe(`${CONSOLE}/sign-in?problem=cancelled`);
  });
});

describe('an answer that is not for this browser', () => {
  it('opens nothing when it comes a second time, even with the cookies of the first', async () => {
    const handle = handler();
    const jar = new Jar();
    issuer.signedInAs = somebody();
    const url = await walkToCallback(handle, jar);
    const kept = new Jar();
    for (const [name, value] of jar.cookies) kept.cookies.set(name, value);
    expect((await arrive(handle, jar, url)).location).toBe(`${CONSOLE}/onboarding`);
    jar.cookies.delete('tollgate_session');
    for (const browser of [jar, kept]) {
      expect((await arrive(handle, browser, url)).location).toBe(FAILED);
      expect(await actorOf(browser)).toBeUndefined();
    }
  });

  it('opens nothing with the state of another browser, nor without any', async () => {
    const handle = handler();
    const [attacker, victim] = [new Jar(), new Jar()];
    issuer.signedInAs = somebody();
    const url = await walkToCallback(handle, attacker);
    await walkToCallback(handle, victim);
    for (const browser of [victim, new Jar()]) {
      expect((await arrive(handle, browser, url)).location).toBe(FAILED);
      expect(await actorOf(browser)).toBeUndefined();
    }
  });

  it('opens nothing at another provider: checks belong to the one that began', async () => {
    const asked: string[] = [];
    const google = 'https://accounts.google.com';
    const handle = handler({
      clients: {
        ...NO_CLIENTS,
        oidc: { ...issuer.client, issuer: issuer.issuer, name: 'Test' },
        google: { id: 'g', secret: 's' },
      },
      fetch: async (input, init) => {
        const url = input instanceof Request ? input.url : String(input);
        if (!url.startsWith('https:')) return fetch(input, init);
        asked.push(url);
        const endpoints = { token_endpoint: `${google}/token`, userinfo_endpoint: `${google}/userinfo` };
        return Response.json({ issuer: google, ...endpoints });
      },
    });
    const jar = new Jar();
    issuer.signedInAs = somebody();
    const url = await walkToCallback(handle, jar);
    url.pathname = '/api/auth/callback/google';
    url.searchParams.set('iss', google);
    expect((await arrive(handle, jar, url)).location).toBe(FAILED);
    expect(asked).toEqual([`${google}/.well-known/openid-configuration`]);
  });

  it('opens nothing when it names another issuer, or a wrong state', async () => {
    for (const [name, value] of [
      ['iss', 'https://evil.example'],
      ['state', 'x'.repeat(43)],
    ] as const) {
      const handle = handler();
      const jar = new Jar();
      issuer.signedInAs = somebody();
      const url = await walkToCallback(handle, jar);
      url.searchParams.set(name, value);
      expect((await arrive(handle, jar, url)).location).toBe(FAILED);
    }
  });
});

describe('a token that is not what was asked for', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['another issuer', {}, { iss: 'https://evil.example' }],
    ['another client', {}, { aud: 'somebody-else' }],
    ['another nonce', {}, { nonce: 'of-yesterday' }],
    ['the past', {}, { exp: 1_700_000_000, iat: 1_699_999_000 }],
    ['no signature', { alg: 'none' }, {}],
    ['a signature by our own secret', { alg: 'HS256' }, {}],
  ])('opens nothing: from %s', async (_, header, claims) => {
    const handle = handlerBehind(header, claims);
    const { location, actor } = await signInAs(somebody(), {}, new Jar(), handle);
    expect([location, actor]).toEqual([FAILED, undefined]);
  });

  it('is taken as it is when nothing was changed', async () => {
    const { location } = await signInAs(somebody(), {}, new Jar(), handlerBehind({}, {}));
    expect(location).toBe(`${CONSOLE}/onboarding`);
  });
});

/** Somebody between us and the issuer who changes its tokens. */
function handlerBehind(header: Record<string, unknown>, claims: Record<string, unknown>) {
  return handler({
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const body = (await response.clone().json()) as { id_token?: string };
      if (body.id_token === undefined) return response;
      return Response.json({ ...body, id_token: tamper(body.id_token, header, claims) });
    },
  });
}

function tamper(token: string, header: Record<string, unknown>, claims: Record<string, unknown>): string {
  const change = (part: string, fields: Record<string, unknown>) => {
    const before = JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    return Buffer.from(JSON.stringify({ ...before, ...fields })).toString('base64url');
  };
  const [head = '', payload = '', signature = ''] = token.split('.');
  return `${change(head, header)}.${change(payload, claims)}.${signature}`;
}

describe('everything else under /api/auth', () => {
  it.each([
    'session',
    'csrf',
    'providers',
    'signout',
    'error',
    'signin',
    'callback',
    'signin/google',
    'callback/oidc/x',
  ])('does not exist: %s', async (path) => {
    const { jar } = await signInAs(somebody());
    for (const method of ['GET', 'POST']) {
      const headers = { cookie: jar.header, authorization: 'Bearer x', 'x-tollgate-csrf': '1' };
      const response = await handler()(new Request(`${CONSOLE}/api/auth/${path}`, { method, headers }));
      expect(response.status).toBe(404);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
  });

  it('does not exist at all without a provider', async () => {
    const handle = handler({ clients: NO_CLIENTS });
    expect((await handle(post(new Jar()))).status).toBe(404);
    expect((await handle(new Request(`${CONSOLE}/api/auth/callback/oidc?code=x`))).status).toBe(404);
  });

  it('refuses to begin for another origin, a form, or a body that is none of ours', async () => {
    const handle = handler();
    const of = (headers: Record<string, string>) => handle(post(new Jar(), { headers }));
    expect((await of({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await of({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await of({ 'x-tollgate-csrf': '' })).status).toBe(403);
    expect((await handle(post(new Jar(), { next: 'x'.repeat(5_000) }))).status).toBe(400);
  });

  it('says that an issuer does not answer, or answers for another', async () => {
    const oidc = { ...issuer.client, issuer: `${issuer.issuer}/elsewhere`, name: 'Test' };
    const gone = handler({ clients: { ...NO_CLIENTS, oidc } });
    expect((await gone(post(new Jar()))).status).toBe(503);
    const lying = handler({ fetch: async () => Response.json({ issuer: 'https://evil.example' }) });
    expect((await lying(post(new Jar()))).status).toBe(503);
  });

  it('logs refusals without codes, states or secrets', async () => {
    const handle = handler();
    const jar = new Jar();
    issuer.signedInAs = somebody();
    const url = await walkToCallback(handle, jar);
    logLines.length = 0;
    await arrive(handle, new Jar(), url);
    const text = logLines.join('');
    expect(text).toContain('sign-in refused');
    for (const secret of [issuer.client.secret, ...url.searchParams.values()].filter(
      (value) => value !== issuer.issuer,
    )) {
      expect(text).not.toContain(secret);
    }
  });
});
