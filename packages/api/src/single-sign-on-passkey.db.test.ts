/** A passkey as the second step: it opens the session that waits for it, the provider's, and nobody else's. */
import { dnsLookUp, type SignInOutcome, signInWithAccount, signInWithProvider } from '@tollgate/identity';
import { startTestDns, type TestDns, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  countLockWaiters,
  startTestApi,
  TEST_PASSWORD,
  type TestAnswer,
  type TestApi,
  type TestCaller,
  type TestPerson,
} from './test-api.ts';
import { TestAuthenticator } from './test-authenticator.ts';

const ORIGIN = { ipAddress: '192.0.2.7', userAgent: 'test', requestId: '' };
const DAY_MS = 86_400_000;
const PROVIDER = {
  name: 'Acme',
  issuer: 'https://login.acme.example',
  clientId: 'tollgate',
  enforced: false,
  provisioning: true,
  defaultRole: 'developer',
};

let dns: TestDns;
let test: TestApi;
let serial = 0;

beforeAll(async () => {
  dns = await startTestDns();
  test = await startTestApi({}, { lookUpTxt: dnsLookUp([dns.server]) });
});
afterAll(async () => {
  await test?.close();
  await dns?.close();
});
beforeEach(() => test.clock.advance(3_600_000 * 3));

/** An organization that enforces its provider; `ada` and `bob` are members whose second factor is a passkey. */
async function enforced() {
  serial += 1;
  const domain = `acme-${serial}.example`;
  const owner = await test.signUp(`owner@${domain}`, `Acme ${serial}`);
  await verify(owner.userId);
  const { organizationId } = owner;
  const claimed = (await owner.call('POST', '/domains', { name: domain })).body;
  dns.set(claimed.record.name, [claimed.record.value]);
  expect((await owner.call('POST', `/domains/${claimed.id}/verify`)).status).toBe(200);
  const connected = await owner.call('PUT', '/identity-provider', { ...PROVIDER, clientSecret: 'a-secret' });
  expect(connected.status, connected.text).toBe(200);
  const providerId = connected.body.identityProvider.id as string;
  const come = (name: string) => {
    const email = `${name}@${domain}`;
    const proof = { identityProviderId: providerId, organizationId, subject: name, email };
    return signInWithProvider(test.api.identity, { ...proof, emailVerified: true }, ORIGIN);
  };
  const ada = await withPasskey(owner, `ada@${domain}`);
  const bob = await withPasskey(owner, `bob@${domain}`);
  await come('somebody');
  const set = await owner.call('PUT', '/identity-provider', { ...PROVIDER, enforced: true });
  expect(set.status, set.text).toBe(200);
  const teams = (call: TestCaller) =>
    call('GET', '/teams', undefined, { 'x-tollgate-organization': organizationId });
  return {
    owner,
    organizationId,
    providerId,
    ada,
    bob,
    half: async (name: string) => halfOf(await come(name)),
    teams,
  };
}

interface WithPasskey extends TestPerson {
  readonly email: string;
  readonly authenticator: TestAuthenticator;
}

async function withPasskey(owner: TestPerson, email: string): Promise<WithPasskey> {
  const person = await test.join(owner, email, 'developer');
  await verify(person.userId);
  const authenticator = new TestAuthenticator();
  const asked = await person.call('POST', '/me/passkeys/options');
  const passkey = authenticator.create(asked.body.options);
  const cookie = `${person.call.cookie}; ${cookiesOf(asked)}`;
  const added = await person.call('POST', '/me/passkeys', { name: 'Laptop', passkey }, { cookie });
  expect(added.status, added.text).toBe(201);
  return { ...person, email, authenticator };
}

function verify(userId: string) {
  return test.database.person({ userId }, (tx) =>
    tx.user.update({ where: { id: userId }, data: { emailVerifiedAt: new Date(test.clock.nowMs()) } }),
  );
}

/** The cookie of a sign-in that waits. */
function halfOf(outcome: SignInOutcome): string {
  if (outcome.kind !== 'second-step') throw new Error('Cannot go on: no second step is wanted');
  return `tollgate_second_step=${outcome.secondStep.token}`;
}

function cookiesOf(answer: TestAnswer): string {
  const pairs = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
  return pairs.join('; ');
}

/** @param half What the browser has waiting. */
async function byPasskey({ authenticator }: WithPasskey, half = ''): Promise<TestAnswer> {
  const asked = await test.anonymous('POST', '/auth/passkey/options');
  const passkey = authenticator.get(asked.body.options);
  const cookie = [cookiesOf(asked), half].filter((one) => one !== '').join('; ');
  return test.anonymous('POST', '/auth/passkey/sign-in', { passkey }, { cookie });
}

function sessionOf(answer: TestAnswer): TestCaller {
  expect(answer.status, answer.text).toBe(200);
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('tollgate_session='));
  return test.withCookie(cookie?.split(';')[0] ?? '');
}

/** The rows of a person's sessions that are not over, the latest first. */
function openSessions(userId: string) {
  return test.database.person({ userId }, (tx) =>
    tx.session.findMany({
      where: { userId, revokedAt: null },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    }),
  );
}
const latest = async (userId: string) => (await openSessions(userId))[0]!;
const waiting = (userId: string) =>
  test.database.platform((tx) => tx.authChallenge.count({ where: { userId, purpose: 'second-step' } }));

describe('a passkey after the provider of an organization', () => {
  it('opens the provider’s session, which enters where it is enforced, for a day', async () => {
    const { ada, owner, half, teams, providerId } = await enforced();
    const alone = sessionOf(await byPasskey(ada));
    expect((await teams(alone)).body.code).toBe('single_sign_on_required');
    test.clock.advance(1_000);
    const answer = await byPasskey(ada, await half('ada'));
    expect(answer.body).toEqual({ userId: ada.userId, secondStep: null });
    expect(answer.headers.getSetCookie().join()).toMatch(/tollgate_second_step=;/);
    expect((await teams(sessionOf(answer))).status).toBe(200);
    const row = await latest(ada.userId);
    expect(row).toMatchObject({ provider: 'sso', identityProviderId: providerId });
    expect(row.secondFactorAt).not.toBeNull();
    expect(row.expiresAt.getTime() - row.createdAt.getTime()).toBe(DAY_MS);
    const events = (await owner.call('GET', '/audit-events?limit=100')).body.data;
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'session-created',
        after: { provider: 'sso', linked: false, identityProviderId: providerId, secondFactor: 'passkey' },
      }),
    );
    expect((await owner.call('DELETE', '/identity-provider')).status).toBe(204);
    expect((await teams(sessionOf(answer))).status).toBe(401);
  });

  it('spends what waits once, however often its cookie is shown', async () => {
    const { ada, half, teams, providerId } = await enforced();
    const cookie = await half('ada');
    sessionOf(await byPasskey(ada, cookie));
    expect(await waiting(ada.userId)).toBe(0);
    expect((await teams(sessionOf(await byPasskey(ada, cookie)))).body.code).toBe('single_sign_on_required');
    const code = await test.anonymous('POST', '/auth/second-step', { code: '123456' }, { cookie });
    expect(code.body.code).toBe('sign_in_expired');
    const before = await openSessions(ada.userId);
    const twice = await half('ada');
    const answers = [await passkeyRequest(ada, twice), await passkeyRequest(ada, twice)];
    for (const answer of await Promise.all(answers.map((send) => send()))) {
      if (answer.status !== 200) expect(answer.body.code).toMatch(/sign_in_expired|passkey_refused/);
    }
    const opened = (rows: readonly { identityProviderId: string | null }[]) =>
      rows.filter(({ identityProviderId }) => identityProviderId === providerId).length;
    expect(opened(await openSessions(ada.userId))).toBe(opened(before) + 1);
  });

  it('of another person is a sign-in of theirs alone, and leaves what waits', async () => {
    const { ada, bob, half, teams } = await enforced();
    const cookie = await half('ada');
    const answer = await byPasskey(bob, cookie);
    expect(answer.body.userId).toBe(bob.userId);
    expect((await teams(sessionOf(answer))).body.code).toBe('single_sign_on_required');
    expect(await latest(bob.userId)).toMatchObject({ provider: '', identityProviderId: null });
    expect(await waiting(ada.userId)).toBe(1);
    expect((await teams(sessionOf(await byPasskey(ada, cookie)))).status).toBe(200);
  });

  it('that is refused leaves what waits', async () => {
    const { ada, half, teams } = await enforced();
    const cookie = await half('ada');
    const stranger = { ...ada, authenticator: new TestAuthenticator() };
    expect((await byPasskey(stranger, cookie)).body.code).toBe('passkey_refused');
    expect((await teams(sessionOf(await byPasskey(ada, cookie)))).status).toBe(200);
  });

  it('opens no session of a provider that is gone, nor of a sign-in that took too long', async () => {
    const late = await enforced();
    const expired = await late.half('ada');
    test.clock.advance(10 * 60_000 + 1);
    expect((await late.teams(sessionOf(await byPasskey(late.ada, expired)))).body.code).toBe(
      'single_sign_on_required',
    );
    const { ada, owner, half } = await enforced();
    const cookie = await half('ada');
    expect((await owner.call('DELETE', '/identity-provider')).status).toBe(204);
    sessionOf(await byPasskey(ada, cookie));
    expect(await latest(ada.userId)).toMatchObject({ provider: '', identityProviderId: null });
  });

  it('is refused by the provider that goes at the same moment', async () => {
    const { ada, half, organizationId, providerId } = await enforced();
    const send = await passkeyRequest(ada, await half('ada'));
    const before = (await openSessions(ada.userId)).length;
    const answer = await test.database.tenant(organizationId, async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM identity_providers WHERE id = ${providerId} FOR UPDATE`;
      const pending = send();
      await waitFor(async () => (await countLockWaiters(test)) > 0);
      await tx.authChallenge.deleteMany({ where: { identityProviderId: providerId } });
      await tx.identityProvider.deleteMany({ where: { organizationId, id: providerId } });
      return { pending };
    });
    expect((await answer.pending).body.code).toBe('sign_in_expired');
    expect(await openSessions(ada.userId)).toHaveLength(before);
  });
});

describe('a passkey after another first step', () => {
  it('opens the session that waits: of the provider that came first, and two factors wherever they are wanted', async () => {
    const owner = await test.signUp(`owner-${++serial}@elsewhere.example`, 'Elsewhere');
    await verify(owner.userId);
    const ada = await withPasskey(owner, `ada-${serial}@elsewhere.example`);
    const { email, userId } = ada;
    const account = { provider: 'google', providerAccountId: `google-${serial}`, email, emailVerified: true };
    const google = async () => halfOf(await signInWithAccount(test.api.identity, account, ORIGIN));
    const password = async () =>
      cookiesOf(await test.anonymous('POST', '/auth/sign-in', { email, password: TEST_PASSWORD }));
    for (const [begin, provider] of [
      [google, 'google'],
      [password, ''],
      [async () => '', ''],
    ] as const) {
      test.clock.advance(1_000);
      const call = sessionOf(await byPasskey(ada, await begin()));
      const row = await latest(userId);
      expect(row).toMatchObject({ provider, identityProviderId: null });
      expect(row.expiresAt.getTime() - row.createdAt.getTime()).toBe(30 * DAY_MS);
      expect(await waiting(userId)).toBe(0);
      for (const policy of ['required-or-provider', 'required']) {
        await test.database.tenant(owner.organizationId, (tx) =>
          tx.organization.update({
            where: { id: owner.organizationId },
            data: { secondFactorPolicy: policy },
          }),
        );
        const inside = { 'x-tollgate-organization': owner.organizationId };
        expect((await call('GET', '/teams', undefined, inside)).status).toBe(200);
      }
    }
  });
});

/** Asked for already, so that it can be sent at a moment of one's choice. */
async function passkeyRequest({ authenticator }: WithPasskey, half: string) {
  const asked = await test.anonymous('POST', '/auth/passkey/options');
  const passkey = authenticator.get(asked.body.options);
  const cookie = `${cookiesOf(asked)}; ${half}`;
  return () => test.anonymous('POST', '/auth/passkey/sign-in', { passkey }, { cookie });
}
