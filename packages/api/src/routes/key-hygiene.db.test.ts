import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { everyKeyId, makeKey, seedRequests } from '../test-keys.ts';

const DAY_MS = 86_400_000;
let test: TestApi;
let owner: TestPerson;
let stranger: TestPerson;
let developer: TestPerson;
let foreignKey: string;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
  stranger = await test.signUp('stranger@example.com', 'Other');
  developer = await test.join(owner, 'developer@example.com', 'developer');
  foreignKey = await makeKey(stranger, 'needle of somebody else');
}, 60_000);
afterAll(() => test.close());

describe('hygiene', () => {
  it('a budget above a key is a budget: of its team, of a team above, of the organization', async () => {
    const { call } = stranger;
    const root = (await call('POST', '/teams', { name: 'Root' })).body.id;
    const leaf = (await call('POST', '/teams', { name: 'Leaf', parentId: root })).body.id;
    const mine = await makeKey(stranger, 'of the leaf', { teamId: leaf });
    const bare = async () => everyKeyId(stranger, 'finding=noBudget');
    expect((await bare()).toSorted()).toEqual([foreignKey, mine].toSorted());
    const budget = (scope: object, more: object = {}) =>
      call('POST', '/budgets', { scope, limitUsd: '5', period: 'month', ...more });
    await budget({ type: 'team', id: root }, { kind: 'soft' });
    expect(await bare()).toHaveLength(2);
    await budget({ type: 'team', id: root });
    expect(await bare()).toEqual([foreignKey]);
    await budget({ type: 'organization', id: stranger.organizationId });
    expect(await bare()).toEqual([]);
  });

  it('a rate limit above a key is one, and one of a single model is none', async () => {
    const person = await test.signUp('limitless@example.com', 'Limitless');
    const { call } = person;
    const root = (await call('POST', '/teams', { name: 'Root' })).body.id;
    const leaf = (await call('POST', '/teams', { name: 'Leaf', parentId: root })).body.id;
    const account = (await call('POST', '/service-accounts', { name: 'robot' })).body.id;
    const free = await makeKey(person, 'free');
    const own = await makeKey(person, 'own');
    const ofTeam = await makeKey(person, 'of the leaf', { teamId: leaf });
    const ofRobot = await makeKey(person, 'of the robot', { ownerId: account });
    const bare = async () => (await everyKeyId(person, 'finding=noRateLimit')).toSorted();
    const limit = async (scope: object, more: object = {}) => {
      const rule = { scope, metric: 'requests', limit: 5, windowSeconds: 60, ...more };
      const { status, text } = await call('POST', '/rate-limits', rule);
      expect(status, text).toBe(201);
    };
    expect(await bare()).toEqual([free, own, ofTeam, ofRobot].toSorted());
    await limit({ type: 'key', id: free }, { model: 'gpt-5' });
    await limit({ type: 'key', id: own });
    await limit({ type: 'team', id: root });
    expect(await bare()).toEqual([free, ofRobot].toSorted());
    await limit({ type: 'serviceAccount', id: '*' });
    expect(await bare()).toEqual([free]);
    const { body } = await call('GET', '/keys/hygiene');
    expect(body.data).toContainEqual({ kind: 'noRateLimit', count: 1, more: false, lookedAt: null });
    await limit({ type: 'key', id: '*' });
    expect(await bare()).toEqual([]);
  });

  it('an owner whose account is disabled has left', async () => {
    const account = (await owner.call('POST', '/service-accounts', { name: 'robot' })).body.id;
    const id = await makeKey(owner, 'of the robot', { ownerId: account });
    expect(await everyKeyId(owner, 'finding=ownerLeft')).toEqual([]);
    await owner.call('PATCH', `/service-accounts/${account}`, { disabled: true });
    expect(await everyKeyId(owner, 'finding=ownerLeft')).toEqual([id]);
    expect((await owner.call('GET', '/service-accounts?q=rob')).body.data).toHaveLength(1);
    expect((await owner.call('GET', '/service-accounts?q=nobody')).body.data).toEqual([]);
  });

  it('says what uses a key just now, and nothing of a foreign one [X1]', async () => {
    const id = await makeKey(owner, 'busy');
    await seedRequests(test, owner, id, 7, { spacedMs: 60_000 });
    await test.database.tenant(owner.organizationId, (tx) =>
      tx.virtualKey.updateMany({ where: { id }, data: { lastUsedAt: new Date(test.clock.nowMs()) } }),
    );
    const { body, text } = await owner.call('GET', `/keys/activity?ids=${id},${foreignKey}`);
    expect(body.data, text).toHaveLength(1);
    expect(body.data[0]).toMatchObject({ keyId: id, requests: 7, minutes: 15, lastAddress: '198.51.100.7' });
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `key_${index}`).join(',');
    expect((await owner.call('GET', `/keys/activity?ids=${ids(100)}`)).status).toBe(200);
    expect((await owner.call('GET', `/keys/activity?ids=${ids(101)}`)).status).toBe(400);
  });
});

describe('many keys at once', () => {
  it('each has its result and its audit event; what cannot be changed changes nothing [X1]', async () => {
    const [one, two] = [await makeKey(owner, 'bulk one'), await makeKey(owner, 'bulk two')];
    await owner.call('POST', `/keys/${two}/revoke`);
    const change = { kind: 'revoke' };
    const answer = await owner.call('POST', '/keys/bulk', { ids: [one, two, foreignKey, one], change });
    expect(answer.status, answer.text).toBe(200);
    const byId = Object.fromEntries(answer.body.data.map((each: { id: string }) => [each.id, each]));
    expect(Object.keys(byId)).toHaveLength(3);
    expect(byId[one]).toMatchObject({ ok: true, key: { state: 'revoked' } });
    expect(byId[two]).toMatchObject({ ok: false, code: 'conflict' });
    expect(byId[foreignKey]).toMatchObject({ ok: false, code: 'not_found' });
    expect((await stranger.call('GET', `/keys/${foreignKey}`)).body.state).toBe('active');
    const events = (await owner.call('GET', '/audit-events?action=key-revoked')).body.data;
    const ofBulk = events.filter(({ target }: { target: { name: string } }) =>
      target.name.startsWith('bulk'),
    );
    expect(ofBulk).toHaveLength(2);
  });

  it('takes 50 and not 51; the same Idempotency-Key rotates once', async () => {
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `key_none${index}`);
    const change = { kind: 'revoke' };
    expect((await owner.call('POST', '/keys/bulk', { ids: ids(50), change })).status).toBe(200);
    expect((await owner.call('POST', '/keys/bulk', { ids: ids(51), change })).status).toBe(400);
    const id = await makeKey(owner, 'turns once');
    const rotate = () =>
      owner.call(
        'POST',
        '/keys/bulk',
        { ids: [id], change: { kind: 'rotate', overlapSeconds: 60 } },
        {
          'idempotency-key': 'bulk-rotation',
        },
      );
    const [first, again] = [await rotate(), await rotate()];
    expect(first.body.data[0].secret).toMatch(/^tgk_/);
    expect(again.body).toEqual(first.body);
    expect((await owner.call('GET', `/keys/${id}`)).body.secrets).toHaveLength(2);
  });

  it('sets budgets and ends, and refuses what the caller may not manage', async () => {
    const id = await makeKey(owner, 'not the developer’s');
    const budget = { kind: 'budget', limitUsd: '12.5' };
    const refused = await developer.call('POST', '/keys/bulk', { ids: [id], change: budget });
    expect(refused.body.data[0]).toMatchObject({ ok: false, code: 'exceeds_own_permissions' });
    expect((await owner.call('POST', '/keys/bulk', { ids: [id], change: budget })).body.data[0].ok).toBe(
      true,
    );
    expect((await owner.call('GET', `/keys/${id}/policy`)).body.budgets[0].budget.limitUsd).toBe('12.50');
    // Twenty stand on one key at most, by whatever way.
    for (let count = 1; count < 20; count += 1) {
      const more = await owner.call('POST', '/keys/bulk', { ids: [id], change: budget });
      expect(more.body.data[0].ok, more.text).toBe(true);
    }
    const full = await owner.call('POST', '/keys/bulk', { ids: [id], change: budget });
    expect(full.body.data[0]).toMatchObject({ ok: false, code: 'conflict' });
    const single = { scope: { type: 'key', id }, limitUsd: '1', period: 'month' };
    expect((await owner.call('POST', '/budgets', single)).body.code).toBe('conflict');
    const expiresAt = new Date(test.clock.nowMs() + DAY_MS).toISOString();
    const ended = await owner.call('POST', '/keys/bulk', {
      ids: [id],
      change: { kind: 'expire', expiresAt },
    });
    expect(ended.body.data[0].key.expiresAt).toBe(expiresAt);
  });
});

describe('the same new place for many keys', () => {
  const bulk = (by: TestPerson, ids: readonly string[], change: object) =>
    by.call('POST', '/keys/bulk', { ids, change });

  it('an owner who left is followed by another, with an event for each key; nobody foreign is one [X1]', async () => {
    const gone = (await owner.call('POST', '/service-accounts', { name: 'gone' })).body.id;
    const ids = [
      await makeKey(owner, 'left one', { ownerId: gone }),
      await makeKey(owner, 'left two', { ownerId: gone }),
    ];
    await owner.call('PATCH', `/service-accounts/${gone}`, { disabled: true });
    const foreign = (await stranger.call('GET', '/me')).body.membershipId;
    const refused = await bulk(owner, ids, { kind: 'owner', ownerId: foreign });
    expect(refused.body.data).toMatchObject([
      { ok: false, code: 'invalid_request' },
      { ok: false, code: 'invalid_request' },
    ]);
    const heir = (await developer.call('GET', '/me')).body.membershipId;
    const moved = await bulk(owner, [...ids, foreignKey], { kind: 'owner', ownerId: heir });
    const byId = Object.fromEntries(moved.body.data.map((each: { id: string }) => [each.id, each]));
    for (const id of ids) expect(byId[id]).toMatchObject({ ok: true, secret: null, key: { ownerId: heir } });
    expect(byId[foreignKey]).toMatchObject({ ok: false, code: 'not_found' });
    expect(await everyKeyId(owner, 'finding=ownerLeft')).not.toEqual(expect.arrayContaining(ids));
    const events = (await owner.call('GET', '/audit-events?action=key-updated')).body.data;
    const told = events.filter(({ target }: { target: { id: string } }) => ids.includes(target.id));
    expect(told).toHaveLength(2);
    expect(told[0].after).toMatchObject({ ownerId: heir });
    const nobody = await bulk(owner, ids, { kind: 'owner', ownerId: null });
    expect(nobody.body.data[0].key.ownerId).toBeNull();
  });

  it('a team takes keys that its rules allow, from whoever may manage them there', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Short-lived' })).body.id;
    const archived = (await owner.call('POST', '/teams', { name: 'Over' })).body.id;
    await owner.call('DELETE', `/teams/${archived}`);
    await owner.call('PUT', `/teams/${team}/key-rules`, { maxAgeDays: 10 });
    const soon = new Date(test.clock.nowMs() + DAY_MS).toISOString();
    const ending = await makeKey(owner, 'ends', { expiresAt: soon });
    const endless = await makeKey(owner, 'does not end');
    const moved = await bulk(owner, [ending, endless], { kind: 'team', teamId: team });
    const byId = Object.fromEntries(moved.body.data.map((each: { id: string }) => [each.id, each]));
    expect(byId[ending]).toMatchObject({ ok: true, key: { teamId: team, expiresAt: soon } });
    expect(byId[endless]).toMatchObject({ ok: false, code: 'invalid_request' });
    expect((await owner.call('GET', `/keys/${endless}`)).body.teamId).toBeNull();
    const over = await bulk(owner, [ending], { kind: 'team', teamId: archived });
    expect(over.body.data[0]).toMatchObject({ ok: false, code: 'invalid_request' });

    const mine = (await developer.call('GET', '/me')).body.membershipId;
    const own = await makeKey(developer, 'the developer’s own', { expiresAt: soon });
    expect((await bulk(developer, [own], { kind: 'team', teamId: team })).body.data[0]).toMatchObject({
      ok: false,
      code: 'exceeds_own_permissions',
    });
    expect((await bulk(developer, [own], { kind: 'owner', ownerId: null })).body.data[0]).toMatchObject({
      ok: false,
      code: 'exceeds_own_permissions',
    });
    expect((await developer.call('GET', `/keys/${own}`)).body).toMatchObject({ teamId: null, ownerId: mine });
  });
});
