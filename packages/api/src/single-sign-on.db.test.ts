/** Single sign-on by the front door: domains, the provider, whom it lets in, and that nobody enters past it. */
import { dnsLookUp, signInWithAccount, signInWithProvider } from '@tollgate/identity';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { startTestDns, type TestDns, totpCodeAt } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  cookieOf,
  startTestApi,
  TEST_PASSWORD,
  type TestAnswer,
  type TestApi,
  type TestCaller,
  type TestPerson,
} from './test-api.ts';
import { TestAuthenticator } from './test-authenticator.ts';

const ORIGIN = { ipAddress: '192.0.2.7', userAgent: 'test', requestId: '' };
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
beforeEach(() => {
  dns.manner = 'answers';
  // Throttles of one address are not what these tests are about.
  test.clock.advance(3_600_000 * 3);
});

const PROVIDER = {
  name: 'Acme',
  issuer: 'https://login.acme.example',
  clientId: 'tollgate',
  clientSecret: 'a-secret-of-theirs',
  enforced: false,
  provisioning: true,
  defaultRole: 'developer',
};
type Change = Partial<typeof PROVIDER>;

interface World {
  readonly owner: TestPerson;
  readonly domain: string;
  readonly organizationId: string;
}

/** An owner's session counts as recent anew: the clock moves between tests. */
async function found(): Promise<World> {
  serial += 1;
  const domain = `acme-${serial}.example`;
  const owner = await test.signUp(`owner@${domain}`, `Acme ${serial}`);
  await verified(owner.userId);
  return { owner, domain, organizationId: owner.organizationId };
}

async function claim({ owner, domain }: World, name = domain) {
  const { body, status, text } = await owner.call('POST', '/domains', { name });
  expect(status, text).toBe(201);
  return body as { id: string; record: { name: string; value: string } };
}

async function prove(world: World, name = world.domain) {
  const claimed = await claim(world, name);
  dns.set(claimed.record.name, [claimed.record.value]);
  const answer = await world.owner.call('POST', `/domains/${claimed.id}/verify`);
  expect(answer.status, answer.text).toBe(200);
  return claimed;
}

async function connect({ owner }: World, change: Change = {}) {
  const { clientSecret, ...rest } = { ...PROVIDER, ...change };
  const body = { ...rest, ...(clientSecret === undefined ? {} : { clientSecret }) };
  const answer = await owner.call('PUT', '/identity-provider', body);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.identityProvider as { id: string; version: number };
}

/** As the dance does, once the provider has proved somebody. */
async function arrive(
  organizationId: string,
  identityProviderId: string,
  subject: string,
  email: string | undefined,
  more: { readonly emailVerified?: boolean } = {},
): Promise<TestCaller> {
  const person = { identityProviderId, organizationId, subject, email, emailVerified: true, ...more };
  const signedIn = await signInWithProvider(test.api.identity, person, ORIGIN);
  if (signedIn.kind !== 'signed-in') throw new Error('Cannot go on: a second step is wanted');
  return test.withCookie(`tollgate_session=${signedIn.session.token}`);
}

async function ready(change: Change = {}) {
  const world = await found();
  await prove(world);
  const { id } = await connect(world, change);
  const email = (name: string) => `${name}@${world.domain}`;
  const come = (name: string, subject = name) => arrive(world.organizationId, id, subject, email(name));
  return { ...world, providerId: id, email, come };
}

async function enforce(world: { readonly owner: TestPerson }, change: Change = {}) {
  const { clientSecret: _, ...rest } = { ...PROVIDER, enforced: true, ...change };
  return world.owner.call('PUT', '/identity-provider', rest);
}

function verified(userId: string) {
  return test.database.person({ userId }, (tx) =>
    tx.user.update({ where: { id: userId }, data: { emailVerifiedAt: new Date(test.clock.nowMs()) } }),
  );
}

/** Of somebody who has an organization of their own as well. */
const inside = (call: TestCaller, { organizationId }: World): TestCaller =>
  Object.assign(
    (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      call(method, path, body, { 'x-tollgate-organization': organizationId, ...headers }),
    { cookie: call.cookie },
  );

const codeOf = (error: Promise<unknown>) =>
  error.then(
    () => 'let in',
    (caught: { code?: string }) => caught.code,
  );
const statusOf = async (call: TestCaller, path = '/teams') => (await call('GET', path)).status;
const actionsOf = async (owner: TestPerson) =>
  ((await owner.call('GET', '/audit-events?limit=100')).body.data as { action: string }[]).map(
    ({ action }) => action,
  );

describe('a domain', () => {
  it('is verified by its record, and each failure says what was looked up and what was found', async () => {
    const world = await found();
    const { id, record } = await claim(world);
    expect(record.name).toBe(`_tollgate.${world.domain}`);
    const verify = () => world.owner.call('POST', `/domains/${id}/verify`);
    const names = { record: record.name, expected: record.value };
    expect((await verify()).body).toMatchObject({ code: 'conflict', reason: 'domain_record_missing', names });
    dns.set(record.name, ['v=spf1 -all']);
    expect((await verify()).body).toMatchObject({
      reason: 'domain_record_differs',
      names: { ...names, found: 'v=spf1 -all' },
    });
    dns.manner = 'fails';
    expect((await verify()).body).toMatchObject({ status: 409, reason: 'domain_lookup_failed' });
    dns.manner = 'answers';
    dns.set(record.name, ['something else', record.value]);
    expect((await verify()).body).toMatchObject({ verifiedAt: expect.any(String), memberCount: 1 });
    expect(await actionsOf(world.owner)).toEqual(expect.arrayContaining(['domain-added', 'domain-verified']));
  });

  it.each([
    '10.0.0.1',
    '[::1]',
    'localhost',
    'acme',
    'a b.example',
    'https://acme.example',
    'a@acme.example',
    'x.123',
    '-a.example',
    `${'a'.repeat(64)}.example`,
    '',
  ])('is a name: not %j', async (name) => {
    const { owner } = await found();
    const answer = await owner.call('POST', '/domains', { name });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ path: 'body.name' }] });
  });

  it('is kept in one spelling, once', async () => {
    const world = await found();
    expect((await world.owner.call('POST', '/domains', { name: 'MÜNCHEN.example.' })).body.name).toBe(
      'xn--mnchen-3ya.example',
    );
    const again = await world.owner.call('POST', '/domains', { name: 'xn--mnchen-3ya.EXAMPLE' });
    expect(again.body).toMatchObject({ status: 409, code: 'name_taken' });
  });

  it('is one of at most 50', async () => {
    const world = await found();
    const add = (n: number) => world.owner.call('POST', '/domains', { name: `n${n}.example` });
    for (let n = 1; n <= 50; n += 1) expect((await add(n)).status).toBe(201);
    expect((await add(51)).body).toMatchObject({ reason: 'room', counts: { limit: 50 } });
  });

  it('stays with who has it while their record stands, and moves where it is gone, with an event in both', async () => {
    const holder = await ready();
    const member = await holder.come('member');
    const other = await found();
    const claimed = await claim(other, holder.domain);
    const held = (await holder.owner.call('GET', '/domains')).body.data[0];
    dns.set(claimed.record.name, [held.record.value, claimed.record.value]);
    const verify = () => other.owner.call('POST', `/domains/${claimed.id}/verify`);
    expect((await verify()).body).toMatchObject({ status: 409, reason: 'domain_taken' });
    expect(await statusOf(member)).toBe(200);
    dns.set(claimed.record.name, [claimed.record.value]);
    expect((await verify()).status).toBe(200);
    expect((await holder.owner.call('GET', '/domains')).body.data[0].verifiedAt).toBeNull();
    expect(await statusOf(member)).toBe(401);
    expect(await actionsOf(holder.owner)).toContain('domain-lost');
    expect(await actionsOf(other.owner)).toContain('domain-verified');
    expect(await codeOf(holder.come('member'))).toBe('email_not_of_domain');
  });
});

describe('the provider', () => {
  it('is kept with its secret sealed, and wants that again for another issuer or client', async () => {
    const world = await ready();
    const got = await world.owner.call('GET', '/identity-provider');
    expect(got.text).not.toContain(PROVIDER.clientSecret);
    expect(got.body.identityProvider).toMatchObject({ id: world.providerId, signedInAt: null, version: 1 });
    const { clientSecret: _, ...rest } = PROVIDER;
    for (const change of [{ issuer: 'https://other.example' }, { clientId: 'other' }]) {
      const answer = await world.owner.call('PUT', '/identity-provider', { ...rest, ...change });
      expect(answer.body.errors).toEqual([
        expect.objectContaining({ path: 'body.clientSecret', code: 'secret_needed' }),
      ]);
    }
    const rows = await test.database.tenant(world.organizationId, (tx) => tx.identityProvider.findMany());
    expect(Buffer.from(rows[0]!.secretCiphertext!).toString('latin1')).not.toContain(PROVIDER.clientSecret);
    const events = await world.owner.call('GET', '/audit-events?limit=100');
    expect(events.text).not.toContain(PROVIDER.clientSecret);
  });

  it.each([
    'http://login.acme.example',
    'https://127.0.0.1',
    'https://10.1.2.3/x',
    'https://169.254.169.254',
    'https://[::1]',
    'https://localhost:8443',
    'https://vault.internal',
    'https://user:pass@login.example',
    'https://login.example?x=1',
    'ftp://login.example',
    'nonsense',
  ])('is never at %s, neither kept nor asked', async (issuer) => {
    const { owner } = await found();
    const put = await owner.call('PUT', '/identity-provider', { ...PROVIDER, issuer });
    expect(put.body).toMatchObject({ status: 400, errors: [{ path: 'body.issuer' }] });
    const asked = await owner.call('POST', '/identity-provider/test', { issuer });
    expect(asked.body).toMatchObject({ status: 400, errors: [{ path: 'body.issuer' }] });
  });

  it('is set by owners in person, with a recent sign-in: by no administrator and no token', async () => {
    const world = await ready();
    const admin = await test.join(world.owner, `admin-${serial}@elsewhere.example`, 'admin');
    expect((await admin.call('GET', '/identity-provider')).status).toBe(200);
    expect((await admin.call('PUT', '/identity-provider', PROVIDER)).status).toBe(403);
    const made = await world.owner.call('POST', '/admin-tokens', {
      name: 't',
      permissions: ['sso:read', 'sso:write'],
    });
    expect(made.status, made.text).toBe(201);
    const token = test.withToken(made.body.secret ?? made.body.token);
    expect((await token('GET', '/domains')).status).toBe(200);
    for (const [method, path, body] of [
      ['PUT', '/identity-provider', PROVIDER],
      ['DELETE', '/identity-provider', undefined],
      ['POST', '/domains', { name: 'b.example' }],
    ] as const) {
      expect((await token(method, path, body)).body.code).toBe('permission_denied');
    }
    test.clock.advance(16 * 60_000);
    expect((await world.owner.call('DELETE', '/identity-provider')).body.code).toBe(
      'reauthentication_required',
    );
  });

  it('gives nobody more than whoever sets it may give', async () => {
    const world = await ready();
    const permissions = ['sso:read', 'sso:write', 'teams:read'];
    const role = (await world.owner.call('POST', '/roles', { name: 'Directory', permissions })).body.id;
    const wide = (
      await world.owner.call('POST', '/roles', { name: 'Wide', permissions: ['keys:read', 'keys:write'] })
    ).body.id;
    const person = await test.join(world.owner, `directory-${serial}@elsewhere.example`, 'viewer');
    const member = (await world.owner.call('GET', `/members?ids=${person.userId}`)).body.data[0].id;
    expect((await world.owner.call('PATCH', `/members/${member}`, { role })).status).toBe(200);
    const { clientSecret: _, ...rest } = PROVIDER;
    for (const defaultRole of ['owner', 'admin', wide, 'viewer']) {
      const answer = await person.call('PUT', '/identity-provider', { ...rest, defaultRole });
      expect(answer.body.code, defaultRole).toBe('exceeds_own_permissions');
    }
    expect((await person.call('PUT', '/identity-provider', { ...rest, defaultRole: role })).status).toBe(200);
    const gone = await world.owner.call('DELETE', `/roles/${role}`);
    expect(gone.body.code).toBe('in_use');
    await world.owner.call('DELETE', `/roles/${role}?replacement=viewer`);
    const after = await world.owner.call('GET', '/identity-provider');
    expect(after.body.identityProvider.defaultRole).toBe('viewer');
  });

  it('ends its sessions, open and half open, when it goes or becomes another', async () => {
    for (const change of ['delete', 'issuer', 'client', 'domain'] as const) {
      const world = await ready();
      const member = await world.come('member');
      expect(await statusOf(member)).toBe(200);
      const { owner } = world;
      if (change === 'delete') expect((await owner.call('DELETE', '/identity-provider')).status).toBe(204);
      if (change === 'issuer') await connect(world, { issuer: 'https://other.example' });
      if (change === 'client') await connect(world, { clientId: 'other' });
      if (change === 'domain') {
        const [domain] = (await owner.call('GET', '/domains')).body.data;
        expect((await owner.call('DELETE', `/domains/${domain.id}`)).status).toBe(204);
      }
      expect(await statusOf(member), change).toBe(401);
      expect(await codeOf(world.come('member')), change).toMatch(
        /provider_misconfigured|email_not_of_domain/,
      );
    }
  });

  it('renames, provisions and enforces without ending anything, and refuses what was changed meanwhile', async () => {
    const world = await ready();
    const member = await world.come('member');
    const { clientSecret: _, ...rest } = PROVIDER;
    const stale = await world.owner.call(
      'PUT',
      '/identity-provider',
      { ...rest, name: 'B' },
      { 'if-match': '"7"' },
    );
    expect(stale.status).toBe(412);
    const kept = await world.owner.call(
      'PUT',
      '/identity-provider',
      { ...rest, name: 'B' },
      { 'if-match': '"1"' },
    );
    expect(kept.body.identityProvider).toMatchObject({ id: world.providerId, name: 'B', version: 2 });
    expect(await statusOf(member)).toBe(200);
  });

  it('is found by the domain of an address alone', async () => {
    const world = await ready();
    const ask = async (email: string) =>
      (await test.anonymous('POST', '/auth/sign-in-ways', { email })).body.singleSignOn;
    const way = { identityProviderId: world.providerId, name: 'Acme' };
    expect(await ask(`nobody@${world.domain.toUpperCase()}`)).toEqual(way);
    expect(await ask(`x@sub.${world.domain}`)).toBeNull();
    expect(await ask('x@other.example')).toBeNull();
    expect(await ask('nonsense')).toBeNull();
    const unproved = await found();
    await claim(unproved);
    await connect(unproved);
    expect(await ask(`x@${unproved.domain}`)).toBeNull();
  });
});

describe('who comes by the provider', () => {
  it('becomes a member with the default role, verified, for a day, and is known by the id alone', async () => {
    const world = await ready();
    const first = await world.come('ada', 'sub-1');
    const me = (await first('GET', '/me')).body;
    expect(me).toMatchObject({ email: world.email('ada'), role: 'developer', emailVerified: true });
    const sessions = (await first('GET', '/me/sessions')).body.data;
    expect(sessions[0]).toMatchObject({
      provider: 'sso',
      identityProvider: { id: world.providerId, name: 'Acme' },
    });
    expect(Date.parse(sessions[0].expiresAt) - Date.parse(sessions[0].createdAt)).toBe(86_400_000);
    // Their address changed at the provider, and somebody else has it there now.
    const again = await arrive(world.organizationId, world.providerId, 'sub-1', world.email('ada.new'));
    expect((await again('GET', '/me')).body.id).toBe(me.id);
    expect(await actionsOf(world.owner)).toEqual(
      expect.arrayContaining(['member-provisioned', 'session-created']),
    );
    test.clock.advance(86_400_000 - 1);
    expect(await statusOf(again)).toBe(200);
    test.clock.advance(1);
    expect(await statusOf(again)).toBe(401);
  });

  it('is nobody of another organization: neither by its domain nor by the same id at two providers', async () => {
    const [a, b] = [await ready(), await ready()];
    const atA = await a.come('ada', 'same-sub');
    expect(await codeOf(arrive(b.organizationId, b.providerId, 'evil', a.email('ada')))).toBe(
      'email_not_of_domain',
    );
    expect(await codeOf(arrive(b.organizationId, b.providerId, 'evil', a.email('owner')))).toBe(
      'email_not_of_domain',
    );
    const atB = await b.come('bob', 'same-sub');
    const ids = [(await atA('GET', '/me')).body.id, (await atB('GET', '/me')).body.id];
    expect(ids[0]).not.toBe(ids[1]);
    // The known person of A does not become reachable by naming B's domain, nor the other way round.
    const again = await arrive(b.organizationId, b.providerId, 'same-sub', b.email('ada'));
    expect((await again('GET', '/me')).body.id).toBe(ids[1]);
    expect(await codeOf(arrive(a.organizationId, b.providerId, 'x', a.email('x')))).not.toBe('let in');
  });

  it('has an address of a verified domain that the provider does not deny', async () => {
    const world = await ready();
    const unproved = await claim(world, `sub.${world.domain}`);
    expect(unproved.id).toBeTruthy();
    const { organizationId: o, providerId: p, domain, email } = world;
    for (const [address, emailVerified] of [
      [`x@sub.${domain}`, true],
      [undefined, true],
      ['nonsense', true],
      [`x@evil.example`, true],
      [`"x@evil.example"@${domain}`, true],
      [email('x'), false],
    ] as const) {
      expect(await codeOf(arrive(o, p, 's', address, { emailVerified })), address).toBe(
        'email_not_of_domain',
      );
    }
    expect(await actionsOf(world.owner)).toContain('sign-in-failed');
  });

  it('is the person who has the address, whose ways in stay where we knew it to be theirs', async () => {
    const world = await ready();
    const before = await test.join(world.owner, world.email('ada'), 'viewer');
    await verified(before.userId);
    const after = inside(await world.come('ada'), world);
    expect((await after('GET', '/me')).body).toMatchObject({ id: before.userId, role: 'viewer' });
    expect(await statusOf(before.call)).toBe(200);
    expect(
      (await test.anonymous('POST', '/auth/sign-in', { email: world.email('ada'), password: TEST_PASSWORD }))
        .status,
    ).toBe(200);
  });

  it('takes an account over whose maker never showed the address: password, sessions, accounts are gone', async () => {
    const world = await ready();
    const stranger = await test.signUp(world.email('ada'), 'Stranger');
    // Whoever signs up has an organization: an account that somebody else counts on is not taken.
    await test.database.tenant(stranger.organizationId, (tx) =>
      tx.membership.deleteMany({ where: { userId: stranger.userId } }),
    );
    await test.database.person({ userId: stranger.userId }, (tx) =>
      tx.account.create({
        data: {
          id: `acct-${serial}`,
          userId: stranger.userId,
          type: 'oidc',
          provider: 'google',
          providerAccountId: `g-${serial}`,
        },
      }),
    );
    const owner = await world.come('ada');
    expect((await owner('GET', '/me')).body).toMatchObject({ id: stranger.userId, emailVerified: true });
    expect(await statusOf(stranger.call, '/me')).toBe(401);
    const signIn = { email: world.email('ada'), password: TEST_PASSWORD };
    expect((await test.anonymous('POST', '/auth/sign-in', signIn)).status).toBe(401);
    const accounts = await test.database.person({ userId: stranger.userId }, (tx) =>
      tx.account.count({ where: { userId: stranger.userId } }),
    );
    expect(accounts).toBe(0);
  });

  it('is let in without provisioning only as a member or invited, and an invitation’s role holds', async () => {
    const world = await ready({ provisioning: false });
    expect(await codeOf(world.come('ada'))).toBe('not_a_member');
    const people = await test.database.platform(
      (tx) => tx.$queryRaw`SELECT * FROM find_user_by_email(${world.email('ada')})`,
    );
    expect(people).toEqual([]);
    await world.owner.call('POST', '/invitations', { email: world.email('ada'), role: 'finance' });
    const ada = await world.come('ada');
    expect((await ada('GET', '/me')).body.role).toBe('finance');
  });

  it('stays out once removed, by whatever id, issuer or address, until somebody invites them again', async () => {
    const world = await ready();
    const ada = await world.come('ada');
    const me = (await ada('GET', '/me')).body;
    expect((await world.owner.call('DELETE', `/members/${me.membershipId}`)).status).toBe(204);
    expect((await ada('GET', '/teams')).status).not.toBe(200);
    for (const subject of ['ada', 'another-sub']) {
      expect(await codeOf(world.come('ada', subject))).toBe('removed_from_organization');
    }
    const { id } = await connect(world, { issuer: 'https://new.example' });
    expect(await codeOf(arrive(world.organizationId, id, 'ada', world.email('ada')))).toBe(
      'removed_from_organization',
    );
    await world.owner.call('POST', '/invitations', { email: world.email('ada'), role: 'viewer' });
    const back = await arrive(world.organizationId, id, 'ada', world.email('ada'));
    expect((await back('GET', '/me')).body).toMatchObject({ id: me.id, role: 'viewer' });
  });

  it('is not somebody whose account is disabled', async () => {
    const world = await ready();
    const ada = await world.come('ada');
    const { id } = (await ada('GET', '/me')).body;
    await test.database.person({ userId: id }, (tx) =>
      tx.user.update({ where: { id }, data: { disabledAt: new Date() } }),
    );
    expect(await codeOf(world.come('ada'))).toBe('account_disabled');
    expect(await statusOf(ada)).toBe(401);
  });
});

describe('enforcement', () => {
  it('needs a verified domain and somebody who has come by the provider, and says which is missing', async () => {
    const world = await found();
    await connect(world);
    const blockers = async () =>
      (await world.owner.call('GET', '/identity-provider')).body.enforcement.blockers;
    expect(await blockers()).toEqual(['no_verified_domain', 'never_signed_in']);
    expect((await enforce(world)).body.reason).toBe('sso_no_domain');
    await prove(world);
    expect((await enforce(world)).body.reason).toBe('sso_never_used');
    const { id } = (await world.owner.call('GET', '/identity-provider')).body.identityProvider;
    await arrive(world.organizationId, id, 'a', `a@${world.domain}`);
    expect(await blockers()).toEqual([]);
    const done = await enforce(world);
    expect(done.body).toMatchObject({
      identityProvider: { enforced: true },
      enforcement: { affectedCount: 1, exemptOwnerCount: 1 },
    });
    const moved = await enforce(world, { issuer: 'https://other.example', clientSecret: 'x' } as Change);
    expect(moved.status).toBe(400);
  });

  it('refuses whoever would lock themselves out', async () => {
    const world = await ready();
    await world.come('somebody');
    const permissions = ['sso:read', 'sso:write', ...['keys:read', 'keys:write']];
    const role = (await world.owner.call('POST', '/roles', { name: 'Directory', permissions })).body.id;
    const person = await test.join(world.owner, world.email('ada'), 'viewer');
    await verified(person.userId);
    const member = (await world.owner.call('GET', `/members?ids=${person.userId}`)).body.data[0].id;
    await world.owner.call('PATCH', `/members/${member}`, { role });
    expect((await enforce({ owner: person })).body.reason).toBe('sso_locks_out');
    const shown = inside(await world.come('ada'), world);
    expect((await enforce({ owner: { ...person, call: shown } })).status).toBe(200);
  });

  it('lets every session in that the provider opened, and none that anything else did', async () => {
    const world = await ready();
    const email = world.email('ada');
    const ada = await test.join(world.owner, email, 'developer');
    await verified(ada.userId);
    const guest = await test.join(world.owner, `guest-${serial}@guests.example`, 'viewer');
    await world.come('somebody');
    const made = await world.owner.call('POST', '/admin-tokens', { name: 't', permissions: ['teams:read'] });
    const token = test.withToken(made.body.secret ?? made.body.token);
    expect((await enforce(world)).status).toBe(200);

    const headers = { 'x-tollgate-organization': world.organizationId };
    for (const { name, open } of everyOtherWay(ada, email)) {
      const call = await open();
      expect((await call('GET', '/teams', undefined, headers)).body, name).toMatchObject({
        status: 403,
        code: 'single_sign_on_required',
        names: { identityProviderId: world.providerId },
      });
      const me = (await call('GET', '/me', undefined, headers)).body;
      expect(me, name).toMatchObject({
        email,
        singleSignOnMissing: true,
        identityProviderId: world.providerId,
        permissions: [],
        unreadNotifications: null,
      });
      const listed = me.organizations.find((one: { id: string }) => one.id === world.organizationId);
      expect(listed, name).toMatchObject({ singleSignOnMissing: true, identityProviderId: world.providerId });
    }
    expect(await statusOf(await world.come('bob'))).toBe(200);
    expect(await statusOf(guest.call)).toBe(200);
    expect(await statusOf(token)).toBe(200);
    expect(await statusOf(world.owner.call)).toBe(200);
  });

  it('does not let the provider of another organization stand in for a second factor', async () => {
    const world = await ready();
    const other = await found();
    const ada = await test.join(other.owner, world.email('ada'), 'viewer');
    await verified(ada.userId);
    const call = await world.come('ada');
    const policy = async ({ owner, organizationId }: World) =>
      expect(
        (
          await owner.call('PATCH', `/organizations/${organizationId}`, {
            secondFactorPolicy: 'required-or-provider',
          })
        ).status,
      ).toBe(200);
    await policy(other);
    expect((await inside(call, other)('GET', '/teams')).body.code).toBe('second_factor_required');
    await policy(world);
    expect(await statusOf(inside(call, world))).toBe(200);
  });

  it('lets nobody in by a sign-in that was under way when the provider or the domain went', async () => {
    for (const [method, path] of [
      ['DELETE', '/identity-provider'],
      ['DELETE', '/domains'],
    ] as const) {
      const world = await ready();
      const [domain] = (await world.owner.call('GET', '/domains')).body.data;
      const names = Array.from({ length: 8 }, (_, n) => `racer-${n}`);
      const [gone, ...calls] = await Promise.all([
        world.owner.call(method, path === '/domains' ? `${path}/${domain.id}` : path),
        ...names.map((name) => world.come(name).catch((error: { code?: string }) => error)),
      ]);
      expect(gone.status, gone.text).toBe(204);
      for (const call of calls) {
        if (typeof call === 'function') expect(await statusOf(call)).toBe(401);
        else expect(call.code).toMatch(/provider_misconfigured|email_not_of_domain/);
      }
    }
  });

  it('is over in an organization that was closed', async () => {
    const world = await ready();
    const ada = await world.come('ada');
    const { name } = (await world.owner.call('GET', `/organizations/${world.organizationId}`)).body;
    const closed = await world.owner.call('POST', `/organizations/${world.organizationId}/close`, { name });
    expect(closed.status, closed.text).toBe(200);
    expect(await statusOf(ada)).toBe(401);
    expect(await codeOf(world.come('ada'))).toMatch(/provider_misconfigured/);
    expect((await world.owner.call('GET', '/identity-provider')).body.identityProvider).toMatchObject({
      disabledAt: expect.any(String),
      enforced: false,
    });
  });

  it('writes an owner’s other way in down, once for each session', async () => {
    const world = await ready();
    await world.come('ada');
    await enforce(world);
    await world.owner.call('GET', '/teams');
    await world.owner.call('GET', '/teams');
    const bypasses = async () =>
      (await actionsOf(world.owner)).filter((action) => action === 'single-sign-on-bypassed').length;
    expect(await bypasses()).toBe(1);
    const signIn = { email: world.email('owner'), password: TEST_PASSWORD };
    const other = test.withCookie(cookieOf(await test.anonymous('POST', '/auth/sign-in', signIn)));
    expect(await statusOf(other)).toBe(200);
    expect(await bypasses()).toBe(2);
  });

  it('is not got around by another address, nor by the session of another organization’s provider', async () => {
    const world = await ready();
    await world.come('somebody');
    const ada = await test.join(world.owner, world.email('ada'), 'developer');
    await verified(ada.userId);
    const waiting = await ada.call('POST', '/me/email', { email: `ada-${serial}@elsewhere.example` });
    expect((await enforce(world)).status).toBe(200);
    const asked = await ada.call('POST', '/me/email', { email: `ada2-${serial}@elsewhere.example` });
    expect([waiting.status < 300, asked.status]).toEqual([true, 409]);
    expect(asked.body.reason).toBe('address_managed');
    // Another organization cannot hold the domain; its session for the same person is one that was opened before.
    const other = await ready();
    await test.database.person({ userId: ada.userId }, (tx) =>
      tx.session.updateMany({
        where: { userId: ada.userId },
        data: { identityProviderId: other.providerId },
      }),
    );
    expect((await ada.call('GET', '/teams')).body.code).toBe('single_sign_on_required');
  });

  it('ends with the provider, so that nobody is kept out by one that is gone', async () => {
    const world = await ready();
    const ada = await test.join(world.owner, world.email('ada'), 'developer');
    await verified(ada.userId);
    await world.come('ada');
    await enforce(world);
    expect((await ada.call('GET', '/teams')).body.code).toBe('single_sign_on_required');
    await world.owner.call('DELETE', '/identity-provider');
    expect(await statusOf(ada.call)).toBe(200);
  });
});

interface Way {
  readonly name: string;
  readonly open: () => Promise<TestCaller>;
}

/** Whatever makes a session, each after the other: some end those before. */
function everyOtherWay(person: TestPerson, email: string): readonly Way[] {
  const byPassword = (password: string) => test.anonymous('POST', '/auth/sign-in', { email, password });
  const authenticator = new TestAuthenticator();
  let secret = '';
  const newPassword = 'another four words';
  return [
    { name: 'opened before', open: async () => person.call },
    { name: 'password', open: async () => callerOf(await byPassword(TEST_PASSWORD)) },
    {
      name: 'an account at another provider',
      open: async () => {
        const account = { provider: 'google', providerAccountId: `google-${serial}` };
        const signedIn = await signInWithAccount(
          test.api.identity,
          { ...account, email, emailVerified: true },
          ORIGIN,
        );
        return signedIn.kind === 'signed-in'
          ? test.withCookie(`tollgate_session=${signedIn.session.token}`)
          : person.call;
      },
    },
    {
      name: 'password after a reset',
      open: async () => {
        await test.anonymous('POST', '/auth/forgot-password', { email });
        const token = await mailedToken(email);
        const reset = await test.anonymous('POST', '/auth/reset-password', { token, password: newPassword });
        expect(reset.status).toBe(204);
        return callerOf(await byPassword(newPassword));
      },
    },
    {
      name: 'passkey',
      open: async () => {
        const call = callerOf(await byPassword(newPassword));
        const asked = await call('POST', '/me/passkeys/options');
        const passkey = authenticator.create(asked.body.options);
        const cookie = `${call.cookie}; ${cookiesOf(asked)}`;
        const added = await call('POST', '/me/passkeys', { name: 'Laptop', passkey }, { cookie });
        expect(added.status, added.text).toBe(201);
        const options = await test.anonymous('POST', '/auth/passkey/options');
        const answer = authenticator.get(options.body.options);
        const headers = { cookie: cookiesOf(options) };
        return callerOf(await test.anonymous('POST', '/auth/passkey/sign-in', { passkey: answer }, headers));
      },
    },
    {
      name: 'password and a code',
      open: async () => {
        const half = await byPassword(newPassword);
        const options = await test.anonymous('POST', '/auth/passkey/options');
        const answer = authenticator.get(options.body.options);
        const headers = { cookie: cookiesOf(options) };
        const call = callerOf(
          await test.anonymous('POST', '/auth/passkey/sign-in', { passkey: answer }, headers),
        );
        secret = (await call('POST', '/me/totp')).body.secret;
        const now = () => totpCodeAt(secret, test.clock.nowMs());
        expect((await call('POST', '/me/totp/confirm', { code: now() })).status).toBe(200);
        test.clock.advance(30_000);
        const cookie = cookiesOf(half);
        return callerOf(await test.anonymous('POST', '/auth/second-step', { code: now() }, { cookie }));
      },
    },
  ];
}

function callerOf(answer: TestAnswer): TestCaller {
  expect(answer.status, answer.text).toBe(200);
  return test.withCookie(cookieOf(answer));
}

function cookiesOf(answer: TestAnswer): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ');
}

async function mailedToken(email: string): Promise<string> {
  const worker = test.openAs('worker', 'mail-test');
  const sent: OutgoingMail[] = [];
  const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 500 };
  await deliverPendingMail(worker, { send: async (mail) => void sent.push(mail) }, options);
  await worker.close();
  const text = sent.findLast(
    (mail) => mail.recipient === email && mail.text.includes('/reset-password#'),
  )?.text;
  return /#token=([\w-]+)/.exec(text ?? '')?.[1] ?? '';
}
