import { openDatabase, type Prisma, sql, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { findKeys } from '../virtual-keys/key-search.ts';

const DAY_MS = 86_400_000;
const MANY = 2_400;
let test: TestApi;
let owner: TestPerson;
let stranger: TestPerson;
let developer: TestPerson;
/** An organization with thousands of keys, and nothing else. */
let crowded: TestPerson;
let foreignKey: string;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
  stranger = await test.signUp('stranger@example.com', 'Other');
  developer = await test.join(owner, 'developer@example.com', 'developer');
  crowded = await test.signUp('crowded@example.com', 'Crowded');
  foreignKey = await makeKey(stranger, 'needle of somebody else');
  await test.database.tenant(
    crowded.organizationId,
    (tx) => tx.$executeRaw`
      INSERT INTO virtual_keys (id, organization_id, name, created_by_id, created_at, rotated_at, last_used_at, expires_at, tags)
      SELECT 'key_' || lpad(n::text, 6, '0'), ${crowded.organizationId}, 'Service-' || (n % 7) || '-' || n, 'usr',
        now() - n * interval '1 hour', now() - n * interval '1 hour',
        CASE WHEN n % 2 = 0 THEN now() - n * interval '30 minutes' END, CASE WHEN n % 3 = 0 THEN now() + interval '1 year' END,
        CASE WHEN n % 600 = 0 THEN '{"env": "prod"}'::jsonb ELSE '{}' END FROM generate_series(1, ${MANY}::integer) n`,
  );
  const owned = openDatabase({ url: test.testDatabase.urls.migrator, applicationName: 'analyze' });
  await owned.platform((tx) => tx.$executeRaw`ANALYZE virtual_keys`);
  await owned.close();
}, 60_000);
afterAll(() => test.close());

async function makeKey({ call }: TestPerson, name: string, more: object = {}): Promise<string> {
  const answer = await call('POST', '/keys', { name, ...more });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.key.id;
}

const inOrganization = <T>(person: TestPerson, run: (tx: Transaction) => Promise<T>): Promise<T> =>
  test.database.tenant(person.organizationId, run);

async function everyId(person: TestPerson, query: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor = '';
  do {
    const { body, status, text } = await person.call('GET', `/keys?limit=193&${query}${cursor}`);
    expect(status, text).toBe(200);
    ids.push(...body.data.map(({ id }: { id: string }) => id));
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '' && ids.length < 2 * MANY);
  return ids;
}

describe('lists of keys', () => {
  it.each([
    ['created', 'desc'],
    ['name', 'asc'],
    ['lastUsed', 'desc'],
    ['lastUsed', 'asc'],
    ['rotated', 'asc'],
    ['expires', 'asc'],
  ])('[S7] by %s %s has every key once, however the pages are cut', async (sort, direction) => {
    const ids = await everyId(crowded, `sort=${sort}&direction=${direction}`);
    expect(new Set(ids).size).toBe(MANY);
    expect(ids).toHaveLength(MANY);
  });

  it('[S7] by last use goes from the newest to those that were never used', async () => {
    const first = await crowded.call('GET', '/keys?sort=lastUsed&limit=3');
    expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual([
      'key_000002',
      'key_000004',
      'key_000006',
    ]);
    const last = await crowded.call('GET', '/keys?sort=lastUsed&direction=asc&limit=1');
    expect(last.body.data[0].lastUsedAt).toBeNull();
  });

  it('[S7] finds any part of a name, in any case, and tags; of its own organization alone [X1]', async () => {
    expect(await everyId(crowded, 'q=VICE-3-2399')).toEqual([]);
    expect(await everyId(crowded, 'q=VICE-5-2399')).toEqual(['key_002399']);
    expect(await everyId(crowded, 'q=-19')).toHaveLength(111);
    expect(await everyId(crowded, 'tag=env=prod&q=service')).toEqual([
      'key_000600',
      'key_001200',
      'key_001800',
      'key_002400',
    ]);
    // More than the index is asked for: walked in the order of the list.
    expect(await everyId(crowded, 'q=service')).toHaveLength(MANY);
    expect(await everyId(owner, 'q=needle')).toEqual([]);
    expect((await crowded.call('GET', '/keys?tag=no%20tag')).status).toBe(400);
    const asked = ['key_000002', 'key_none', foreignKey, 'key_000001'];
    expect(await everyId(crowded, `ids=${asked.join(',')}`)).toEqual(['key_000001', 'key_000002']);
    expect(await everyId(crowded, `ids=${asked.join(',')}&q=vice-2-`)).toEqual(['key_000002']);
    expect(await everyId(crowded, 'ids=')).toEqual([]);
    const tooMany = Array.from({ length: 101 }, (_, index) => `key_${index}`).join(',');
    expect((await crowded.call('GET', `/keys?ids=${tooMany}`)).status).toBe(400);
    const cursor = (await crowded.call('GET', '/keys?sort=name&limit=1')).body.nextCursor;
    expect((await crowded.call('GET', `/keys?sort=created&cursor=${cursor}`)).status).toBe(400);
  });

  it('[X1] ask the index of all organizations only for what it has: three letters, not three units of them', async () => {
    await makeKey(owner, 'rocket 🚀x');
    const statements: string[] = [];
    const recorded = (tx: Transaction): Transaction =>
      new Proxy(tx, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (name !== '$queryRaw') return value;
          return (...asked: Parameters<Transaction['$queryRaw']>) => {
            statements.push(JSON.stringify(asked[0]));
            return target.$queryRaw(...asked);
          };
        },
      });
    const question = { search: '🚀x', sort: 'created', direction: 'desc', limit: 10 } as const;
    const rows = await inOrganization(owner, (tx) =>
      findKeys(recorded(tx), owner.organizationId, question, test.clock.nowMs()),
    );
    expect(rows.map(({ name }) => name)).toEqual(['rocket 🚀x']);
    expect(statements.join()).not.toContain('find_keys_by_terms');
  });

  it('[S7] reads indexes, not every key', async () => {
    const plans = await inOrganization(crowded, async (tx) => {
      const explain = async (condition: Prisma.Sql) => {
        const lines = await tx.$queryRaw<{ 'QUERY PLAN': string }[]>`
          EXPLAIN SELECT id FROM virtual_keys k WHERE organization_id = ${crowded.organizationId} AND ${condition}`;
        return lines.map((line) => line['QUERY PLAN']).join('\n');
      };
      return {
        name: await explain(sql`(name_key, id) > ('service-3', '') ORDER BY name_key, id LIMIT 51`),
        lastUsed: await explain(
          sql`last_used_on > '0001-01-01' ORDER BY last_used_on DESC, last_used_at DESC, id DESC LIMIT 51`,
        ),
        neverExpires: await explain(
          sql`revoked_at IS NULL AND expires_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 51`,
        ),
        notRotated: await explain(
          sql`revoked_at IS NULL AND rotated_at < now() - interval '95 days' LIMIT 51`,
        ),
      };
    });
    expect(plans.name).toContain('virtual_keys_organization_id_name_key_id_idx');
    expect(plans.lastUsed).toContain('virtual_keys_last_used');
    expect(plans.neverExpires).toContain('virtual_keys_never_expiring');
    expect(plans.notRotated).toContain('virtual_keys_rotated');
  });

  it('come as a file that no spreadsheet runs, without a secret', async () => {
    await makeKey(owner, '=HYPERLINK("x"), "y"');
    const { text, headers, status } = await owner.call('GET', '/keys/csv?q=hyperlink');
    expect(status, text).toBe(200);
    expect(headers.get('content-type')).toContain('text/csv');
    expect(text.split('\r\n')[1]).toContain(`"'=HYPERLINK(""x""), ""y"""`);
    expect(text).not.toMatch(/tgk_[A-Za-z0-9]{30}/);
    // Full-width signs begin formulas in some of them.
    await makeKey(owner, '\uFF1DSUM(1) wide');
    expect((await owner.call('GET', '/keys/csv?q=wide')).text).toContain(",'\uFF1DSUM(1) wide,");
  });
});

describe('hygiene', () => {
  it('counts and lists the same keys', async () => {
    const { body, status, text } = await crowded.call('GET', '/keys/hygiene?idleDays=30&rotatedDays=50');
    expect(status, text).toBe(200);
    const count = Object.fromEntries(
      body.data.map((one: { kind: string; count: number }) => [one.kind, one.count]),
    );
    // Every third expires; made an hour apart; used half an hour per place ago, each second one.
    expect(count.neverExpires).toBe(MANY - Math.floor(MANY / 3));
    expect(count.noBudget).toBe(MANY);
    expect(count.noRateLimit).toBe(MANY);
    for (const kind of ['noRateLimit', 'neverExpires', 'idle', 'notRotated', 'ownerLeft']) {
      const ids = await everyId(crowded, `finding=${kind}&idleDays=30&rotatedDays=50`);
      expect(ids, kind).toHaveLength(count[kind]);
    }
    expect(count.notRotated).toBe(MANY - 50 * 24);
    expect(count.idle).toBeGreaterThan(100);
  });

  it('a budget above a key is a budget: of its team, of a team above, of the organization', async () => {
    const { call } = stranger;
    const root = (await call('POST', '/teams', { name: 'Root' })).body.id;
    const leaf = (await call('POST', '/teams', { name: 'Leaf', parentId: root })).body.id;
    const mine = await makeKey(stranger, 'of the leaf', { teamId: leaf });
    const bare = async () => everyId(stranger, 'finding=noBudget');
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
    const bare = async () => (await everyId(person, 'finding=noRateLimit')).toSorted();
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
    expect(await everyId(owner, 'finding=ownerLeft')).toEqual([]);
    await owner.call('PATCH', `/service-accounts/${account}`, { disabled: true });
    expect(await everyId(owner, 'finding=ownerLeft')).toEqual([id]);
    expect((await owner.call('GET', '/service-accounts?q=rob')).body.data).toHaveLength(1);
    expect((await owner.call('GET', '/service-accounts?q=nobody')).body.data).toEqual([]);
  });

  it('says what uses a key just now, and nothing of a foreign one [X1]', async () => {
    const id = await makeKey(owner, 'busy');
    await seedRequests(owner, id, 7, { spacedMs: 60_000 });
    await inOrganization(owner, (tx) =>
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
    expect(await everyId(owner, 'finding=ownerLeft')).not.toEqual(expect.arrayContaining(ids));
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

describe('rules for keys', () => {
  const days = (count: number) => new Date(test.clock.nowMs() + count * DAY_MS).toISOString();

  it('new keys get the defaults of their team; what is said otherwise stands; nobody exceeds the maximum age', async () => {
    const { call } = await test.signUp('rules@example.com', 'Rules');
    const team = (await call('POST', '/teams', { name: 'Ruled' })).body.id;
    const all = await call('PUT', '/key-rules', {
      maxAgeDays: 30,
      rotateEveryDays: 60,
      overlapSeconds: 3600,
      defaultModels: ['gpt-5*'],
      defaultBudget: { limitUsd: '7', period: 'day', kind: 'hard' },
      defaultRateLimits: [{ metric: 'requests', limit: 5, windowSeconds: 60 }],
    });
    expect(all.status, all.text).toBe(200);
    const ofTeam = { maxAgeDays: 90, rotateEveryDays: 10, defaultModels: ['claude-*'], defaultExpiryDays: 7 };
    expect((await call('PUT', `/teams/${team}/key-rules`, ofTeam)).status).toBe(200);
    const { body: rules } = await call('GET', `/key-rules/effective?teamId=${team}`);
    expect(rules).toMatchObject({
      maxAgeDays: { value: 30, teamId: null },
      rotateEveryDays: { value: 10, teamId: team },
      defaultModels: { value: ['claude-*'], teamId: team },
      defaultBudget: { value: { limitUsd: '7' }, teamId: null },
    });

    const usual = (await call('POST', '/keys', { name: 'usual', teamId: team })).body.key;
    expect(usual).toMatchObject({ models: ['claude-*'], expiresAt: days(7) });
    const detail = (await call('GET', `/keys/${usual.id}`)).body;
    expect(detail.rotation).toEqual({ everyDays: 10, dueAt: days(10), teamId: team, teamName: 'Ruled' });
    expect(detail).toMatchObject({ teamName: 'Ruled', ownerName: null });
    expect(detail.latestExpiresAt).toBe(days(30));
    const policy = (await call('GET', `/keys/${usual.id}/policy`)).body;
    expect(policy.budgets[0].budget).toMatchObject({ limitUsd: '7.00', period: 'day' });
    expect(policy.rateLimits[0].rateLimit).toMatchObject({ limit: 5, windowSeconds: 60 });

    const own = { name: 'own', teamId: team, models: [], budget: null, rateLimits: [] };
    const said = (await call('POST', '/keys', { ...own, expiresAt: days(30) })).body.key;
    expect(said).toMatchObject({ models: [], expiresAt: days(30) });
    expect((await call('GET', `/keys/${said.id}/policy`)).body.budgets).toEqual([]);
    for (const expiresAt of [new Date(Date.parse(days(30)) + 1).toISOString(), null]) {
      const refused = await call('POST', '/keys', { ...own, expiresAt });
      expect(refused.status).toBe(400);
      expect(refused.body.errors[0]).toMatchObject({ path: 'body.expiresAt', code: 'too_late' });
      expect((await call('PATCH', `/keys/${said.id}`, { expiresAt })).status).toBe(400);
      if (expiresAt === null) continue;
      const bulk = await call('POST', '/keys/bulk', {
        ids: [said.id],
        change: { kind: 'expire', expiresAt },
      });
      expect(bulk.body.data[0]).toMatchObject({ ok: false, code: 'invalid_request' });
    }
    const rotated = await call('POST', `/keys/${usual.id}/rotate`, {});
    expect(
      rotated.body.key.secrets.map(({ expiresAt }: { expiresAt: string | null }) => expiresAt),
    ).toContain(new Date(test.clock.nowMs() + 3_600_000).toISOString());
  });

  it('keys older than a rule keep their date; moving them under it does not', async () => {
    const { call } = await test.signUp('older@example.com', 'Older');
    const team = (await call('POST', '/teams', { name: 'Strict' })).body.id;
    const { key } = (await call('POST', '/keys', { name: 'old', expiresAt: null })).body;
    await call('PUT', `/teams/${team}/key-rules`, { maxAgeDays: 10 });
    expect((await call('PATCH', `/keys/${key.id}`, { name: 'renamed' })).status).toBe(200);
    expect((await call('PATCH', `/keys/${key.id}`, { teamId: team })).status).toBe(400);
    const moved = await call('PATCH', `/keys/${key.id}`, { teamId: team, expiresAt: days(10) });
    expect(moved.status, moved.text).toBe(200);
  });

  it('are changed by who may, in the version that was seen, and audited', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Versions' })).body.id;
    const path = `/teams/${team}/key-rules`;
    expect((await developer.call('PUT', path, {})).status).toBe(403);
    expect((await developer.call('PUT', '/key-rules', {})).status).toBe(403);
    expect((await stranger.call('GET', path)).status).toBe(404);
    expect((await stranger.call('PUT', path, {})).status).toBe(404);
    const seen = { 'if-match': '"0"' };
    expect((await owner.call('PUT', path, { maxAgeDays: 5 }, seen)).status).toBe(200);
    expect((await owner.call('PUT', path, { maxAgeDays: 6 }, seen)).status).toBe(412);
    expect((await owner.call('PUT', path, { maxAgeDays: 0 })).status).toBe(400);
    expect((await owner.call('DELETE', path)).status).toBe(204);
    expect((await owner.call('GET', path)).body).toMatchObject({ version: 0, maxAgeDays: null });
    const { data } = (await owner.call('GET', '/audit-events?action=key-policy-changed')).body;
    const ofTeam = data.filter(({ target }: { target: { id: string } }) => target.id === team);
    expect(ofTeam.map(({ after }: { after: object }) => after)).toContainEqual(
      expect.objectContaining({ maxAgeDays: 5 }),
    );
  });

  it('a team has leads: its own members alone', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Led' })).body.id;
    const me = (await owner.call('GET', '/me')).body.membershipId;
    const path = `/teams/${team}/members/${me}`;
    expect((await owner.call('PUT', path, {})).status).toBe(204);
    expect((await owner.call('GET', `/teams/${team}/leads`)).body.data).toEqual([]);
    expect((await owner.call('PUT', path, { lead: true })).status).toBe(204);
    expect((await owner.call('GET', `/teams/${team}/leads`)).body.data).toEqual([{ memberId: me }]);
    expect((await owner.call('PUT', path, { lead: false })).status).toBe(204);
    expect((await owner.call('GET', `/teams/${team}/leads`)).body.data).toEqual([]);
    expect((await stranger.call('GET', `/teams/${team}/leads`)).status).toBe(404);
  });
});

async function seedRequests(
  person: TestPerson,
  keyId: string,
  count: number,
  more: {
    readonly spacedMs: number;
    readonly agoMs?: number;
    readonly refusal?: object;
    readonly status?: number;
  },
): Promise<string[]> {
  const worker = openDatabase({ url: test.testDatabase.urls.worker, applicationName: 'seed' });
  const ids: string[] = [];
  await worker.tenant(person.organizationId, async (tx) => {
    for (let index = 0; index < count; index++) {
      const startedAtMs = test.clock.nowMs() - (more.agoMs ?? 0) - index * more.spacedMs - 1;
      const requestId = newId('request', startedAtMs);
      ids.push(requestId);
      await tx.requestLog.create({
        data: {
          organizationId: person.organizationId,
          startedAt: new Date(startedAtMs),
          requestId,
          keyId,
          endpoint: 'chat.completions',
          dialect: 'openai',
          requestedModel: 'nothing-serves-this',
          model: 'gpt-5',
          status: more.status ?? 200,
          errorCode: more.refusal === undefined ? '' : String((more.refusal as { code: string }).code),
          ...(more.refusal === undefined ? {} : { refusal: more.refusal }),
          attempts: more.refusal === undefined ? 1 : 0,
          totalMs: 1_000,
          clientAddress: '198.51.100.7',
        },
        select: { requestId: true },
      });
    }
  });
  await worker.close();
  return ids;
}

describe('before a rule is made', () => {
  it.each([
    [9, 1],
    [10, 0],
    [11, 0],
  ])('a limit of %i requests a day would have refused %i of 10', async (limit, refused) => {
    const person = await test.signUp(`dry-${limit}@example.com`, `Dry ${limit}`);
    const key = await makeKey(person, 'dry');
    // Within one UTC day, so that the window does not cut them.
    const noon = Math.floor(test.clock.nowMs() / DAY_MS) * DAY_MS - DAY_MS / 2;
    await seedRequests(person, key, 10, { spacedMs: 1_000, agoMs: test.clock.nowMs() - noon });
    const rule = { scope: { type: 'key', id: key }, metric: 'requests', limit, windowSeconds: 86_400 };
    const { body, status, text } = await person.call('POST', '/rate-limits/dry-run', rule);
    expect(status, text).toBe(200);
    expect(body).toMatchObject({ requests: 10, refused, lookedAt: { rows: 10, complete: true } });
    const each = await person.call('POST', '/rate-limits/dry-run', {
      ...rule,
      scope: { type: 'key', id: '*' },
    });
    expect(each.body).toMatchObject({ requests: 10, refused });
    if (refused > 0) expect(each.body.values).toEqual([{ value: key, name: 'dry', requests: 10, refused }]);
    const atOnce = { ...rule, metric: 'concurrency', limit: 1 };
    expect((await person.call('POST', '/rate-limits/dry-run', atOnce)).body.refused).toBeLessThanOrEqual(5);
    const elsewhere = await stranger.call('POST', '/rate-limits/dry-run', rule);
    expect(elsewhere.body).toMatchObject({ requests: 0, refused: 0 });
  });

  it('a limit of tokens counts what limits count: reasoning and audio, too', async () => {
    const person = await test.signUp('dry-tokens@example.com', 'Dry tokens');
    const keyId = await makeKey(person, 'thinks');
    // Both in one UTC day.
    const noonMs = Math.floor(test.clock.nowMs() / DAY_MS) * DAY_MS - DAY_MS / 2;
    const worker = openDatabase({ url: test.testDatabase.urls.worker, applicationName: 'seed' });
    await worker.tenant(person.organizationId, async (tx) => {
      for (const startedAtMs of [noonMs, noonMs + 1]) {
        await tx.usageEntry.create({
          data: {
            organizationId: person.organizationId,
            startedAt: new Date(startedAtMs),
            requestId: newId('request', startedAtMs),
            attempt: 1,
            keyId,
            requestedModel: 'gpt-5',
            model: 'gpt-5',
            provider: 'openai',
            credentialId: 'c',
            credentialOwner: 'organization',
            endpoint: 'chat',
            streamed: false,
            livemode: true,
            inputTokens: 1,
            reasoningTokens: 10,
            audioInputTokens: 100,
            audioOutputTokens: 1_000,
            components: [],
            costPicoUsd: 0,
            chargePicoUsd: 0,
            status: 'succeeded',
            usageSource: 'provider',
          },
          select: { requestId: true },
        });
      }
    });
    await worker.close();
    const rule = { scope: { type: 'key', id: keyId }, metric: 'tokens', windowSeconds: 86_400 };
    for (const [limit, refused] of [
      [1_111, 1],
      [1_112, 0],
    ]) {
      const { body } = await person.call('POST', '/rate-limits/dry-run', { ...rule, limit });
      expect(body).toMatchObject({ requests: 2, refused, lookedAt: { source: 'entries', rows: 2 } });
    }
  });

  it.each([
    ['10', 0],
    ['9', 1],
    ['5', 5],
  ])(
    'a budget of %s USD would have refused %i of 10 requests of a dollar each',
    async (limitUsd, refused) => {
      const person = await test.signUp(`spend-${limitUsd}@example.com`, `Spend ${limitUsd}`);
      const key = await makeKey(person, 'spends');
      const worker = openDatabase({ url: test.testDatabase.urls.worker, applicationName: 'seed' });
      await worker.tenant(person.organizationId, async (tx) => {
        for (let index = 0; index < 10; index++) {
          const bucket = new Date(
            Math.floor(test.clock.nowMs() / 900_000) * 900_000 - (10 - index) * 900_000,
          );
          await tx.$executeRaw`
          INSERT INTO usage_rollups (organization_id, bucket_start, team_id, cost_center, key_id, member_id, service_account_id, model,
            provider, credential_id, credential_owner, endpoint, status, livemode, requests, attempts, cost_pico_usd)
          VALUES (${person.organizationId}, ${bucket}, '', '', ${key}, '', '', 'gpt-5', 'openai', 'c', 'organization', 'chat', 'succeeded', true, 1, 1, 1000000000000)`;
        }
      });
      await worker.close();
      const rule = { scope: { type: 'key', id: key }, limitUsd, period: 'lifetime' };
      const { body, status, text } = await person.call('POST', '/budgets/dry-run', rule);
      expect(status, text).toBe(200);
      expect(body).toMatchObject({ requests: 10, refused, lookedAt: { source: 'rollups', complete: true } });
    },
  );
});

describe('whether a request would be allowed', () => {
  it('tells everything that stands in the way, by the rule that decides', async () => {
    const account = (await owner.call('POST', '/service-accounts', { name: 'checked' })).body.id;
    const id = await makeKey(owner, 'checked', {
      ownerId: account,
      models: ['gpt-4*'],
      endpoints: ['embeddings'],
      ipAllowlist: ['192.0.2.0/24'],
      rateLimits: [{ metric: 'tokens', limit: 1_000, windowSeconds: 60 }],
    });
    const check = async (body: object) => {
      const answer = await owner.call('POST', `/keys/${id}/policy/check`, body);
      expect(answer.status, answer.text).toBe(200);
      return answer.body;
    };
    const asked = {
      model: 'gpt-5',
      endpoint: 'chat.completions',
      ipAddress: '203.0.113.9',
      inputTokens: 600,
      outputTokens: 500,
    };
    const refused = await check(asked);
    const outcomes = Object.fromEntries(
      refused.checks.map((one: { check: string; outcome: string; code: string }) => [
        one.check,
        [one.outcome, one.code],
      ]),
    );
    expect(refused.allowed).toBe(false);
    expect(outcomes).toMatchObject({
      key: ['allowed', null],
      address: ['refused', 'permission_denied'],
      endpoint: ['refused', 'permission_denied'],
      model: ['refused', 'model_not_found'],
      rateLimit: ['refused', 'rate_limit_exceeded'],
    });
    const fits = await check({
      ...asked,
      outputTokens: 400,
      ipAddress: '192.0.2.255',
      endpoint: 'embeddings',
    });
    const still = fits.checks.filter((one: { outcome: string }) => one.outcome === 'refused');
    expect(still.map((one: { check: string }) => one.check)).toEqual(['model']);
    expect((await stranger.call('POST', `/keys/${id}/policy/check`, asked)).status).toBe(404);
    expect(
      (await owner.call('POST', `/keys/${id}/policy/check`, { ...asked, ipAddress: 'here' })).status,
    ).toBe(400);
    const preview = await owner.call('POST', `/keys/${id}/policy/preview`, { models: [] });
    expect(preview.body).toMatchObject({ before: 0, lost: { count: 0 }, lostInUse: [] });
  });

  it('says afterwards why it was not, and what would have to change', async () => {
    const id = await makeKey(owner, 'refused');
    const budget = await owner.call('POST', '/budgets', {
      name: 'small',
      scope: { type: 'key', id },
      limitUsd: '1',
      period: 'month',
    });
    const told = {
      code: 'budget_exceeded',
      rule_id: budget.body.id,
      scope: { type: 'key', id },
      limit: '1',
      used: '0.99',
      requested: '0.02',
      source: 'tollgate',
    };
    const [requestId] = await seedRequests(owner, id, 1, {
      spacedMs: 1,
      agoMs: 60_000,
      refusal: told,
      status: 402,
    });
    const { body } = await owner.call('GET', `/requests/${requestId}/refusal`);
    expect(body).toMatchObject({
      refused: true,
      code: 'budget_exceeded',
      rule: { kind: 'budget', id: budget.body.id, name: 'small', limitNow: '1.00', exists: true },
      used: '0.99',
      remedies: ['raiseBudget', 'waitForReset'],
    });
    const lost = { code: 'model_not_found', source: 'tollgate' };
    const [notServed] = await seedRequests(owner, id, 1, {
      spacedMs: 1,
      agoMs: 90_000,
      refusal: lost,
      status: 404,
    });
    const unknown = (await owner.call('GET', `/requests/${notServed}/refusal`)).body;
    expect(unknown).toMatchObject({ rule: { kind: 'key', id }, remedies: ['connectProvider', 'fixRequest'] });
    const [unbounded] = await seedRequests(owner, id, 1, {
      spacedMs: 1,
      agoMs: 100_000,
      refusal: { ...told, code: 'unbounded_cost' },
      status: 402,
    });
    // An output limit is not among them: where it lacks, the gateway sets one.
    expect((await owner.call('GET', `/requests/${unbounded}/refusal`)).body).toMatchObject({
      remedies: ['addPrice', 'fixRequest'],
    });
    const [fine] = await seedRequests(owner, id, 1, { spacedMs: 1, agoMs: 120_000 });
    expect((await owner.call('GET', `/requests/${fine}/refusal`)).body).toMatchObject({
      refused: false,
      remedies: [],
    });
    const [suspended] = await seedRequests(owner, id, 1, {
      spacedMs: 1,
      agoMs: 150_000,
      refusal: {
        code: 'permission_denied',
        scope: { type: 'organization', id: owner.organizationId },
        source: 'tollgate',
      },
      status: 403,
    });
    expect((await owner.call('GET', `/requests/${suspended}/refusal`)).body).toMatchObject({
      rule: { kind: 'organization', id: owner.organizationId },
      remedies: ['endSuspension'],
    });
    expect((await stranger.call('GET', `/requests/${requestId}/refusal`)).status).toBe(404);
  });
});
