import { type Prisma, sql, type Transaction } from '@tollgate/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { everyKeyId, makeKey } from '../test-keys.ts';
import { findKeys } from '../virtual-keys/key-search.ts';

const MANY = 2_400;
let test: TestApi;
let owner: TestPerson;
let stranger: TestPerson;
/** An organization with thousands of keys, and nothing else. */
let crowded: TestPerson;
let foreignKey: string;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
  stranger = await test.signUp('stranger@example.com', 'Other');
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
  const owned = test.openAs('migrator', 'analyze');
  await owned.platform((tx) => tx.$executeRaw`ANALYZE virtual_keys`);
  await owned.close();
}, 60_000);
afterAll(() => test.close());

const inOrganization = <T>(person: TestPerson, run: (tx: Transaction) => Promise<T>): Promise<T> =>
  test.database.tenant(person.organizationId, run);

describe('lists of keys', () => {
  it.each([
    ['created', 'desc'],
    ['name', 'asc'],
    ['lastUsed', 'desc'],
    ['lastUsed', 'asc'],
    ['rotated', 'asc'],
    ['expires', 'asc'],
  ])('[S7] by %s %s has every key once, however the pages are cut', async (sort, direction) => {
    const ids = await everyKeyId(crowded, `sort=${sort}&direction=${direction}`);
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
    expect(await everyKeyId(crowded, 'q=VICE-3-2399')).toEqual([]);
    expect(await everyKeyId(crowded, 'q=VICE-5-2399')).toEqual(['key_002399']);
    expect(await everyKeyId(crowded, 'q=-19')).toHaveLength(111);
    expect(await everyKeyId(crowded, 'tag=env=prod&q=service')).toEqual([
      'key_000600',
      'key_001200',
      'key_001800',
      'key_002400',
    ]);
    // More than the index is asked for: walked in the order of the list.
    expect(await everyKeyId(crowded, 'q=service')).toHaveLength(MANY);
    expect(await everyKeyId(owner, 'q=needle')).toEqual([]);
    expect((await crowded.call('GET', '/keys?tag=no%20tag')).status).toBe(400);
    const asked = ['key_000002', 'key_none', foreignKey, 'key_000001'];
    expect(await everyKeyId(crowded, `ids=${asked.join(',')}`)).toEqual(['key_000001', 'key_000002']);
    expect(await everyKeyId(crowded, `ids=${asked.join(',')}&q=vice-2-`)).toEqual(['key_000002']);
    expect(await everyKeyId(crowded, 'ids=')).toEqual([]);
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

  it('hold as many as the cards of hygiene count', async () => {
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
      const ids = await everyKeyId(crowded, `finding=${kind}&idleDays=30&rotatedDays=50`);
      expect(ids, kind).toHaveLength(count[kind]);
    }
    expect(count.notRotated).toBe(MANY - 50 * 24);
    expect(count.idle).toBeGreaterThan(100);
  });
});
