/** From a gateway to Postgres, under the gateway's own role. */
import { randomBytes } from 'node:crypto';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { createLogger } from '@tollgate/logging';
import {
  createTestDatabase,
  type FaultProxy,
  startFaultProxy,
  type TestDatabase,
  waitFor,
} from '@tollgate/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, MAX_BODY_BYTES } from './payload.ts';
import { PayloadKeeper, type PayloadKeeperOptions } from './payload-keeper.ts';
import { findPayload, type PayloadRecord } from './payload-store.ts';

const HOUR_MS = 3_600_000;
const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
let testDatabase: TestDatabase;
let proxy: FaultProxy;
let gateway: Database;
let console: Database;
let migrator: Database;
let logLines: string[];
let leftOut: number;
let count = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const { urls } = testDatabase;
  proxy = await startFaultProxy({ target: urls.gateway });
  gateway = openDatabase({ url: proxy.url, applicationName: 'keeper', connectTimeoutMs: 60_000 });
  console = openDatabase({ url: urls.console, applicationName: 'keeper', connectTimeoutMs: 60_000 });
  migrator = openDatabase({ url: urls.migrator, applicationName: 'keeper', connectTimeoutMs: 60_000 });
  for (const id of ['org_a', 'org_b']) {
    await console.tenant(id, (tx) =>
      tx.organization.create({ data: { id, name: id, slug: id, payloadRetentionDays: 7 } }),
    );
  }
  await countInsertions();
});
afterAll(async () => {
  await Promise.all([gateway, console, migrator].map((each) => each?.close()));
  await proxy?.stop();
  await testDatabase?.drop();
});

/** From here on what each statement inserts is written down. */
async function countInsertions(): Promise<void> {
  await migrator.platform(async (tx) => {
    await tx.$executeRaw`CREATE TABLE insertions (position serial, organization_id text, count int)`;
    await tx.$executeRaw`
      CREATE FUNCTION count_insertion() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
      AS $f$ BEGIN INSERT INTO insertions (organization_id, count)
        SELECT organization_id, count(*) FROM come GROUP BY 1; RETURN NULL; END $f$`;
    await tx.$executeRaw`
      CREATE TRIGGER count_insertion AFTER INSERT ON request_payloads REFERENCING NEW TABLE AS come
      FOR EACH STATEMENT EXECUTE FUNCTION count_insertion()`;
  });
}

const insertions = () =>
  migrator.platform(
    (tx) =>
      tx.$queryRaw`SELECT organization_id AS id, count FROM insertions ORDER BY organization_id, position`,
  );

let keepers: PayloadKeeper[] = [];
function start(options: Partial<PayloadKeeperOptions> = {}): PayloadKeeper {
  logLines = [];
  leftOut = 0;
  const keeper = new PayloadKeeper({
    database: gateway,
    encryptionKeys: ring,
    logger: createLogger({ name: 'test', destination: { write: (line) => logLines.push(line) } }),
    onLeftOut: (more) => {
      leftOut += more;
    },
    ...options,
  });
  keepers.push(keeper);
  return keeper;
}
afterEach(async () => {
  proxy.setMode({ kind: 'pass' });
  await Promise.all(keepers.map((keeper) => keeper.close()));
  keepers = [];
  await migrator.platform((tx) => tx.$executeRaw`TRUNCATE request_payloads, insertions`);
});

/** 256 characters of text and type: a kibibyte in the buffer. */
function record(organizationId = 'org_a', more: Partial<PayloadRecord> = {}): PayloadRecord {
  count += 1;
  const text = Buffer.alloc(118, String(count % 10));
  const payload = { request: bodyOf('text/plain', text), response: bodyOf('text/plain', text) };
  return { organizationId, requestId: `req_${count}`, startedAtMs: Date.now(), payload, ...more };
}

function find({ organizationId, requestId }: PayloadRecord, database = console) {
  return database.tenant(organizationId, (tx) =>
    findPayload(tx, ring, { organizationId, requestId }, Date.now()),
  );
}

/** A busy machine may let a trip run out of its time; the next one brings it. */
const allBrought = (keeper: PayloadKeeper) =>
  waitFor(async () => {
    await keeper.whenBrought();
    return keeper.bufferedBytes === 0;
  });

const areThere = async (records: readonly PayloadRecord[]): Promise<boolean[]> =>
  (await Promise.all(records.map((each) => find(each)))).map((found) => found !== undefined);

describe('what is kept', () => {
  it('is there within the interval, as it was, for its organization', async () => {
    const keeper = start({ intervalMs: 20 });
    const kept = record();
    keeper.keep(kept);
    const found = await waitFor(() => find(kept), { description: 'the payload' });
    expect(found).toMatchObject(kept.payload);
    expect(await find({ ...kept, organizationId: 'org_b' })).toBeUndefined();
  });

  it('is brought together: one statement for each organization', async () => {
    const keeper = start({ intervalMs: HOUR_MS });
    for (const id of ['org_a', 'org_b', 'org_a', 'org_b', 'org_a']) keeper.keep(record(id));
    await allBrought(keeper);
    expect(await insertions()).toEqual([
      { id: 'org_a', count: 3 },
      { id: 'org_b', count: 2 },
    ]);
    expect(keeper.bufferedBytes).toBe(0);
  });

  it('is brought to the last when it is closed, however much waits', async () => {
    const keeper = start({ intervalMs: HOUR_MS });
    const kept = Array.from({ length: 200 }, () => record());
    for (const each of kept) keeper.keep(each);
    await keeper.close(60_000);
    const rows = await console.tenant('org_a', (tx) => tx.requestPayload.count());
    expect(rows).toBe(kept.length);
    expect([leftOut, keeper.bufferedBytes]).toEqual([0, 0]);
  });

  it('is brought in small parts: of 64 rows, and of a mebibyte', async () => {
    const keeper = start({ intervalMs: HOUR_MS });
    for (let each = 0; each < 65; each += 1) keeper.keep(record());
    await allBrought(keeper);
    const request = bodyOf('text/plain', Buffer.alloc(MAX_BODY_BYTES, 'x'));
    const large = { payload: { request, response: null } };
    for (let each = 0; each < 3; each += 1) keeper.keep(record('org_b', large));
    await allBrought(keeper);
    expect(await insertions()).toEqual([
      { id: 'org_a', count: 64 },
      { id: 'org_a', count: 1 },
      { id: 'org_b', count: 1 },
      { id: 'org_b', count: 1 },
      { id: 'org_b', count: 1 },
    ]);
  });

  it('once: a request that comes again is what it was', async () => {
    const keeper = start({ intervalMs: HOUR_MS });
    const first = record();
    keeper.keep(first);
    await allBrought(keeper);
    keeper.keep({ ...first, payload: { request: null, response: null } });
    await allBrought(keeper);
    expect(await find(first)).toMatchObject(first.payload);
  });
});

describe('[X1] a gateway', () => {
  it('reads nothing back', async () => {
    const keeper = start({ intervalMs: HOUR_MS });
    const kept = record();
    keeper.keep(kept);
    await allBrought(keeper);
    await expect(find(kept, gateway)).rejects.toThrow(/permission denied/);
  });

  it('brings an envelope that opens for its own organization alone, wherever it lies', async () => {
    const keeper = start({ intervalMs: HOUR_MS });
    const kept = record();
    keeper.keep(kept);
    await allBrought(keeper);
    const moved = { ...kept, organizationId: 'org_b' };
    const row = await console.tenant('org_a', (tx) =>
      tx.requestPayload.findFirstOrThrow({ where: { requestId: kept.requestId } }),
    );
    await gateway.tenant('org_b', (tx) =>
      tx.requestPayload.createMany({ data: { ...row, organizationId: 'org_b' } }),
    );
    await expect(find(moved)).rejects.toThrow('Cannot open');
    expect(await find(kept)).toMatchObject(kept.payload);
  });
});

describe('no more is held than was said', () => {
  it('what is beyond is left out and counted; what is brought makes room', async () => {
    const keeper = start({ intervalMs: HOUR_MS, maxBufferedBytes: 6 * 1_024 });
    const kept = [record(), record(), record()];
    const beyond = record();
    for (const each of [...kept, beyond]) keeper.keep(each);
    expect([keeper.bufferedBytes, leftOut], 'half for one organization').toEqual([3 * 1_024, 1]);
    const ofOthers = [record('org_b'), record('org_b'), record('org_b')];
    for (const each of [...ofOthers, record('org_c')]) keeper.keep(each);
    expect([keeper.bufferedBytes, leftOut], 'all for all').toEqual([6 * 1_024, 2]);
    await allBrought(keeper);
    expect(await areThere(ofOthers)).toEqual([true, true, true]);
    const later = record();
    keeper.keep(later);
    await allBrought(keeper);
    expect(await areThere([...kept, beyond, later])).toEqual([true, true, true, false, true]);
    expect(leftOut).toBe(2);
  });

  it('of what was never sent to a provider an organization has twenty between two trips', async () => {
    const keeper = start({ intervalMs: HOUR_MS });
    for (let each = 0; each < 20; each++) keeper.keep(record(), false);
    expect(leftOut).toBe(0);
    keeper.keep(record(), false);
    expect(leftOut).toBe(1);
    keeper.keep(record('org_b'), false);
    keeper.keep(record());
    expect([keeper.bufferedBytes, leftOut]).toEqual([22 * 1_024, 1]);
  });
});

describe('while Postgres is away', () => {
  it('nothing fails and nothing is lost: what waits comes when it is back, and one line says so', async () => {
    const keeper = start({ intervalMs: 10 });
    proxy.setMode({ kind: 'reset' });
    const kept = [record('org_a'), record('org_b')];
    for (const each of kept) keeper.keep(each);
    await keeper.whenBrought();
    await keeper.whenBrought();
    expect(keeper.bufferedBytes).toBe(2 * 1_024);
    expect(logLines.filter((line) => line.includes('kept for later'))).toHaveLength(1);
    proxy.setMode({ kind: 'pass' });
    await waitFor(() => keeper.bufferedBytes === 0, { description: 'everything being brought' });
    expect(await areThere(kept)).toEqual([true, true]);
    expect(leftOut).toBe(0);
  });

  it('its end waits no longer than it may, and what could not be brought is counted', async () => {
    const keeper = start({ intervalMs: HOUR_MS });
    proxy.setMode({ kind: 'blackhole' });
    for (let each = 0; each < 3; each += 1) keeper.keep(record());
    const startedMs = performance.now();
    await keeper.close(50);
    // Its own time-outs are ten times as long.
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    expect([leftOut, keeper.bufferedBytes]).toEqual([3, 0]);
  });
});

it('one that Postgres refuses for good holds up no other', async () => {
  const keeper = start({ intervalMs: HOUR_MS });
  const huge = { contentType: 'text/plain', text: 'x', bytes: 3_000_000_000, isCut: true };
  const kept = [record(), record('org_b')];
  for (const each of [
    kept[0]!,
    record('org_a', { payload: { request: huge, response: null } }),
    record('org_a', { startedAtMs: Number.NaN }),
    kept[1]!,
  ])
    keeper.keep(each);
  await allBrought(keeper);
  expect(await areThere(kept)).toEqual([true, true]);
  expect([leftOut, keeper.bufferedBytes]).toEqual([2, 0]);
});
