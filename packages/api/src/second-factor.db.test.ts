import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { totpCodeAt, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  cookieOf,
  countLockWaiters,
  startTestApi,
  TEST_PASSWORD,
  type TestAnswer,
  type TestApi,
  type TestCaller,
  type TestPerson,
} from './test-api.ts';
import { type Answering, TestAuthenticator } from './test-authenticator.ts';

const MINUTE_MS = 60_000;
let test: TestApi;
let startMs: number;
let people = 0;

beforeAll(async () => {
  test = await startTestApi();
  startMs = test.clock.nowMs();
});
beforeEach(() => test.clock.set(startMs));
afterAll(() => test.close());

interface Someone extends TestPerson {
  readonly email: string;
}

async function someone(): Promise<Someone> {
  const email = `factor-${++people}@example.com`;
  return { ...(await test.signUp(email, 'Acme')), email };
}

/** Every cookie that an answer sets, as a browser would send it on. */
function cookiesOf(answer: TestAnswer, before = ''): string {
  const jar = new Map(
    before
      .split('; ')
      .filter((pair) => pair !== '')
      .map((pair) => pair.split(/=(.*)/s) as [string, string]),
  );
  for (const cookie of answer.headers.getSetCookie()) {
    const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/s);
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}

async function turnOnTotp(person: Someone): Promise<{ secret: string; recoveryCodes: readonly string[] }> {
  const begun = await person.call('POST', '/me/totp');
  expect(begun.status, begun.text).toBe(200);
  const { secret } = begun.body as { secret: string };
  const confirmed = await person.call('POST', '/me/totp/confirm', {
    code: totpCodeAt(secret, test.clock.nowMs()),
  });
  expect(confirmed.status, confirmed.text).toBe(200);
  return { secret, recoveryCodes: confirmed.body.recoveryCodes };
}

async function addPasskey(person: Someone, name = 'Laptop', how: Answering = {}) {
  const authenticator = new TestAuthenticator();
  const asked = await person.call('POST', '/me/passkeys/options');
  expect(asked.status, asked.text).toBe(200);
  const cookie = cookiesOf(asked, person.call.cookie);
  const passkey = authenticator.create(asked.body.options, how);
  const answer = await person.call('POST', '/me/passkeys', { name, passkey }, { cookie });
  return { authenticator, answer, asked, cookie };
}

const byPassword = (email: string, headers = {}) =>
  test.anonymous('POST', '/auth/sign-in', { email, password: TEST_PASSWORD }, headers);

const finish = (half: TestAnswer, code: string) =>
  test.anonymous('POST', '/auth/second-step', { code }, { cookie: cookiesOf(half) });

async function byPasskey(authenticator: TestAuthenticator, how: Answering = {}): Promise<TestAnswer> {
  const asked = await test.anonymous('POST', '/auth/passkey/options');
  const passkey = authenticator.get(asked.body.options, how);
  return test.anonymous('POST', '/auth/passkey/sign-in', { passkey }, { cookie: cookiesOf(asked) });
}

function sessionOf(answer: TestAnswer): TestCaller {
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('tollgate_session='));
  return test.withCookie(cookie?.split(';')[0] ?? '');
}

async function auditOf(person: TestPerson): Promise<{ action: string; after: unknown; actor: unknown }[]> {
  return (await person.call('GET', '/audit-events?limit=100')).body.data;
}

async function collectMail(): Promise<OutgoingMail[]> {
  const worker = test.openAs('worker', 'mail-test');
  const sent: OutgoingMail[] = [];
  const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs() + MINUTE_MS, limit: 200 };
  await deliverPendingMail(worker, { send: async (mail) => void sent.push(mail) }, options);
  await worker.close();
  return sent;
}

describe('an authenticator app', () => {
  it('is asked for after the password; until then there is no session and no permission whatsoever', async () => {
    const person = await someone();
    const { secret, recoveryCodes } = await turnOnTotp(person);
    expect(new Set(recoveryCodes).size).toBe(10);
    const half = await byPassword(person.email);
    expect(half.body).toEqual({
      userId: null,
      secondStep: { methods: ['totp', 'recovery-code'], expiresAt: expect.any(String) },
    });
    expect(half.headers.getSetCookie().join()).not.toContain('tollgate_session=');
    // Neither as it is nor under the name of a session does it open any route.
    const token = cookiesOf(half).split('=')[1];
    for (const cookie of [cookiesOf(half), `tollgate_session=${token}`]) {
      const halfOpen = test.withCookie(cookie);
      for (const { method, path, access } of test.api.routes) {
        if (access === 'public' || access === 'signature') continue;
        const target = path.replaceAll(/\{\w+\}/g, person.userId);
        const answer = await halfOpen(method.toUpperCase(), target, method === 'get' ? undefined : {});
        expect(answer.status, `${method} ${path}`).toBe(401);
      }
    }
    test.clock.set(startMs + MINUTE_MS);
    const done = await finish(half, totpCodeAt(secret, test.clock.nowMs()));
    expect(done.body).toEqual({ userId: person.userId, secondStep: null });
    expect((await sessionOf(done)('GET', '/me')).body.email).toBe(person.email);
    const events = await auditOf({ ...person, call: sessionOf(done) });
    expect(events[0]).toMatchObject({ action: 'session-created', after: { secondFactor: 'totp' } });
  });

  it('takes each code once, one step of drift, and nothing after ten minutes', async () => {
    const person = await someone();
    const { secret } = await turnOnTotp(person);
    const half = await byPassword(person.email);
    // The code that turned it on is spent.
    const used = await finish(half, totpCodeAt(secret, startMs));
    expect(used.status).toBe(400);
    expect(used.body.errors).toEqual([expect.objectContaining({ path: 'body.code', code: 'wrong_code' })]);
    expect((await finish(half, totpCodeAt(secret, startMs + 60_000))).status).toBe(400);
    const next = totpCodeAt(secret, startMs + 30_000);
    expect((await finish(half, next)).status).toBe(200);
    // Half-open sign-ins are single-use, and so is the code in another one.
    expect((await finish(half, totpCodeAt(secret, startMs + 30_000))).body.code).toBe('sign_in_expired');
    expect((await finish(await byPassword(person.email), next)).status).toBe(400);
    const slow = await byPassword(person.email);
    test.clock.set(startMs + 11 * MINUTE_MS);
    expect((await finish(slow, totpCodeAt(secret, test.clock.nowMs()))).body.code).toBe('sign_in_expired');
    expect((await test.anonymous('POST', '/auth/second-step', { code: next })).status).toBe(401);
  });

  it('of two answers with one code at the same time takes one', async () => {
    const person = await someone();
    const { secret } = await turnOnTotp(person);
    const halves = await Promise.all([byPassword(person.email), byPassword(person.email)]);
    const code = totpCodeAt(secret, startMs + 30_000);
    const answers = await Promise.all(halves.map((half) => finish(half, code)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
  });

  it('is throttled like passwords, per account, and failures are in the audit log', async () => {
    const person = await someone();
    await turnOnTotp(person);
    const half = await byPassword(person.email);
    const statuses: number[] = [];
    for (let index = 0; index < 11; index++) statuses.push((await finish(half, '000000')).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(400));
    expect(statuses[10]).toBe(429);
    const failures = (await auditOf(person)).filter(({ action }) => action === 'sign-in-failed');
    expect(failures).toHaveLength(10);
    expect(failures[0]?.actor).toMatchObject({ kind: 'system' });
  });

  it('[X2] leaves no secret and no code in the database, the log or the audit', async () => {
    const person = await someone();
    const { secret, recoveryCodes } = await turnOnTotp(person);
    const rows = await test.database.person({ userId: person.userId }, async (tx) => [
      await tx.totpFactor.findMany(),
      await tx.recoveryCode.findMany(),
    ]);
    const sinks = JSON.stringify([rows, await auditOf(person)], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    for (const each of [secret, ...recoveryCodes]) {
      expect(sinks).not.toContain(each);
      expect(test.logLines.join('\n')).not.toContain(each);
    }
    expect((await person.call('GET', '/me/security')).text).not.toContain(secret);
  });

  it('ends every other session when it is turned on, and is turned off only with a fresh second factor', async () => {
    const person = await someone();
    const other = sessionOf(await byPassword(person.email));
    const { secret } = await turnOnTotp(person);
    expect((await other('GET', '/me')).status).toBe(401);
    test.clock.set(startMs + 16 * MINUTE_MS);
    expect((await person.call('DELETE', '/me/totp')).body.code).toBe('reauthentication_required');
    // The password alone is not enough.
    const halfway = await person.call('POST', '/me/reauthenticate', { password: TEST_PASSWORD });
    expect(halfway.body.errors[0]).toMatchObject({ path: 'body.code', code: 'wrong_code' });
    const codeAlone = { code: totpCodeAt(secret, test.clock.nowMs()) };
    expect((await person.call('POST', '/me/reauthenticate', codeAlone)).body.errors[0].path).toBe(
      'body.password',
    );
    expect((await person.call('DELETE', '/me/totp')).status).toBe(403);
    const both = { password: TEST_PASSWORD, ...codeAlone };
    expect((await person.call('POST', '/me/reauthenticate', both)).status).toBe(204);
    expect((await person.call('DELETE', '/me/totp')).status).toBe(204);
    expect((await byPassword(person.email)).body.userId).toBe(person.userId);
    const security = (await person.call('GET', '/me/security')).body;
    expect(security).toMatchObject({ totpSince: null, recoveryCodesLeft: 0, secondFactorAt: null });
    const subjects = (await collectMail())
      .filter(({ recipient }) => recipient === person.email)
      .map(({ subject }) => subject);
    expect(subjects).toEqual(
      expect.arrayContaining([
        'An authenticator app was added to your account',
        'The authenticator app was removed from your account',
      ]),
    );
  });

  it('leaves no session behind that began with the password alone while it was turned on', async () => {
    const person = await someone();
    const { secret } = (await person.call('POST', '/me/totp')).body;
    const code = totpCodeAt(secret, test.clock.nowMs());
    const owned = test.openAs('migrator', 'hold');
    const begun: Promise<TestAnswer>[] = [];
    await owned.platform(async (tx) => {
      // Holds the confirmation back between ending the other sessions and its commit.
      await tx.$executeRaw`LOCK TABLE recovery_codes IN SHARE MODE`;
      begun.push(person.call('POST', '/me/totp/confirm', { code }));
      await waitFor(async () => (await countLockWaiters(test)) === 1);
      begun.push(byPassword(person.email));
      await Promise.race([begun[1], waitFor(async () => (await countLockWaiters(test)) === 2)]);
    });
    await owned.close();
    const [confirmed, signedIn] = await Promise.all(begun);
    expect(confirmed?.status, confirmed?.text).toBe(200);
    expect(signedIn?.body.userId).toBeNull();
  });

  it('is refused to an address that was not verified, so that nobody leaves a way into another’s account', async () => {
    const strict = await startTestApi({ verificationRequired: true });
    try {
      const squatter = await strict.signUp('victim@example.com');
      expect((await squatter.call('POST', '/me/totp')).body.code).toBe('email_not_verified');
      expect((await squatter.call('POST', '/me/passkeys/options')).body.code).toBe('email_not_verified');
    } finally {
      await strict.close();
    }
  });
});

describe('a recovery code', () => {
  it('opens the account once, in any spelling, and its use is audited and mailed', async () => {
    const person = await someone();
    const { recoveryCodes } = await turnOnTotp(person);
    const [code = ''] = recoveryCodes;
    const typed = code.replaceAll('-', ' ').toUpperCase();
    const done = await finish(await byPassword(person.email), typed);
    expect(done.status, done.text).toBe(200);
    expect((await finish(await byPassword(person.email), code)).status).toBe(400);
    const call = sessionOf(done);
    expect((await call('GET', '/me/security')).body.recoveryCodesLeft).toBe(9);
    const actions = (await auditOf({ ...person, call })).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['recovery-code-used', 'session-created']));
    const mail = (await collectMail()).find(({ subject }) => subject.includes('recovery code was used'));
    expect(mail?.text).toContain('Codes that are left: 9');
  });

  it('is worthless once ten new ones were made', async () => {
    const person = await someone();
    const { recoveryCodes } = await turnOnTotp(person);
    const renewed = await person.call('POST', '/me/recovery-codes');
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    const half = await byPassword(person.email);
    expect((await finish(half, recoveryCodes[0] ?? '')).status).toBe(400);
    expect((await finish(half, renewed.body.recoveryCodes[0])).status).toBe(200);
  });
});

describe('a passkey', () => {
  it('signs in by itself, without an address, as two factors', async () => {
    const person = await someone();
    const { authenticator, answer } = await addPasskey(person, 'Ada’s phone');
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body.passkey).toMatchObject({ name: 'Ada’s phone', lastUsedAt: null });
    expect(answer.body.recoveryCodes).toHaveLength(10);
    const signedIn = await byPasskey(authenticator);
    expect(signedIn.body).toEqual({ userId: person.userId, secondStep: null });
    const call = sessionOf(signedIn);
    const security = (await call('GET', '/me/security')).body;
    expect(security.secondFactorAt).not.toBeNull();
    expect(security.passkeys[0].lastUsedAt).not.toBeNull();
    const created = expect.objectContaining({
      action: 'session-created',
      after: { secondFactor: 'passkey' },
    });
    expect(await auditOf({ ...person, call })).toContainEqual(created);
    // Whoever has one is asked for a second factor after the password as well.
    expect((await byPassword(person.email)).body.secondStep.methods).toEqual(['passkey', 'recovery-code']);
  });

  it.each<[string, Answering]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no user verification', { userVerified: false }],
    ['a counter that goes back', { counter: 1 }],
    ['another person’s handle', { userHandle: Buffer.from('usr_somebody').toString('base64url') }],
  ])('with %s opens nothing, and says no more than that', async (_, how) => {
    const person = await someone();
    const { authenticator } = await addPasskey(person);
    for (let index = 0; index < 2; index++) expect((await byPasskey(authenticator)).status).toBe(200);
    const refused = await byPasskey(authenticator, how);
    expect(refused.status).toBe(400);
    const unknown = await byPasskey(new TestAuthenticator());
    expect({ ...refused.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    expect((await auditOf(person)).map(({ action }) => action)).toContain('sign-in-failed');
  });

  it.each<[string, Answering]>([
    ['another origin', { origin: 'http://localhost:3001' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no user verification', { userVerified: false }],
  ])('made with %s is not taken', async (_, how) => {
    const { answer } = await addPasskey(await someone(), 'Laptop', how);
    expect(answer.body.code).toBe('passkey_refused');
  });

  it('answers a challenge once, in time, and from the browser that was asked', async () => {
    const person = await someone();
    const { authenticator, asked: registration, cookie } = await addPasskey(person);
    const again = new TestAuthenticator().create(registration.body.options);
    const body = { name: 'Second', passkey: again };
    expect((await person.call('POST', '/me/passkeys', body, { cookie })).body.code).toBe('passkey_refused');
    const ask = () => test.anonymous('POST', '/auth/passkey/options');
    const answer = (passkey: unknown, headers: Record<string, string>) =>
      test.anonymous('POST', '/auth/passkey/sign-in', { passkey }, headers);
    const asked = await ask();
    const passkey = authenticator.get(asked.body.options);
    expect((await answer(passkey, {})).status).toBe(400);
    expect((await answer(passkey, { cookie: cookiesOf(await ask()) })).status).toBe(400);
    const good = await ask();
    const right = authenticator.get(good.body.options);
    const browser = { cookie: cookiesOf(good) };
    expect((await answer(right, browser)).status).toBe(200);
    expect((await answer(right, browser)).status).toBe(400);
    // A challenge for making one is none for signing in, and one that is old is none at all.
    const late = await ask();
    const slow = authenticator.get(late.body.options);
    test.clock.set(startMs + 11 * MINUTE_MS);
    expect((await answer(slow, { cookie: cookiesOf(late) })).status).toBe(400);
  });

  it('keeps tabs apart: a browser that was asked twice may answer either', async () => {
    const person = await someone();
    const { authenticator } = await addPasskey(person);
    const first = await test.anonymous('POST', '/auth/passkey/options');
    const cookie = cookiesOf(first);
    const second = await test.anonymous('POST', '/auth/passkey/options', undefined, { cookie });
    expect(cookiesOf(second)).toBe(cookie);
    const passkey = authenticator.get(first.body.options);
    expect((await test.anonymous('POST', '/auth/passkey/sign-in', { passkey }, { cookie })).status).toBe(200);
  });

  it('is named, renamed and removed by its owner alone', async () => {
    const [person, stranger] = [await someone(), await someone()];
    const { authenticator, answer } = await addPasskey(person);
    await addPasskey(stranger);
    const path = `/me/passkeys/${answer.body.passkey.id}`;
    expect((await stranger.call('PATCH', path, { name: 'Mine' })).status).toBe(404);
    expect((await stranger.call('DELETE', path)).status).toBe(404);
    expect((await person.call('PATCH', path, { name: 'Desk' })).body.name).toBe('Desk');
    expect((await person.call('DELETE', path)).status).toBe(204);
    expect((await byPasskey(authenticator)).status).toBe(400);
    expect((await byPassword(person.email)).body.userId).toBe(person.userId);
    const actions = (await auditOf(person)).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['passkey-added', 'passkey-renamed', 'passkey-removed']));
  });
});

describe('a sign-in of the last 15 minutes', () => {
  const token = { name: 't', permissions: ['teams:read'] };

  it('is needed for passwords, second factors and admin tokens, and shown again in the same session', async () => {
    const person = await someone();
    test.clock.set(startMs + 15 * MINUTE_MS);
    expect((await person.call('POST', '/admin-tokens', token)).status).toBe(201);
    test.clock.set(startMs + 15 * MINUTE_MS + 1);
    const password = { currentPassword: TEST_PASSWORD, newPassword: 'another fine password' };
    const needy: [string, string, unknown][] = test.api.routes
      // The operator's have a test of their own.
      .filter(({ recentSignIn, access }) => recentSignIn === true && access !== 'operator')
      .map(({ method, path }) => [method.toUpperCase(), path.replace('{id}', 'psk_1'), {}]);
    expect(needy.map(([method, path]) => `${method} ${path}`)).toEqual(
      expect.arrayContaining(['POST /me/password', 'POST /admin-tokens', 'POST /me/totp', 'DELETE /me/totp']),
    );
    for (const [method, path, body] of needy) {
      const answer = await person.call(method, path, body);
      expect(answer.body.code, `${method} ${path}`).toBe('reauthentication_required');
      expect(answer.status).toBe(403);
    }
    const wrong = await person.call('POST', '/me/reauthenticate', { password: 'not it at all' });
    expect(wrong.body.errors[0]).toMatchObject({ path: 'body.password', code: 'wrong_password' });
    expect((await person.call('POST', '/me/reauthenticate', { password: TEST_PASSWORD })).status).toBe(204);
    expect((await person.call('POST', '/admin-tokens', token)).status).toBe(201);
    expect((await person.call('POST', '/me/password', password)).status).toBe(204);
    expect((await auditOf(person)).map(({ action }) => action)).toContain('session-confirmed');
  });

  it('can be shown by a passkey, but not by that of another', async () => {
    const [person, stranger] = [await someone(), await someone()];
    const { authenticator } = await addPasskey(person);
    const { authenticator: foreign } = await addPasskey(stranger);
    test.clock.set(startMs + 20 * MINUTE_MS);
    const show = async (by: TestAuthenticator) => {
      const asked = await test.anonymous('POST', '/auth/passkey/options');
      const cookie = cookiesOf(asked, person.call.cookie);
      return person.call('POST', '/me/reauthenticate', { passkey: by.get(asked.body.options) }, { cookie });
    };
    expect((await show(foreign)).body.code).toBe('passkey_refused');
    expect((await person.call('POST', '/admin-tokens', token)).status).toBe(403);
    expect((await show(authenticator)).status).toBe(204);
    expect((await person.call('POST', '/admin-tokens', token)).status).toBe(201);
  });
});

describe('an organization that wants a second factor', () => {
  const want = (person: TestPerson, secondFactorPolicy: string) =>
    person.call('PATCH', `/organizations/${person.organizationId}`, { secondFactorPolicy });

  const suspend = (id: string) =>
    test.database.tenant(id, (tx) =>
      tx.organization.update({
        where: { id },
        data: { suspendedAt: test.clock.now(), suspendedReason: 'Abuse report 4711' },
        select: { id: true },
      }),
    );

  it('lets nobody do anything who has shown none, until they have', async () => {
    const owner = await someone();
    const member = await test.join(owner, `member-${++people}@example.com`, 'developer');
    expect((await want(member, 'required')).status).toBe(403);
    expect((await want(owner, 'required')).status).toBe(200);
    const call = test.withCookie(member.call.cookie);
    const inside = { 'x-tollgate-organization': owner.organizationId };
    const refused = await call('GET', '/teams', undefined, inside);
    expect(refused.status).toBe(403);
    expect(refused.body.code).toBe('second_factor_required');
    await suspend(owner.organizationId);
    const me = (await call('GET', '/me', undefined, inside)).body;
    expect(me).toMatchObject({
      secondFactorMissing: true,
      permissions: [],
      suspension: null,
      unreadNotifications: null,
    });
    // Their own organization wants none.
    const own = (await call('GET', '/me')).body.organizations.find(
      ({ id }: { id: string }) => id !== owner.organizationId,
    );
    const elsewhere = { 'x-tollgate-organization': own.id };
    expect((await call('GET', '/teams', undefined, elsewhere)).status).toBe(200);
    const begun = await call('POST', '/me/totp');
    const code = totpCodeAt(begun.body.secret, test.clock.nowMs());
    expect((await call('POST', '/me/totp/confirm', { code })).status).toBe(200);
    expect((await call('GET', '/teams', undefined, inside)).status).toBe(200);
    expect((await call('GET', '/me', undefined, inside)).body.suspension).toMatchObject({ by: 'operator' });
    expect((await call('DELETE', '/me/totp')).status).toBe(204);
    expect((await call('GET', '/teams', undefined, inside)).body.code).toBe('second_factor_required');
    // Who turned it on is no exception.
    expect((await owner.call('GET', '/teams')).body.code).toBe('second_factor_required');
    await turnOnTotp(owner as Someone);
    const changed = (await auditOf(owner)).find(({ action }) => action === 'organization-updated');
    expect(changed).toMatchObject({ after: { secondFactorPolicy: 'required' } });
    expect((await want(owner, 'required-or-provider')).body.secondFactorPolicy).toBe('required-or-provider');
    expect((await call('GET', '/teams', undefined, inside)).status).toBe(403);
  });

  it('is asked for less only by a person who has just shown who they are, never by a token', async () => {
    const owner = await someone();
    await turnOnTotp(owner);
    const { body } = await owner.call('POST', '/admin-tokens', {
      name: 'settings',
      permissions: ['organization:read', 'organization:write'],
    });
    const robot = { ...owner, call: test.withToken(body.secret) };
    expect((await want(robot, 'required')).status).toBe(200);
    expect((await want(robot, 'required-or-provider')).body.code).toBe('permission_denied');
    // What else stands in the same row is not held up.
    const path = `/organizations/${owner.organizationId}`;
    const renamed = { name: 'New name', secondFactorPolicy: 'required' };
    expect((await robot.call('PATCH', path, renamed)).status).toBe(200);
    test.clock.set(startMs + 16 * MINUTE_MS);
    expect((await want(owner, 'optional')).body.code).toBe('reauthentication_required');
    expect((await owner.call('GET', path)).body.secondFactorPolicy).toBe('required');
    test.clock.set(startMs);
    expect((await want(owner, 'optional')).status).toBe(200);
  });

  it('keeps admin tokens working: programs have no second factor', async () => {
    const { call, organizationId } = await test.bootstrap('Robots');
    const change = { secondFactorPolicy: 'required' };
    expect((await call('PATCH', `/organizations/${organizationId}`, change)).status).toBe(200);
    expect((await call('GET', '/teams')).status).toBe(200);
  });
});

describe('a reset of the password', () => {
  it('does not get around the second factor', async () => {
    const person = await someone();
    const { secret } = await turnOnTotp(person);
    await collectMail();
    await test.anonymous('POST', '/auth/forgot-password', { email: person.email });
    const mail = (await collectMail()).find(({ recipient }) => recipient === person.email);
    const token = /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    const password = 'chosen by whoever reads the mail';
    const begun = await byPassword(person.email);
    expect((await test.anonymous('POST', '/auth/reset-password', { token, password })).status).toBe(204);
    // A sign-in that the old password has half opened ends with it, whatever code comes.
    const late = await finish(begun, totpCodeAt(secret, startMs + 30_000));
    expect(late.body.code).toBe('sign_in_expired');
    const half = await test.anonymous('POST', '/auth/sign-in', { email: person.email, password });
    expect(half.body.userId).toBeNull();
    expect(half.headers.getSetCookie().join()).not.toContain('tollgate_session=');
    expect((await finish(half, totpCodeAt(secret, startMs + 30_000))).status).toBe(200);
  });
});

describe('what happened to an account', () => {
  it('is told to its owner alone, newest first', async () => {
    const [person, stranger] = [await someone(), await someone()];
    test.clock.set(startMs + 1_000);
    await turnOnTotp(person);
    test.clock.set(startMs + 2_000);
    await test.anonymous('POST', '/auth/sign-in', { email: person.email, password: 'a wrong guess' });
    const { data } = (await person.call('GET', '/me/security-events')).body;
    expect(data.map(({ action }: { action: string }) => action)).toEqual(['sign-in-failed', 'totp-enabled']);
    expect(cookieOf(await stranger.call('GET', '/me'))).toBe('');
    expect((await stranger.call('GET', '/me/security-events')).body.data).toEqual([]);
  });
});
