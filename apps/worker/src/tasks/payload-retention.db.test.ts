import { fixedClock } from '@tollgate/clock';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createLogger } from '@tollgate/logging';
import { insertPayloads } from '@tollgate/payloads';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkerContext } from '../worker-context.ts';
import { WorkerMetrics } from '../worker-metrics.ts';
import { getTask } from './index.ts';

const DAY_MS = 86_400_000;
/** Two days after summer time ended in Berlin. */
const NOW_MS = Date.UTC(2026, 9, 27, 12);
/** Nothing here is shown by how long it takes. */
const PATIENT = {
  applicationName: 'payload-retention',
  connectTimeoutMs: 60_000,
  transactionTimeoutMs: 60_000,
};
let testDatabase: TestDatabase;
let console: Database;
let gateway: Database;
let migrator: Database;
let context: WorkerContext;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const open = (role: 'console' | 'gateway' | 'migrator' | 'worker') =>
    openDatabase({ ...PATIENT, url: testDatabase.urls[role] });
  [console, gateway, migrator] = [open('console'), open('gateway'), open('migrator')];
  context = {
    database: open('worker'),
    clock: fixedClock(NOW_MS),
    logger: createLogger({ name: 'test', level: 'silent' }),
    metrics: new WorkerMetrics(),
  };
  await countDeletions();
});
afterAll(async () => {
  await Promise.all([console, gateway, migrator, context?.database].map((each) => each?.close()));
  await testDatabase?.drop();
});

/** From here on what each statement deletes is written down. */
async function countDeletions(): Promise<void> {
  await migrator.platform(async (tx) => {
    await tx.$executeRaw`CREATE TABLE deletions (position serial, organization_id text, count int)`;
    await tx.$executeRaw`
      CREATE FUNCTION count_deletion() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
      AS $f$ BEGIN INSERT INTO deletions (organization_id, count)
        SELECT organization_id, count(*) FROM gone GROUP BY 1; RETURN NULL; END $f$`;
    await tx.$executeRaw`
      CREATE TRIGGER count_deletion AFTER DELETE ON request_payloads REFERENCING OLD TABLE AS gone
      FOR EACH STATEMENT EXECUTE FUNCTION count_deletion()`;
  });
}

async function deletionsOf(organizationId: string): Promise<number[]> {
  const rows = await migrator.platform(
    (tx) => tx.$queryRaw<{ count: number }[]>`
      SELECT count FROM deletions WHERE organization_id = ${organizationId} ORDER BY position`,
  );
  return rows.map(({ count }) => count);
}

interface Kept {
  readonly days: number;
  readonly isClosed?: boolean;
  readonly agesMs: readonly number[];
}

/** An organization with payloads of such ages. @returns Its id. */
async function organizationWith({ days, isClosed = false, agesMs }: Kept): Promise<string> {
  const id = newId('organization', NOW_MS);
  const row = { id, name: 'Keeps', slug: id.toLowerCase(), payloadRetentionDays: days };
  const closedAt = isClosed ? new Date(NOW_MS) : null;
  await console.tenant(id, (tx) => tx.organization.create({ data: { ...row, closedAt } }));
  const rows = agesMs.map((ageMs, index) => ({
    organizationId: id,
    requestId: `req_${index}`,
    startedAtMs: NOW_MS - ageMs,
    requestBytes: 1,
    responseBytes: 1,
    sealed: new Uint8Array([1]),
  }));
  await gateway.tenant(id, (tx) => insertPayloads(tx, rows));
  return id;
}

/** Of what is left, oldest first. */
async function agesOf(organizationId: string): Promise<number[]> {
  const rows = await console.tenant(organizationId, (tx) =>
    tx.requestPayload.findMany({
      where: { organizationId },
      orderBy: { startedAt: 'asc' },
      select: { startedAt: true },
    }),
  );
  return rows.map(({ startedAt }) => NOW_MS - startedAt.getTime());
}

const run = (signal = new AbortController().signal) => getTask('payloads').run(context, signal);

it.each([1, 7, 30])('what is as old as its %i days goes, and nothing younger', async (days) => {
  const end = days * DAY_MS;
  const id = await organizationWith({ days, agesMs: [end - 1, end, end + 1, 0, -60_000] });
  await run();
  expect(await agesOf(id)).toEqual([end - 1, 0, -60_000]);
  await run();
  expect(await deletionsOf(id), 'a second time finds nothing').toEqual([2]);
});

it('days have 24 hours, whatever clock the database keeps', async () => {
  const url = `${testDatabase.urls.worker}?options=-c%20TimeZone%3DEurope/Berlin`;
  const inBerlin = openDatabase({ ...PATIENT, url });
  const end = 7 * DAY_MS;
  const id = await organizationWith({ days: 7, agesMs: [end - 1, end] });
  await getTask('payloads').run({ ...context, database: inBerlin }, new AbortController().signal);
  await inBerlin.close();
  expect(await agesOf(id)).toEqual([end - 1]);
});

it('each organization by its own days: none means nothing stays, and of a closed one nothing does', async () => {
  const agesMs = [8 * DAY_MS, DAY_MS, 1, -60_000];
  const long = await organizationWith({ days: 30, agesMs });
  const short = await organizationWith({ days: 7, agesMs });
  const off = await organizationWith({ days: 0, agesMs });
  const closed = await organizationWith({ days: 30, isClosed: true, agesMs });
  await run();
  expect(await Promise.all([long, short, off, closed].map(agesOf))).toEqual([
    agesMs,
    agesMs.slice(1),
    [],
    [],
  ]);
});

it('fewer days than before: what is beyond them goes in the next round', async () => {
  const id = await organizationWith({ days: 30, agesMs: [8 * DAY_MS, DAY_MS] });
  await run();
  expect(await agesOf(id)).toHaveLength(2);
  await console.tenant(id, (tx) =>
    tx.organization.update({ where: { id }, data: { payloadRetentionDays: 2 }, select: { id: true } }),
  );
  await run();
  expect(await agesOf(id)).toEqual([DAY_MS]);
});

it('what fewer days have let go goes also where more days hold again', async () => {
  const id = await organizationWith({ days: 30, agesMs: [8 * DAY_MS, DAY_MS] });
  const payloadsSince = new Date(NOW_MS - 2 * DAY_MS);
  await console.tenant(id, (tx) =>
    tx.organization.update({ where: { id }, data: { payloadsSince }, select: { id: true } }),
  );
  await run();
  expect(await agesOf(id)).toEqual([DAY_MS]);
});

it.each([
  [99, [99]],
  [100, [100]],
  [201, [100, 100, 1]],
])('%i go in batches of a hundred, all in one round', async (count, batches) => {
  const agesMs = Array.from({ length: count }, (_, index) => 2 * DAY_MS + index);
  const id = await organizationWith({ days: 1, agesMs: [...agesMs, 0] });
  await run();
  expect(await deletionsOf(id)).toEqual(batches);
  expect(await agesOf(id)).toEqual([0]);
});

it('a worker that ends begins no further batch', async () => {
  const id = await organizationWith({ days: 0, agesMs: [0] });
  await run(AbortSignal.abort());
  expect(await agesOf(id)).toEqual([0]);
});
