/** The dance with the provider of an organization: a real issuer, a real database, and the handler between them. */
import { randomBytes } from 'node:crypto';
import { type Api, createApi, localChangeFeed } from '@tollgate/api';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import {
  authenticateSession,
  beginTotp,
  confirmTotp,
  type LookUpTxt,
  memoryAttemptCounter,
  readSessionCookie,
} from '@tollgate/identity';
import { createOidcClient } from '@tollgate/identity/oidc';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, type TestDatabase, totpCodeAt } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOAuthHandler } from './oauth-handler.ts';
import { followIssuer, Jar } from './test-browser.ts';
import { startTestIssuer, type TestIssuer, type TestPerson } from './test-issuer.ts';

const CONSOLE = 'http://localhost:3000';
const NO_CLIENTS = { google: undefined, github: undefined, microsoft: undefined, oidc: undefined };
const PASSWORD = 'four words and a comma';
const ORIGIN = { ipAddress: '', userAgent: '', requestId: '' };
const clock = fixedClock(Date.now());
const logLines: string[] = [];
const logger = createLogger({ name: 'test', destination: { write: (line) => logLines.push(line) } });
const published = new Map<string, string>();
const lookUpTxt: LookUpTxt = async (name) => (published.has(name) ? [published.get(name)!] : []);
let test: TestDatabase;
let database: Database;
let issuer: TestIssuer;
let secondIssuer: TestIssuer;
let api: Api;
let handle: (request: Request) => Promise<Response>;
let serial = 0;

beforeAll(async () => {
  const callback = `${CONSOLE}/api/auth/callback/sso`;
  [test, issuer, secondIssuer] = await Promise.all([
    createTestDatabase(),
    startTestIssuer(callback),
    startTestIssuer(callback),
  ]);
  database = openDatabase({ url: test.urls.console, applicationName: 'sso-test' });
  const ring = () => parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
  const allowedPrivateOrigins = [issuer.issuer, secondIssuer.issuer, 'http://127.0.0.1:1'];
  const attempts = memoryAttemptCounter(clock);
  api = createApi({
    database,
    clock,
    logger,
    attempts,
    settings: {
      consoleUrl: CONSOLE,
      gatewayUrl: 'http://localhost:4000',
      allowedPrivateOrigins,
      limitsEnforced: true,
      // New people of an organization come all the same: it vouches for them.
      signUp: 'open',
      signUpDomains: [],
      operatorEmails: [],
      firstUserIsOperator: false,
      verificationRequired: true,
    },
    keyPeppers: ring(),
    encryptionKeys: ring(),
    changes: localChangeFeed(),
    lookUpTxt,
  });
  handle = createOAuthHandler({
    clients: NO_CLIENTS,
    identity: api.identity,
    secret: 'a secret of this test, long enough',
    logger,
    clientAddress: () => '192.0.2.1',
    oidc: createOidcClient({ allowedPrivateOrigins }, clock),
  });
});
afterAll(async () => {
  await database?.close();
  await Promise.all([issuer?.close(), secondIssuer?.close(), test?.drop()]);
});

// The issuers' clocks are the real one.
beforeEach(() => {
  clock.set(Date.now());
  logLines.length = 0;
});

interface Organization {
  readonly domain: string;
  readonly identityProviderId: string;
  readonly jar: Jar;
}

async function call(jar: Jar, method: string, path: string, body?: unknown) {
  const response = jar.keep(
    await api.request(
      new Request(`${CONSOLE}/api/v1${path}`, {
        method,
        headers: { cookie: jar.header, 'x-tollgate-csrf': '1', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    ),
  );
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

async function organization(at: TestIssuer = issuer, change: object = {}): Promise<Organization> {
  serial += 1;
  const domain = `dance-${serial}.example`;
  const jar = new Jar();
  await call(jar, 'POST', '/auth/sign-up', { email: `owner@${domain}`, password: PASSWORD });
  const { body } = await call(jar, 'POST', '/domains', { name: domain });
  published.set(body.record.name, body.record.value);
  expect((await call(jar, 'POST', `/domains/${body.id}/verify`)).status).toBe(200);
  const connected = await call(jar, 'PUT', '/identity-provider', {
    name: 'Directory',
    issuer: at.issuer,
    clientId: at.client.id,
    clientSecret: at.client.secret,
    enforced: false,
    provisioning: true,
    defaultRole: 'developer',
    ...change,
  });
  expect(connected.status, JSON.stringify(connected.body)).toBe(200);
  return { domain, jar, identityProviderId: connected.body.identityProvider.id };
}

function person(email: string, change: Partial<TestPerson> = {}): TestPerson {
  return { sub: `sub of ${email}`, email, email_verified: true, name: 'Ada', ...change };
}

function begin(jar: Jar, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const sent = { cookie: jar.header, 'content-type': 'application/json', 'x-tollgate-csrf': '1', ...headers };
  return handle(
    new Request(`${CONSOLE}/api/auth/signin/sso`, {
      method: 'POST',
      headers: sent,
      body: JSON.stringify(body),
    }),
  );
}

async function walk(
  { identityProviderId }: Pick<Organization, 'identityProviderId'>,
  as: TestPerson | undefined,
  jar = new Jar(),
  more: object = {},
): Promise<URL> {
  issuer.signedInAs = as;
  secondIssuer.signedInAs = as;
  const response = jar.keep(await begin(jar, { identityProviderId, ...more }));
  expect(response.status, await response.clone().text()).toBe(200);
  const { url } = (await response.json()) as { url: string };
  return followIssuer(url, CONSOLE);
}

async function arrive(jar: Jar, url: URL): Promise<string | null> {
  const response = jar.keep(await handle(new Request(url, { headers: { cookie: jar.header } })));
  expect(response.status).toBe(303);
  return response.headers.get('location');
}

async function signIn(at: Organization, as: TestPerson, jar = new Jar(), more: object = {}) {
  const location = await arrive(jar, await walk(at, as, jar, more));
  return { location, jar, actor: await actorOf(jar) };
}

async function actorOf(jar: Jar) {
  const token = readSessionCookie(CONSOLE, jar.header);
  return token === undefined ? undefined : (await authenticateSession(api.identity, token))?.actor;
}

const refusedWith = (problem: string) => `${CONSOLE}/sign-in?problem=${problem}`;

describe('sign-in at the provider of an organization', () => {
  it('opens a session of that provider, and leads to the page that was asked for', async () => {
    const at = await organization();
    const ada = person(`ada@${at.domain}`);
    const { location, jar, actor } = await signIn(at, ada, new Jar(), {
      next: '/keys?a=1',
      email: ada.email,
    });
    expect(location).toBe(`${CONSOLE}/keys?a=1`);
    expect(actor).toMatchObject({
      email: ada.email,
      emailVerified: true,
      provider: 'sso',
      identityProviderId: at.identityProviderId,
    });
    expect([...jar.cookies.keys()]).toEqual(['tollgate_session']);
    expect((await call(jar, 'GET', '/me')).body).toMatchObject({ role: 'developer' });
    const again = await signIn(at, ada, new Jar(), { next: '//evil.example/x' });
    expect([again.location, again.actor?.userId]).toEqual([`${CONSOLE}/`, actor?.userId]);
  });

  it('asks with state, nonce and PKCE, for one callback, and tells the browser none of what they come of', async () => {
    const { identityProviderId, domain } = await organization();
    const jar = new Jar();
    const response = jar.keep(await begin(jar, { identityProviderId, email: `ada@${domain}` }));
    const { url } = (await response.json()) as { url: string };
    const query = Object.fromEntries(new URL(url).searchParams);
    expect(query).toMatchObject({
      response_type: 'code',
      redirect_uri: `${CONSOLE}/api/auth/callback/sso`,
      code_challenge_method: 'S256',
      login_hint: `ada@${domain}`,
      scope: 'openid email profile',
    });
    const words = [
      query.state,
      query.nonce,
      query.code_challenge,
      jar.cookies.get('tollgate_single_sign_on'),
    ];
    expect(new Set(words).size).toBe(4);
    expect(words.every((word) => /^[\w-]{43}$/.test(word ?? ''))).toBe(true);
  });

  it('shows again who somebody is, by their own account there alone', async () => {
    const at = await organization();
    const ada = person(`ada@${at.domain}`);
    const first = await signIn(at, ada);
    const again = await signIn(at, ada, first.jar, { reauthenticate: true });
    expect(again.location).toBe(`${CONSOLE}/reauthenticated`);
    expect(again.actor?.sessionId).toBe(first.actor?.sessionId);
    const other = await signIn(at, person(`bob@${at.domain}`), first.jar, { reauthenticate: true });
    expect(other.location).toBe(`${CONSOLE}/reauthenticated?problem=account_not_linked`);
    expect((await actorOf(first.jar))?.userId).toBe(first.actor?.userId);
  });

  it('asks for the second factor of whoever has one, and what that opens is the provider’s session all the same', async () => {
    const at = await organization();
    const ada = person(`ada@${at.domain}`);
    const { actor } = await signIn(at, ada);
    const { secret } = await beginTotp(api.identity, actor!);
    await confirmTotp(api.identity, actor!, totpCodeAt(secret, clock.nowMs()), ORIGIN);
    const half = await signIn(at, ada, new Jar(), { next: '/keys' });
    expect([half.location, half.actor]).toEqual([`${CONSOLE}/sign-in/second-step?next=%2Fkeys`, undefined]);
    clock.advance(30_000);
    const finish = (jar: Jar) =>
      call(jar, 'POST', '/auth/second-step', { code: totpCodeAt(secret, clock.nowMs()) });
    expect((await finish(half.jar)).status).toBe(200);
    expect(await actorOf(half.jar)).toMatchObject({
      identityProviderId: at.identityProviderId,
      provider: 'sso',
    });
    const [session] = (await call(half.jar, 'GET', '/me/sessions')).body.data;
    expect(Date.parse(session.expiresAt) - Date.parse(session.createdAt)).toBe(86_400_000);
    // Half open when the provider goes: over with it.
    const late = await signIn(at, ada);
    await call(at.jar, 'DELETE', '/identity-provider');
    clock.advance(30_000);
    expect((await finish(late.jar)).body.code).toBe('sign_in_expired');
    expect(await actorOf(half.jar)).toBeUndefined();
  });

  it('says why somebody is not let in', async () => {
    const closed = await organization(issuer, { provisioning: false });
    expect((await signIn(closed, person(`ada@${closed.domain}`))).location).toBe(refusedWith('not_a_member'));
    const at = await organization();
    const elsewhere = await signIn(at, person('ada@elsewhere.example'));
    expect([elsewhere.location, elsewhere.actor]).toEqual([refusedWith('email_not_of_domain'), undefined]);
    const denied = await signIn(at, person(`eve@${at.domain}`, { email_verified: false }));
    expect(denied.location).toBe(refusedWith('email_not_of_domain'));
    const { actor } = await signIn(at, person(`bob@${at.domain}`));
    const { data } = (await call(at.jar, 'GET', `/members?ids=${actor?.userId}`)).body;
    await call(at.jar, 'DELETE', `/members/${data[0].id}`);
    const back = await signIn(at, person(`bob@${at.domain}`));
    expect([back.location, back.actor]).toEqual([refusedWith('removed_from_organization'), undefined]);
    expect(await arrive(...(await cancelled(at)))).toBe(refusedWith('cancelled'));
  });

  async function cancelled(at: Organization): Promise<[Jar, URL]> {
    const jar = new Jar();
    return [jar, await walk(at, undefined, jar)];
  }

  it('is nobody of another organization, whose provider says the same of somebody', async () => {
    const [a, b] = [await organization(), await organization(secondIssuer)];
    const ada = await signIn(a, person(`ada@${a.domain}`, { sub: 'one' }));
    const forged = await signIn(b, person(`ada@${a.domain}`, { sub: 'one' }));
    expect([forged.location, forged.actor]).toEqual([refusedWith('email_not_of_domain'), undefined]);
    const bob = await signIn(b, person(`bob@${b.domain}`, { sub: 'one' }));
    expect(bob.actor?.userId).not.toBe(ada.actor?.userId);
  });
});

describe('an answer that is not for this browser, or not for now', () => {
  it('opens nothing when it comes a second time, even with the cookies of the first', async () => {
    const at = await organization();
    const jar = new Jar();
    const url = await walk(at, person(`ada@${at.domain}`), jar);
    const kept = new Jar();
    for (const [name, value] of jar.cookies) kept.cookies.set(name, value);
    expect(await arrive(jar, url)).toBe(`${CONSOLE}/`);
    for (const browser of [kept, new Jar()]) {
      expect(await arrive(browser, url)).toBe(refusedWith('failed'));
      expect(await actorOf(browser)).toBeUndefined();
    }
  });

  it('opens nothing with the answer of another browser, which does not end what this one has begun', async () => {
    const at = await organization();
    const [attacker, victim] = [new Jar(), new Jar()];
    const forVictim = await walk(at, person(`ada@${at.domain}`), victim);
    const forged = await walk(at, person(`eve@${at.domain}`), attacker);
    const doubled = new URL(forVictim);
    doubled.searchParams.append('code', 'another');
    for (const stray of [forged, new URL(`${CONSOLE}/api/auth/callback/sso`), doubled]) {
      expect(await arrive(victim, stray)).toBe(refusedWith('failed'));
      expect(await actorOf(victim)).toBeUndefined();
    }
    expect(await arrive(victim, forVictim)).toBe(`${CONSOLE}/`);
  });

  it('opens nothing where the code is another’s, who was sent by another verifier', async () => {
    const at = await organization();
    const [attacker, victim] = [new Jar(), new Jar()];
    const mine = await walk(at, person(`eve@${at.domain}`), attacker);
    const theirs = await walk(at, person(`ada@${at.domain}`), victim);
    mine.searchParams.set('code', theirs.searchParams.get('code') ?? '');
    expect(await arrive(attacker, mine)).toBe(refusedWith('failed'));
    expect(await actorOf(attacker)).toBeUndefined();
  });

  it('opens nothing a quarter of an hour later, nor once the provider is another or gone', async () => {
    const at = await organization();
    const late = new Jar();
    const url = await walk(at, person(`ada@${at.domain}`), late);
    clock.advance(15 * 60_000);
    expect(await arrive(late, url)).toBe(refusedWith('failed'));
    clock.set(Date.now());
    const jar = new Jar();
    const other = await walk(at, person(`ada@${at.domain}`), jar);
    expect((await call(at.jar, 'DELETE', '/identity-provider')).status).toBe(204);
    expect(await arrive(jar, other)).toBe(refusedWith('failed'));
    expect(await actorOf(jar)).toBeUndefined();
    const { identityProviderId } = at;
    expect((await begin(new Jar(), { identityProviderId })).status).toBe(404);
  });
});

describe('a provider that is wrong or away', () => {
  it('is said so where the sign-in begins, and where it ends', async () => {
    const away = await organization(issuer, { issuer: 'http://127.0.0.1:1' });
    const answer = await begin(new Jar(), { identityProviderId: away.identityProviderId });
    expect([answer.status, (await answer.json()).code]).toEqual([503, 'provider_unreachable']);
    const wrong = await organization(issuer, { issuer: `${issuer.issuer}/` });
    const misnamed = await begin(new Jar(), { identityProviderId: wrong.identityProviderId });
    expect([misnamed.status, (await misnamed.json()).code]).toEqual([502, 'provider_misconfigured']);
    const secret = await organization(issuer, { clientSecret: 'another' });
    const { location, actor } = await signIn(secret, person(`ada@${secret.domain}`));
    expect([location, actor]).toEqual([refusedWith('provider_misconfigured'), undefined]);
    expect(logLines.join('')).not.toContain('"another"');
  });

  it('begins for nobody but our own page, and for a provider that is there', async () => {
    const { identityProviderId } = await organization();
    const body = { identityProviderId };
    expect((await begin(new Jar(), body, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await begin(new Jar(), body, { 'x-tollgate-csrf': '' })).status).toBe(403);
    expect((await begin(new Jar(), { identityProviderId: 'idp_nothing' })).status).toBe(404);
    expect((await begin(new Jar(), {})).status).toBe(400);
    expect((await begin(new Jar(), { ...body, more: 1 })).status).toBe(400);
  });
});
