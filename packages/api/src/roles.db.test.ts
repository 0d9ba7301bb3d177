import { PERMISSIONS, type Permission } from '@tollgate/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestCaller, type TestPerson } from './test-api.ts';

let test: TestApi;
let owner: TestPerson;
let admin: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Roles');
  admin = await test.join(owner, 'admin@example.com', 'admin');
});
afterAll(() => test.close());

let made = 0;
async function makeRole(permissions: readonly string[], more: object = {}, by: TestCaller = owner.call) {
  made += 1;
  const answer = await by('POST', '/roles', { name: `Role ${made}`, permissions, ...more });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as { id: string; name: string; version: number };
}

/** Somebody who has exactly this role. */
async function joinAs(roleId: string): Promise<TestPerson & { membershipId: string }> {
  made += 1;
  const person = await test.join(owner, `person-${made}@example.com`, 'viewer');
  const { membershipId } = (await person.call('GET', '/me')).body;
  const changed = await owner.call('PATCH', `/members/${membershipId}`, { role: roleId });
  expect(changed.status, changed.text).toBe(200);
  return { ...person, membershipId };
}

const SEES = ['organization:read', 'teams:read', 'members:read', 'roles:read'] as const;
const codeOf = async (answer: Promise<{ body: { code: string } }>) => (await answer).body.code;

describe('a role of one’s own', () => {
  it('[X3] allows exactly what it names, counts who has it, and is found again', async () => {
    const role = await makeRole(['teams:read', 'keys:read'], { description: 'Looks at keys' });
    const person = await joinAs(role.id);
    expect((await person.call('GET', '/me')).body.permissions).toEqual(['teams:read', 'keys:read']);
    expect((await person.call('GET', '/keys')).status).toBe(200);
    expect((await person.call('GET', '/members')).status).toBe(403);
    await owner.call('POST', '/invitations', { email: `invited-${role.id}@example.com`, role: role.id });
    const found = (await owner.call('GET', `/roles/${role.id}`)).body;
    expect(found).toMatchObject({
      builtIn: false,
      description: 'Looks at keys',
      memberCount: 1,
      openInvitationCount: 1,
      version: 1,
    });
    const listed = (await owner.call('GET', '/roles')).body.data;
    expect(listed.map(({ id }: { id: string }) => id).slice(0, 5)).toEqual([
      'owner',
      'admin',
      'developer',
      'finance',
      'viewer',
    ]);
    expect(listed).toContainEqual(found);
  });

  it('may allow nothing at all, and shows who sees no members no numbers of them', async () => {
    const nothing = await makeRole([]);
    const person = await joinAs(nothing.id);
    expect((await person.call('GET', '/me')).body.permissions).toEqual([]);
    expect((await person.call('GET', '/roles')).status).toBe(403);
    const looks = await joinAs((await makeRole(['roles:read'])).id);
    const [first] = (await looks.call('GET', '/roles')).body.data;
    expect(first).toMatchObject({ memberCount: null, openInvitationCount: null });
  });

  it('does not learn models and credentials from what is asked about a key', async () => {
    const provider = await owner.call('POST', '/provider-credentials', {
      provider: 'openai',
      name: 'Contract 4711',
      apiKey: 'sk-of-this-test-000000000000',
      models: ['gpt-5'],
    });
    expect(provider.status, provider.text).toBe(201);
    const { key } = (await owner.call('POST', '/keys', { name: 'asked about' })).body;
    const check = (by: TestPerson) =>
      by.call('POST', `/keys/${key.id}/policy/check`, { model: 'gpt-5', inputTokens: 1 });
    expect((await check(owner)).body.model).toMatchObject({ credentialName: 'Contract 4711' });
    const sees = ['keys:read', 'budgets:read', 'rate-limits:read'];
    const keysOnly = await joinAs((await makeRole(sees)).id);
    const policy = await keysOnly.call('GET', `/keys/${key.id}/policy`);
    expect(policy.body.models.reachableCount).toBeGreaterThan(0);
    expect(policy.body.models.reachable).toEqual([]);
    expect(await codeOf(check(keysOnly))).toBe('permission_denied');
    const preview = keysOnly.call('POST', `/keys/${key.id}/policy/preview`, { models: [] });
    expect(await codeOf(preview)).toBe('permission_denied');
    const withModels = await joinAs((await makeRole([...sees, 'models:read'])).id);
    expect((await check(withModels)).body.model).toMatchObject({ provider: 'openai', credentialName: '' });
    const listed = await withModels.call('GET', '/models?q=gpt-5');
    expect(listed.body.data).toMatchObject([{ name: 'gpt-5', credentials: [{ name: '' }] }]);
  });

  it('that reads invoices does not read the requests behind them, in a file either', async () => {
    const reader = await joinAs((await makeRole(['invoices:read'])).id);
    const exported = (view: string) => reader.call('GET', `/invoices/inv_none/export?view=${view}`);
    expect(await codeOf(exported('lines'))).toBe('not_found');
    expect(await codeOf(exported('entries'))).toBe('permission_denied');
    const both = await joinAs((await makeRole(['invoices:read', 'requests:read'])).id);
    expect(await codeOf(both.call('GET', '/invoices/inv_none/export?view=entries'))).toBe('not_found');
  });

  it('takes hold of everybody who has it with their next request', async () => {
    const role = await makeRole([...SEES]);
    const person = await joinAs(role.id);
    expect((await person.call('GET', '/teams')).status).toBe(200);
    await owner.call('PATCH', `/roles/${role.id}`, { permissions: ['members:read'] });
    expect((await person.call('GET', '/teams')).status).toBe(403);
    expect((await person.call('GET', '/members')).status).toBe(200);
  });

  it('is refused with a change and not the sight of it, a name that is taken, an unknown permission', async () => {
    const alone = await owner.call('POST', '/roles', { name: 'Blind', permissions: ['budgets:write'] });
    expect(alone.status).toBe(400);
    expect(alone.body.errors).toMatchObject([{ path: 'body.permissions', code: 'incomplete' }]);
    const any = await owner.call('POST', '/roles', {
      name: 'Blind',
      permissions: ['keys:write-any', 'keys:read'],
    });
    expect(any.body.errors[0].message).toContain('keys:write');
    const { name } = await makeRole(['teams:read']);
    for (const taken of [name, name.toUpperCase(), 'Owner', 'administrator', 'Viewer']) {
      expect(await codeOf(owner.call('POST', '/roles', { name: taken, permissions: [] }))).toBe('name_taken');
    }
    const unknown = await owner.call('POST', '/roles', { name: 'Root', permissions: ['*'] });
    expect(unknown.status).toBe(400);
  });

  it('is changed only as it was read, and made once for one Idempotency-Key', async () => {
    const role = await makeRole(['teams:read']);
    const seen = await owner.call('GET', `/roles/${role.id}`);
    const change = (description: string) =>
      owner.call('PATCH', `/roles/${role.id}`, { description }, { 'if-match': seen.headers.get('etag')! });
    const answers = await Promise.all([change('one'), change('two')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const twice = () =>
      owner.call('POST', '/roles', { name: 'Once', permissions: [] }, { 'idempotency-key': 'role-once' });
    expect((await twice()).body.id).toBe((await twice()).body.id);
  });

  it('stands in the audit log with before and after, and leaves nothing there when it was refused', async () => {
    const role = await makeRole(['teams:read']);
    test.clock.advance(1_000);
    await owner.call('PATCH', `/roles/${role.id}`, { permissions: ['teams:read', 'keys:read'] });
    test.clock.advance(1_000);
    await admin.call('PATCH', `/roles/${role.id}`, { permissions: ['billing:read', 'billing:write'] });
    await owner.call('DELETE', `/roles/${role.id}`);
    const { data } = (await owner.call('GET', `/audit-events?targetId=${role.id}`)).body;
    expect(data.map(({ action }: { action: string }) => action)).toEqual([
      'role-deleted',
      'role-updated',
      'role-created',
    ]);
    expect(data[1]).toMatchObject({
      before: { permissions: ['teams:read'] },
      after: { permissions: ['teams:read', 'keys:read'] },
      actor: { name: 'owner@example.com' },
    });
  });
});

describe('[X3] nobody passes on more than they have', () => {
  const MORE: readonly Permission[] = ['billing:read', 'billing:write'];

  it('in a role that they make, change, rename or delete', async () => {
    expect(await codeOf(admin.call('POST', '/roles', { name: 'Payer', permissions: MORE }))).toBe(
      'exceeds_own_permissions',
    );
    const small = await makeRole(['teams:read']);
    expect(await codeOf(admin.call('PATCH', `/roles/${small.id}`, { permissions: MORE }))).toBe(
      'exceeds_own_permissions',
    );
    const great = await makeRole(MORE);
    for (const change of [{ name: 'Renamed' }, { permissions: [] }]) {
      expect(await codeOf(admin.call('PATCH', `/roles/${great.id}`, change))).toBe('exceeds_own_permissions');
    }
    expect(await codeOf(admin.call('DELETE', `/roles/${great.id}`))).toBe('exceeds_own_permissions');
  });

  it('to a member, with an invitation, an admin token, or as what takes a role’s place', async () => {
    const great = await makeRole(MORE);
    const small = await makeRole(['teams:read']);
    const person = await joinAs(small.id);
    const refused = [
      admin.call('PATCH', `/members/${person.membershipId}`, { role: great.id }),
      admin.call('POST', '/invitations', { email: 'greater@example.com', role: great.id }),
      admin.call('POST', '/admin-tokens', { name: 'greater', permissions: MORE }),
      admin.call('DELETE', `/roles/${small.id}?replacement=${great.id}`),
      admin.call('DELETE', `/roles/${small.id}?replacement=owner`),
    ];
    for (const answer of await Promise.all(refused)) {
      expect(answer.body.code, answer.text).toBe('exceeds_own_permissions');
    }
    expect((await person.call('GET', '/me')).body.permissions).toEqual(['teams:read']);
  });

  it('by lifting the role that they have themselves, alone or through a token', async () => {
    const role = await makeRole([
      ...SEES,
      'roles:write',
      'members:write',
      'admin-tokens:read',
      'admin-tokens:write',
    ]);
    const keeper = await joinAs(role.id);
    const lift = { permissions: [...SEES, 'roles:write', 'audit:read'] };
    expect(await codeOf(keeper.call('PATCH', `/roles/${role.id}`, lift))).toBe('exceeds_own_permissions');
    const token = await keeper.call('POST', '/admin-tokens', {
      name: 'keeper',
      permissions: ['roles:read', 'roles:write'],
    });
    const byToken = test.withToken(token.body.secret);
    expect(await codeOf(byToken('PATCH', `/roles/${role.id}`, lift))).toBe('exceeds_own_permissions');
    expect(await codeOf(byToken('PATCH', `/roles/${role.id}`, { description: 'x' }))).toBe(
      'exceeds_own_permissions',
    );
    const own = await byToken('POST', '/roles', { name: 'Reader of roles', permissions: ['roles:read'] });
    expect(own.status).toBe(201);
  });

  it('when a role shrinks, its holders’ tokens shrink with it', async () => {
    const role = await makeRole([...SEES, 'admin-tokens:read', 'admin-tokens:write']);
    const person = await joinAs(role.id);
    const token = await person.call('POST', '/admin-tokens', {
      name: 't',
      permissions: ['teams:read', 'members:read'],
    });
    const byToken = test.withToken(token.body.secret);
    expect((await byToken('GET', '/teams')).status).toBe(200);
    await owner.call('PATCH', `/roles/${role.id}`, { permissions: ['members:read'] });
    expect((await byToken('GET', '/teams')).status).toBe(403);
    expect((await byToken('GET', '/members')).status).toBe(200);
  });
});

describe('deleting a role', () => {
  it('needs a name for what takes its place while somebody has it or is invited to it', async () => {
    const role = await makeRole(['teams:read']);
    const person = await joinAs(role.id);
    const invitation = await owner.call('POST', '/invitations', {
      email: 'waiting@example.com',
      role: role.id,
    });
    const refused = await owner.call('DELETE', `/roles/${role.id}`);
    expect(refused.body).toMatchObject({
      code: 'in_use',
      reason: 'role_in_use',
      errors: [{ path: 'query.replacement', code: 'required' }],
    });
    for (const replacement of [role.id, 'role_unknown']) {
      expect((await owner.call('DELETE', `/roles/${role.id}?replacement=${replacement}`)).status).toBe(400);
    }
    expect((await owner.call('DELETE', `/roles/${role.id}?replacement=developer`)).status).toBe(204);
    expect((await person.call('GET', '/me')).body.role).toBe('developer');
    const open = (await owner.call('GET', '/invitations')).body.data;
    expect(open.find(({ id }: { id: string }) => id === invitation.body.id).role).toBe('developer');
    expect((await owner.call('GET', `/roles/${role.id}`)).status).toBe(404);
  });

  it('leaves no alert channel that reaches nobody: it gets the other role as well', async () => {
    const role = await makeRole(['teams:read']);
    const recipients = { roles: [role.id, 'admin'], memberIds: [], addresses: [] };
    const made = await owner.call('POST', '/notification-channels', {
      kind: 'email',
      name: 'Ops',
      recipients,
    });
    expect(made.status, made.text).toBe(201);
    const refused = await owner.call('DELETE', `/roles/${role.id}`);
    expect(refused.body).toMatchObject({ code: 'in_use', counts: { members: 0, channels: 1 } });
    expect((await owner.call('DELETE', `/roles/${role.id}?replacement=developer`)).status).toBe(204);
    const listed = (await owner.call('GET', '/notification-channels')).body.data;
    const channel = listed.find(({ id }: { id: string }) => id === made.body.id);
    expect(channel.recipients.roles.toSorted()).toEqual(['admin', 'developer']);
  });

  it('loses nobody to a role that is given away at the same moment', async () => {
    const role = await makeRole(['teams:read']);
    const { membershipId, call } = await joinAs((await makeRole([])).id);
    const [given, gone] = await Promise.all([
      owner.call('PATCH', `/members/${membershipId}`, { role: role.id }),
      owner.call('DELETE', `/roles/${role.id}`),
    ]);
    const isGone = gone.status === 204;
    expect([given.status, gone.status], given.text + gone.text).toEqual(isGone ? [400, 204] : [200, 409]);
    expect((await call('GET', '/me')).body.permissions).toEqual(isGone ? [] : ['teams:read']);
  });

  it('and changing one leave built-in roles alone, and the organization its owner', async () => {
    for (const id of ['owner', 'viewer']) {
      expect((await owner.call('PATCH', `/roles/${id}`, { permissions: [] })).status).toBe(409);
      expect((await owner.call('DELETE', `/roles/${id}?replacement=admin`)).status).toBe(409);
    }
    const everything = await makeRole([...PERMISSIONS]);
    const { membershipId } = (await owner.call('GET', '/me')).body;
    const stepsDown = await owner.call('PATCH', `/members/${membershipId}`, { role: everything.id });
    expect(stepsDown.body.code).toBe('last_owner');
    const second = await joinAs(everything.id);
    expect(await codeOf(second.call('DELETE', `/members/${membershipId}`))).toBe('last_owner');
  });
});

describe('what an alert tells, its maker may see', () => {
  const READS = ['alerts:read', 'alerts:write', 'organization:read', 'members:read'] as const;

  it('a rule is made and changed only with the permission to read what it tells', async () => {
    const person = await joinAs((await makeRole([...READS, 'budgets:read'])).id);
    const channel = await person.call('POST', '/notification-channels', {
      kind: 'email',
      name: 'Elsewhere',
      recipients: { addresses: ['elsewhere@example.net'] },
    });
    expect(channel.status, channel.text).toBe(201);
    const make = (kind: string) =>
      person.call('POST', '/alert-rules', { kind, name: kind, channelIds: [channel.body.id] });
    for (const kind of [
      'spend-anomaly',
      'invoice-paid',
      'credits-low',
      'credential-failing',
      'key-expiring',
    ]) {
      const refused = await make(kind);
      expect(refused.body, kind).toMatchObject({ status: 403, code: 'permission_denied' });
    }
    expect((await make('budget-threshold')).status).toBe(201);
    const rules = (await person.call('GET', '/alert-rules')).body.data;
    for (const { id, kind } of rules) {
      const changed = await person.call('PATCH', `/alert-rules/${id}`, { channelIds: [channel.body.id] });
      expect(changed.status, kind).toBe(kind.startsWith('budget-') ? 200 : 403);
    }
  });

  it('a channel is led elsewhere only by who may read what its rules tell', async () => {
    const person = await joinAs((await makeRole([...READS])).id);
    await owner.call('GET', '/alert-rules');
    const channels = (await owner.call('GET', '/notification-channels')).body.data as {
      id: string;
      preset: boolean;
    }[];
    const preset = channels.find(({ preset }) => preset)!;
    const path = `/notification-channels/${preset.id}`;
    const elsewhere = { recipients: { addresses: ['elsewhere@example.net'] } };
    const refused = await person.call('PATCH', path, elsewhere);
    expect(refused.body).toMatchObject({ status: 403, code: 'permission_denied' });
    expect((await person.call('PATCH', path, { digest: 'daily' })).status).toBe(200);
    expect((await owner.call('PATCH', path, elsewhere)).status).toBe(200);
  });

  it('an endpoint gets events, and shows their bodies, only as far as its reader may see them', async () => {
    const person = await joinAs((await makeRole(['webhooks:read', 'webhooks:write', 'keys:read'])).id);
    const make = (events: string[]) =>
      person.call('POST', '/webhook-endpoints', { url: 'https://example.com/hook', events });
    for (const events of [['*'], ['alert.fired'], ['invoice.paid'], ['key.created', 'budget.exceeded']]) {
      expect((await make(events)).body, events.join()).toMatchObject({ code: 'permission_denied' });
    }
    expect((await make(['key.created'])).status).toBe(201);
    const whole = (
      await owner.call('POST', '/webhook-endpoints', { url: 'https://example.com/all', events: ['*'] })
    ).body;
    const path = `/webhook-endpoints/${whole.endpoint.id}`;
    expect((await person.call('PATCH', path, { url: 'https://example.net/mine' })).status).toBe(403);
    expect((await person.call('PATCH', path, { disabled: true })).status).toBe(200);
    for (const type of ['invoice.paid', 'key.created']) await deliver(whole.endpoint.id, type);
    const typesFor = async (call: TestCaller) =>
      (await call('GET', `${path}/deliveries`)).body.data.map(
        ({ eventType }: { eventType: string }) => eventType,
      );
    expect(await typesFor(person.call)).toEqual(['key.created']);
    expect(await typesFor(owner.call)).toHaveLength(2);
  });

  it('and is shown no alert of what they may not read', async () => {
    const person = await joinAs((await makeRole(['alerts:read'])).id);
    const rules = (await owner.call('GET', '/alert-rules')).body.data;
    await seedAlert(rules[0].id);
    expect((await person.call('GET', '/alerts')).body.data).toEqual([]);
    expect((await person.call('GET', '/alerts/summary')).body.firing).toBe(0);
    expect((await owner.call('GET', '/alerts')).body.data).toHaveLength(1);
  });

  it('a policy shows budgets and rate limits to who may see them, and says what it withholds', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Policy' })).body.id;
    const { key } = (await owner.call('POST', '/keys', { name: 'ruled', teamId: team })).body;
    const scope = { type: 'team', id: team };
    await owner.call('POST', '/budgets', { scope, limitUsd: '5', period: 'month' });
    await owner.call('POST', '/rate-limits', { scope, metric: 'requests', limit: 5, windowSeconds: 60 });
    const places = [`/teams/${team}/policy`, `/keys/${key.id}/policy`];
    for (const [permissions, budgets, rateLimits, withheld] of [
      [[], 0, 0, ['budgets', 'rateLimits']],
      [['budgets:read'], 1, 0, ['rateLimits']],
      [['rate-limits:read'], 0, 1, ['budgets']],
    ] as const) {
      const person = await joinAs((await makeRole(['keys:read', 'teams:read', ...permissions])).id);
      for (const path of places) {
        const { status, text, body } = await person.call('GET', path);
        expect(status, text).toBe(200);
        expect(body.withheld).toEqual(withheld);
        expect(body.budgets).toHaveLength(budgets);
        expect(body.rateLimits).toHaveLength(rateLimits);
      }
    }
    expect((await owner.call('GET', places[0]!)).body.withheld).toEqual([]);
  });
});

async function asWorker(run: (tx: import('@tollgate/db').Transaction) => Promise<unknown>): Promise<void> {
  const worker = test.openAs('worker', 'seed');
  await worker.tenant(owner.organizationId, run);
  await worker.close();
}

function deliver(endpointId: string, eventType: string): Promise<void> {
  const id = `whd_${eventType}`;
  return asWorker((tx) =>
    tx.webhookDelivery.create({
      data: {
        id,
        organizationId: owner.organizationId,
        endpointId,
        eventId: id,
        eventType,
        payload: { data: { totalUsd: '12.50' } },
        state: 'delivered',
      },
      select: { id: true },
    }),
  );
}

function seedAlert(ruleId: string): Promise<void> {
  return asWorker((tx) =>
    tx.alert.create({
      data: {
        id: 'alr_secret_amount',
        organizationId: owner.organizationId,
        ruleId,
        kind: 'spend-anomaly',
        causeKey: 'x',
        periodKey: '',
        severity: 'warning',
        state: 'firing',
        targetName: 'x',
        figures: { hourUsd: '120.00' },
        firedAt: new Date(test.clock.nowMs()),
      },
      select: { id: true },
    }),
  );
}
