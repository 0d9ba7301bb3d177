import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let testDatabase: TestDatabase;
let consoleClient: pg.Client;

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** As one organization, rolled back. */
async function attempt(client: pg.Client, organizationId: string, ...statements: string[]): Promise<string> {
  await client.query('BEGIN');
  try {
    await client.query(`SELECT set_config('app.org_id', $1, true)`, [organizationId]);
    for (const statement of statements) await client.query(statement);
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.query('ROLLBACK');
  }
}

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  consoleClient = await connect(testDatabase.urls.console);
});
afterAll(async () => {
  await consoleClient?.end();
  await testDatabase?.drop();
});

const DENIED = '42501';
const CHECKED = '23514';
const insertExport = `INSERT INTO data_exports (id, organization_id, kind, format, state, actor_kind, actor_id)
  VALUES ('exp_1', 'org_a', 'usage', 'csv', 'waiting', 'user', 'usr_1')`;
const insertPrice = (organizationId: string, layer: string) =>
  `INSERT INTO price_versions (id, layer, organization_id, provider, model, valid_from, components)
   VALUES ('price_1', '${layer}', '${organizationId}', 'openai', 'gpt-5', now(), '{}')`;

describe('the console', () => {
  it('asks for an export, and cannot say where its file lies', async () => {
    expect(await attempt(consoleClient, 'org_a', insertExport)).toBe('done');
    const moved = `UPDATE data_exports SET path = '../../etc/passwd', state = 'done' WHERE id = 'exp_1'`;
    expect(await attempt(consoleClient, 'org_a', insertExport, moved)).toBe(DENIED);
  });

  it('states no price for everybody but in the operator’s organization', async () => {
    expect(await attempt(consoleClient, 'org_a', insertPrice('org_a', 'organization'))).toBe('done');
    expect(await attempt(consoleClient, 'org_operator', insertPrice('org_operator', 'operator'))).toBe(
      'done',
    );
    for (const layer of ['operator', 'catalogue']) {
      expect(await attempt(consoleClient, 'org_a', insertPrice('org_a', layer)), layer).toBe(DENIED);
    }
    expect(await attempt(consoleClient, 'org_a', insertPrice('org_operator', 'operator'))).toBe(DENIED);
  });
});

describe('what requests said', () => {
  const insert = (organizationId: string, sealed = String.raw`'\x00'`) =>
    `INSERT INTO request_payloads (organization_id, request_id, started_at, request_bytes, response_bytes, sealed)
     VALUES ('${organizationId}', 'req_1', now(), 1, 1, ${sealed})`;
  const read = 'SELECT sealed FROM request_payloads';
  const erase = "DELETE FROM request_payloads WHERE request_id = 'req_1'";
  const change = "UPDATE request_payloads SET request_id = 'req_2'";

  it('is written by gateways, read by the console, deleted by the worker, and nothing else by any of them', async () => {
    const may = { gateway: [insert('org_a')], console: [read], worker: [erase] };
    for (const role of ['gateway', 'console', 'worker'] as const) {
      const client = await connect(testDatabase.urls[role]);
      for (const statement of [insert('org_a'), read, erase, change]) {
        const outcome = may[role].includes(statement) ? 'done' : DENIED;
        expect(await attempt(client, 'org_a', statement), `${role}: ${statement}`).toBe(outcome);
      }
      await client.end();
    }
  });

  it('[X1] is written into the organization that a gateway has entered, and into no other', async () => {
    const gateway = await connect(testDatabase.urls.gateway);
    expect(await attempt(gateway, 'org_a', insert('org_b'))).toBe(DENIED);
    await gateway.end();
  });

  it('is bounded: two megabytes of it, and thirty days', async () => {
    const gateway = await connect(testDatabase.urls.gateway);
    const bytes = (count: number) => `convert_to(repeat('x', ${count}), 'UTF8')`;
    expect(await attempt(gateway, 'org_a', insert('org_a', bytes(2_097_152)))).toBe('done');
    expect(await attempt(gateway, 'org_a', insert('org_a', bytes(2_097_153)))).toBe(CHECKED);
    await gateway.end();
    const keepFor = (days: number) =>
      attempt(
        consoleClient,
        'org_a',
        `INSERT INTO organizations (id, name, slug, payload_retention_days, updated_at) VALUES ('org_a', 'A', 'a', ${days}, now())`,
      );
    const outcomes = [await keepFor(-1), await keepFor(0), await keepFor(30), await keepFor(31)];
    expect(outcomes).toEqual([CHECKED, 'done', 'done', CHECKED]);
  });
});

it('[X1] an export lies in the folder of its organization, whoever says so', async () => {
  const worker = await connect(testDatabase.urls.worker);
  for (const path of [
    '../secret',
    '/etc/passwd',
    'org_b/exp_1.csv',
    'org_a/../org_b/exp_1.csv',
    'org_a/..',
  ]) {
    const moved = `UPDATE data_exports SET path = '${path}' WHERE id = 'exp_1'`;
    expect(await attempt(worker, 'org_a', insertExport, moved), path).toBe(CHECKED);
  }
  const placed = `UPDATE data_exports SET path = 'org_a/exp_1-usage..csv.gz' WHERE id = 'exp_1'`;
  expect(await attempt(worker, 'org_a', insertExport, placed)).toBe('done');
  await worker.end();
});
