import { bootstrapOrganization, IdentityError } from '@tollgate/identity';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookieOf, startTestApi, TEST_PASSWORD, type TestApi, type TestPerson } from './test-api.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'People');
});
afterAll(() => test.close());

async function invitationToken(email: string): Promise<string> {
  const worker = test.openAs('worker', 'mail');
  const sent: OutgoingMail[] = [];
  const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 100 };
  await deliverPendingMail(worker, { send: async (mail) => void sent.push(mail) }, options);
  await worker.close();
  const mail = sent.findLast(({ recipient, subject }) => recipient === email && subject.includes('invites'));
  return /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
}

describe('the person that a page names', () => {
  it('is the one of the session, or nothing is answered and nothing is done', async () => {
    const other = await test.signUp('other-tab@example.com', 'Other tab');
    const own = (await other.call('GET', '/me')).body.id;
    const before = (await owner.call('GET', '/me')).body.id;
    const named = (id: string) => ({ 'x-tollgate-person': id });
    expect((await other.call('GET', '/teams', undefined, named(own))).status).toBe(200);
    for (const [method, path, body] of [
      ['GET', '/teams'],
      ['GET', '/me'],
      ['PATCH', '/me', { name: 'Written by the page before' }],
      ['POST', '/teams', { name: 'Made by the page before' }],
    ] as const) {
      const refused = await other.call(method, path, body, named(before));
      expect(refused.status, `${method} ${path}`).toBe(409);
      expect(refused.body.code).toBe('person_changed');
    }
    expect((await other.call('GET', '/me')).body.name).not.toBe('Written by the page before');
    const teams = (await other.call('GET', '/teams')).body.data;
    expect(teams.map(({ name }: { name: string }) => name)).not.toContain('Made by the page before');
  });
});

describe('invitations', () => {
  it('are accepted by a new person with their sign-up, into role and team', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Welcome' })).body.id;
    const invite = { email: 'new@example.com', role: 'developer', teamId: team };
    expect((await owner.call('POST', '/invitations', invite)).status).toBe(201);
    const token = await invitationToken('new@example.com');
    const preview = await test.anonymous('POST', '/auth/invitation', { token });
    expect(preview.body).toEqual({ organizationName: 'People', email: 'new@example.com', role: 'developer' });
    const signUp = (email: string) =>
      test.anonymous('POST', '/auth/sign-up', { email, password: TEST_PASSWORD, invitationToken: token });
    expect((await signUp('other@example.com')).status).toBe(403);
    const joined = await signUp('new@example.com');
    expect(joined.body.organizationId).toBe(owner.organizationId);
    const members = (await owner.call('GET', `/teams/${team}/members`)).body.data;
    const found = async (q: string) =>
      (await owner.call('GET', `/teams/${team}/members?q=${encodeURIComponent(q)}`)).body.data.length;
    expect(await found(members[0].email.slice(1, 6).toUpperCase())).toBeGreaterThan(0);
    expect(await found('nobody is called so')).toBe(0);
    expect(members.map(({ email }: { email: string }) => email)).toEqual(['new@example.com']);
    expect((await test.withCookie(cookieOf(joined))('GET', '/me')).body.role).toBe('developer');
    expect((await test.anonymous('POST', '/auth/invitation', { token })).status).toBe(400);
  });

  it('are accepted by somebody who has an account, once', async () => {
    const person = await test.signUp('existing@example.com');
    await owner.call('POST', '/invitations', { email: 'existing@example.com', role: 'finance' });
    const token = await invitationToken('existing@example.com');
    const mallory = await test.signUp('mallory@example.com');
    expect((await mallory.call('POST', '/invitations/accept', { token })).status).toBe(403);
    const answers = await Promise.all(
      [1, 2, 3].map(() => person.call('POST', '/invitations/accept', { token })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400]);
    const me = await person.call('GET', '/me', undefined, {
      'x-tollgate-organization': owner.organizationId,
    });
    expect(me.body).toMatchObject({ role: 'finance', timeZone: 'UTC' });
    expect((await person.call('GET', '/me')).body).toMatchObject({ organizationId: null, timeZone: null });
    const unnamed = await person.call('GET', '/keys');
    expect(unnamed.body.code).toBe('organization_required');
  });

  it('do not work when revoked, replaced or late', async () => {
    const invite = () => owner.call('POST', '/invitations', { email: 'late@example.com' });
    const preview = (token: string) => test.anonymous('POST', '/auth/invitation', { token });
    const first = await invite();
    const firstToken = await invitationToken('late@example.com');
    await invite();
    const secondToken = await invitationToken('late@example.com');
    expect((await preview(firstToken)).status).toBe(400);
    expect((await preview(secondToken)).status).toBe(200);
    expect((await owner.call('DELETE', `/invitations/${first.body.id}`)).status).toBe(404);
    const list = (await owner.call('GET', '/invitations')).body.data;
    const open = list.find(
      ({ email, state }: { email: string; state: string }) =>
        email === 'late@example.com' && state === 'open',
    );
    await owner.call('DELETE', `/invitations/${open.id}`);
    expect((await preview(secondToken)).status).toBe(400);
    await invite();
    const third = await invitationToken('late@example.com');
    test.clock.advance(7 * 86_400_000);
    expect((await preview(third)).status).toBe(400);
    owner = { ...owner, ...(await signInAgain('owner@example.com')) };
  });

  it('need a verified address where mail reaches people, and give no more than the inviter has', async () => {
    const strict = await startTestApi({ verificationRequired: true });
    const unverified = await strict.signUp('unverified@example.com');
    const refused = await unverified.call('POST', '/invitations', { email: 'x@example.com' });
    expect(refused.body.code).toBe('email_not_verified');
    const live = await unverified.call('POST', '/provider-credentials', {
      provider: 'openai',
      name: 'l',
      apiKey: 'sk-0123456789abcdef',
    });
    expect(live.body.code).toBe('email_not_verified');
    expect((await unverified.call('POST', '/keys', { name: 'test traffic' })).status).toBe(201);
    await strict.close();
    const admin = await test.join(owner, 'admin@example.com', 'admin');
    const answer = await admin.call('POST', '/invitations', { email: 'boss@example.com', role: 'owner' });
    expect(answer.body.code).toBe('exceeds_own_permissions');
  });

  it.each(['a@example.com\r\nBcc: b@example.com', 'a\uff20example.com', '"a"@example.com'])(
    'refuse the address %j',
    async (email) => {
      expect((await owner.call('POST', '/invitations', { email })).status).toBe(400);
    },
  );
});

async function signInAgain(email: string): Promise<Pick<TestPerson, 'call'>> {
  const answer = await test.anonymous('POST', '/auth/sign-in', { email, password: TEST_PASSWORD });
  return { call: test.withCookie(cookieOf(answer)) };
}

describe('members', () => {
  it('are named by their own ids and by those of the people, in the own organization only', async () => {
    const one = await test.signUp('named-one@example.com', 'Named');
    const two = await test.join(one, 'named-two@example.com', 'developer');
    await test.join(one, 'named-three@example.com', 'developer');
    const { membershipId } = (await one.call('GET', '/me')).body;
    const asked = [membershipId, two.userId, owner.userId].join();
    const named = (await one.call('GET', `/members?ids=${asked}`)).body.data as { userId: string }[];
    expect(named.map(({ userId }) => userId).sort()).toEqual([one.userId, two.userId].sort());
    expect((await one.call('GET', '/members?ids=')).body.data).toEqual([]);
  });

  it('always leave an owner behind, even when two owners go at once', async () => {
    const second = await test.signUp('second@example.com', 'Pair');
    const third = await test.join(second, 'third@example.com', 'owner');
    const ids = (await second.call('GET', '/members')).body.data.map(({ id }: { id: string }) => id);
    const answers = await Promise.all([
      second.call('DELETE', `/members/${ids[1]}`),
      third.call('PATCH', `/members/${ids[0]}`, { role: 'viewer' }),
    ]);
    const owners = await test.database.tenant(second.organizationId, (tx) =>
      tx.membership.count({ where: { role: 'owner' } }),
    );
    expect(owners, answers.map(({ status }) => status).join()).toBeGreaterThanOrEqual(1);
    const left = (await test.database.tenant(second.organizationId, (tx) =>
      tx.membership.findFirst({ where: { role: 'owner' } }),
    ))!;
    const lastOwner = left.userId === second.userId ? second : third;
    const alone = await lastOwner.call('PATCH', `/members/${left.id}`, { role: 'viewer' });
    expect(alone.body.code).toBe('last_owner');
  });

  it('are not touched by somebody with less power', async () => {
    const admin = await test.join(owner, 'lesser@example.com', 'admin');
    const ownerId = (await owner.call('GET', '/me')).body.membershipId;
    expect((await admin.call('DELETE', `/members/${ownerId}`)).body.code).toBe('exceeds_own_permissions');
    const own = (await admin.call('GET', '/me')).body.membershipId;
    expect((await admin.call('PATCH', `/members/${own}`, { role: 'owner' })).body.code).toBe(
      'exceeds_own_permissions',
    );
  });

  it('with a custom role have exactly its permissions', async () => {
    await test.database.tenant(owner.organizationId, (tx) =>
      tx.role.create({
        data: {
          id: 'role_custom',
          organizationId: owner.organizationId,
          name: 'Auditor',
          permissions: ['audit:read', 'gone:read'],
        },
      }),
    );
    const person = await test.join(owner, 'auditor@example.com', 'viewer');
    const { membershipId } = (await person.call('GET', '/me')).body;
    expect((await owner.call('PATCH', `/members/${membershipId}`, { role: 'role_custom' })).body.role).toBe(
      'role_custom',
    );
    expect((await person.call('GET', '/me')).body.permissions).toEqual(['audit:read']);
    expect((await person.call('GET', '/audit-events')).status).toBe(200);
    expect((await person.call('GET', '/keys')).status).toBe(403);
  });
});

describe('teams', () => {
  it('form a tree that moves with its branches and never bites its tail', async () => {
    const make = async (name: string, parentId?: string) =>
      (await owner.call('POST', '/teams', { name, ...(parentId && { parentId }) })).body;
    const a = await make('A');
    const b = await make('B', a.id);
    const c = await make('C', b.id);
    const d = await make('D');
    expect(c.path).toEqual([a.id, b.id, c.id]);
    expect((await owner.call('PATCH', `/teams/${a.id}`, { parentId: c.id })).status).toBe(400);
    await owner.call('PATCH', `/teams/${b.id}`, { parentId: d.id });
    await owner.call('POST', '/keys', { name: 'of the team', teamId: c.id });
    expect((await owner.call('GET', `/teams/${c.id}`)).body).toMatchObject({
      path: [d.id, b.id, c.id],
      above: [
        { id: d.id, name: 'D' },
        { id: b.id, name: 'B' },
      ],
      memberCount: 0,
      activeKeyCount: 1,
    });
    await owner.call('PATCH', `/teams/${b.id}`, { parentId: null });
    expect((await owner.call('GET', `/teams/${c.id}`)).body.path).toEqual([b.id, c.id]);
    expect((await owner.call('DELETE', `/teams/${b.id}`)).body).toMatchObject({
      code: 'in_use',
      reason: 'team_in_use',
      counts: { keys: 0, teams: 1 },
    });
    const inC = (await owner.call('GET', `/keys?teamId=${c.id}`)).body.data;
    await owner.call('POST', `/keys/${inC[0].id}/revoke`);
    expect((await owner.call('GET', `/teams/${c.id}`)).body.activeKeyCount).toBe(0);
    expect((await owner.call('DELETE', `/teams/${c.id}`)).status).toBe(204);
    expect((await owner.call('GET', `/teams/${c.id}`)).status).toBe(404);
  });

  it('are listed with those above them and their figures, and found by name, slug, cost centre and id', async () => {
    const make = async (body: object) => (await owner.call('POST', '/teams', body)).body;
    const top = await make({ name: 'Listed 100%', slug: 'listed-top', costCenter: 'CC-77_1' });
    const below = await make({ name: 'Listed below', slug: 'under-it', parentId: top.id });
    const { membershipId } = (await owner.call('GET', '/me')).body;
    await owner.call('PUT', `/teams/${below.id}/members/${membershipId}`);
    for (const name of ['one', 'two']) await owner.call('POST', '/keys', { name, teamId: below.id });
    const list = async (query: string) => {
      const { data } = (await owner.call('GET', `/teams?${query}`)).body;
      return data as { id: string }[];
    };
    const idsOf = async (query: string) => (await list(query)).map(({ id }) => id);
    expect((await list(`ids=${below.id}&figures=true`))[0]).toMatchObject({
      above: [{ id: top.id, name: 'Listed 100%' }],
      memberCount: 1,
      activeKeyCount: 2,
      belowCount: 0,
    });
    expect((await list(`ids=${top.id}&figures=true`))[0]).toMatchObject({ memberCount: 0, belowCount: 1 });
    expect((await owner.call('GET', `/teams/${top.id}`)).body).toMatchObject({
      memberCount: 0,
      belowCount: 1,
    });
    expect((await list(`ids=${below.id}`))[0]).toMatchObject({ memberCount: null, activeKeyCount: null });
    // Of its own budgets the one with least left of it; those above it are the other teams' to show.
    const scope = { type: 'team', id: below.id };
    const budget = (limitUsd: string, of: object) =>
      owner.call('POST', '/budgets', { scope: of, limitUsd, period: 'month' });
    expect((await list(`ids=${below.id}&figures=true`))[0]).toMatchObject({ budget: null });
    await budget('9', { type: 'team', id: top.id });
    await budget('5', scope);
    await budget('0', scope);
    const [withBudget] = await list(`ids=${below.id}&figures=true`);
    expect(withBudget).toMatchObject({ budget: { scope, limitUsd: '0.00', spentUsd: '0.00' } });
    expect(await idsOf('q=100%25')).toEqual([top.id]);
    expect(await idsOf('q=CC-77_1')).toEqual([top.id]);
    expect(await idsOf('q=UNDER-IT')).toEqual([below.id]);
    expect(await idsOf(`ids=${below.id},${top.id},team_of_others`)).toEqual([top.id, below.id]);
    const page = (await owner.call('GET', '/teams?q=listed&limit=1')).body;
    expect(page.data.map(({ id }: { id: string }) => id)).toEqual([top.id]);
    expect(await idsOf(`q=listed&limit=1&cursor=${page.nextCursor}`)).toEqual([below.id]);
    const lead = await test.join(owner, 'lead-of-listed@example.com', 'developer');
    expect((await lead.call('GET', '/teams?mine=true')).body.data).toEqual([]);
    const leadId = (await lead.call('GET', '/me')).body.membershipId;
    await owner.call('PUT', `/teams/${top.id}/members/${leadId}`);
    const mine = (await lead.call('GET', '/teams?mine=true')).body.data as { id: string }[];
    expect(mine.map(({ id }) => id)).toEqual([top.id, below.id]);
    const many = Array.from({ length: 101 }, (_, number) => `team_${number}`).join(',');
    expect((await owner.call('GET', `/teams?ids=${many}`)).status).toBe(400);
    const blind = await owner.call('POST', '/admin-tokens', { name: 't', permissions: ['teams:read'] });
    const seen = (await test.withToken(blind.body.secret)('GET', `/teams?ids=${below.id}&figures=true`)).body;
    expect(seen.data[0]).toMatchObject({ memberCount: 1, activeKeyCount: null, budget: null });
  });
});

describe('bootstrapOrganization()', () => {
  it('makes an organization with a verified owner, finds it again, and mints a token each time', async () => {
    const identity = { ...test.options };
    const input = { organization: 'Pipeline', email: 'pipeline@example.com', password: TEST_PASSWORD };
    const first = await bootstrapOrganization(identity, input);
    const second = await bootstrapOrganization(identity, input);
    expect(second).toMatchObject({ organizationId: first.organizationId, created: false });
    expect(second.adminToken).not.toBe(first.adminToken);
    for (const { adminToken } of [first, second]) {
      const me = await test.withToken(adminToken)('GET', '/me');
      expect(me.body).toMatchObject({
        kind: 'adminToken',
        organizationId: first.organizationId,
        role: 'owner',
      });
    }
    const session = await signInAgain('pipeline@example.com');
    expect((await session.call('GET', '/me')).body.emailVerified).toBe(true);
    await expect(bootstrapOrganization(identity, { ...input, password: 'wrong password' })).rejects.toThrow(
      IdentityError,
    );
  });
});
