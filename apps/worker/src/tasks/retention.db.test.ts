import { rollUp } from '@tollgate/billing';
import { fixedClock } from '@tollgate/clock';
import { type Database, openDatabase, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, type TestDatabase, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Retention, WorkerContext } from '../worker-context.ts';
import { WorkerMetrics } from '../worker-metrics.ts';
import { dropOldMonths } from './retention.ts';

// The database keeps young months by its own clock, so this follows it.
const NOW = new Date();
const MONTHS_BACK = [0, 12, 13, 14, 15];
let testDatabase: TestDatabase;
let worker: Database;
const organizationId = newId('organization', NOW.getTime());

const monthStart = (back: number): Date =>
  new Date(Date.UTC(NOW.getUTCFullYear(), NOW.getUTCMonth() - back, 1));
const nameOf = (parent: string, back: number): string => {
  const month = monthStart(back);
  return `${parent}_y${month.getUTCFullYear()}m${String(month.getUTCMonth() + 1).padStart(2, '0')}`;
};

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const console = openDatabase({ url: testDatabase.urls.console, applicationName: 'retention-test' });
  await console.tenant(organizationId, (tx) =>
    tx.organization.create({ data: { id: organizationId, name: 'Old', slug: 'old' } }),
  );
  await console.close();
  worker = openDatabase({ url: testDatabase.urls.worker, applicationName: 'retention-test' });
  for (const back of MONTHS_BACK) {
    const day = monthStart(back).toISOString().slice(0, 10);
    await worker.platform((tx) => tx.$queryRaw`SELECT ensure_month_partitions(${day}::date)::text`);
  }
});
afterAll(async () => {
  await worker?.close();
  await testDatabase?.drop();
});

const run = (retention: Retention): Promise<void> => {
  const context: WorkerContext = {
    database: worker,
    clock: fixedClock(NOW.getTime()),
    logger: createLogger({ name: 'test', level: 'silent' }),
    metrics: new WorkerMetrics(),
    retention,
  };
  return dropOldMonths(context, new AbortController().signal);
};

async function monthsOf(parent: string): Promise<number[]> {
  const rows = await worker.platform(
    (tx) => tx.$queryRaw<{ name: string }[]>`
      SELECT c.relname::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = ${parent}::regclass`,
  );
  const names = new Set(rows.map(({ name }) => name));
  return MONTHS_BACK.filter((back) => names.has(nameOf(parent, back)));
}

/** Usage of a request that started at an instant, recorded now. */
function insertLate(startedAt: Date): Promise<void> {
  return worker.tenant(organizationId, (tx) => insertWithin(tx, startedAt, 'req_late'));
}

async function insertWithin(tx: Transaction, startedAt: Date, requestId: string): Promise<void> {
  const parts = [
    { component: 'input', quantity: 1, unitPricePicoUsd: '5', costPicoUsd: '5', chargePicoUsd: '5' },
  ];
  await tx.$executeRaw`
      INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, team_id, key_id, requested_model, model,
        provider, credential_id, credential_owner, endpoint, streamed, livemode, components, cost_pico_usd, charge_pico_usd, status,
        usage_source)
      VALUES (${organizationId}, ${startedAt}, ${requestId}, 1, 0, '', 'key_1', 'm', 'm', 'openai', 'cred_1', 'operator', 'chat', false,
        true, ${JSON.stringify(parts)}::jsonb, 5, 5, 'succeeded', 'provider')`;
}

/** As finance does, so that nothing holds the months back. */
async function issueAllNotes(): Promise<void> {
  await worker.tenant(
    organizationId,
    (tx) => tx.$executeRaw`
      UPDATE credit_notes SET state = 'issued', series = 'D', number = 'D-1', frozen = '{}' WHERE state = 'draft'`,
  );
}

/** As its next rounds would: it waits for its lock no longer than two seconds, and a busy machine may take as many. */
async function runUntilLocked(retention: Retention): Promise<void> {
  for (;;) {
    try {
      return await run(retention);
    } catch (error) {
      if (!/lock timeout/.test(String(error))) throw error;
    }
  }
}

async function countWaitingForLocks(): Promise<number> {
  const [row] = await worker.platform(
    (tx) => tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::integer AS count FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
      WHERE NOT l.granted AND c.relname = 'usage_entries'
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return row!.count;
}

describe('retention', () => {
  it('keeps exactly so many months of the request log besides the running one, and the ledger for ever', async () => {
    await run({ requestLogMonths: 13, ledgerMonths: 0 });
    expect(await monthsOf('request_logs')).toEqual([0, 12, 13]);
    expect(await monthsOf('usage_entries')).toEqual(MONTHS_BACK);
    expect(await monthsOf('audit_events')).toEqual(MONTHS_BACK);
  });

  it('[M6] keeps months of the ledger that are not invoiced yet', async () => {
    await worker.tenant(
      organizationId,
      (tx) =>
        tx.$executeRaw`
        INSERT INTO invoices (id, organization_id, livemode, period_start, period_end, time_zone, state)
        VALUES (${newId('invoice', NOW.getTime())}, ${organizationId}, true, ${monthStart(15)}, ${monthStart(14)}, 'UTC', 'draft')`,
    );
    await run({ requestLogMonths: 13, ledgerMonths: 14 });
    expect(await monthsOf('usage_entries')).toEqual(MONTHS_BACK);
  });

  it('[M6] keeps months with late usage: of its invoice, seen by no roll-up, then on a note that is not issued', async () => {
    // The month before was invoiced long ago.
    await worker.tenant(
      organizationId,
      (tx) => tx.$executeRaw`UPDATE invoices SET state = 'open', series = 'A', number = 'A-1', frozen = '{}'`,
    );
    await insertLate(monthStart(15));
    await run({ requestLogMonths: 13, ledgerMonths: 14 });
    expect(await monthsOf('usage_entries')).toEqual(MONTHS_BACK);
    await rollUp(worker, { organizationId, nowMs: NOW.getTime() });
    await run({ requestLogMonths: 13, ledgerMonths: 14 });
    expect(await monthsOf('usage_entries')).toEqual(MONTHS_BACK);
  });

  it('[M6] looks and drops behind one lock: usage that arrives in between is never lost', async () => {
    await issueAllNotes();
    // Somebody is writing while retention looks: its row is not committed, and seen by nobody.
    const isWritten = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    const writer = worker.tenant(
      organizationId,
      async (tx) => {
        await insertWithin(tx, monthStart(15), 'req_between');
        isWritten.resolve();
        await mayCommit.promise;
      },
      { timeoutMs: 60_000 },
    );
    await isWritten.promise;
    const running = runUntilLocked({ requestLogMonths: 13, ledgerMonths: 14 });
    await waitFor(async () => (await countWaitingForLocks()) > 0, {
      description: 'a lock that waits',
    });
    mayCommit.resolve();
    await Promise.all([writer, running]);
    expect(await monthsOf('usage_entries')).toEqual(MONTHS_BACK);
    const count = await worker.tenant(organizationId, (tx) =>
      tx.usageEntry.count({ where: { organizationId, requestId: 'req_between' } }),
    );
    expect(count).toBe(1);
  });

  it('[M6] never drops what is young, whoever asks', async () => {
    const ask = (parent: string, back: number) =>
      worker.platform(
        (tx) =>
          tx.$queryRaw`SELECT drop_month_partitions(${parent}, ${monthStart(back).toISOString().slice(0, 10)}::date)::text`,
      );
    await expect(ask('request_logs', 0)).rejects.toThrow(/Cannot drop months of request_logs/);
    await expect(ask('usage_entries', 12)).rejects.toThrow(/Cannot drop months of usage_entries/);
    await expect(ask('audit_events', 24)).rejects.toThrow(/Cannot drop months of audit_events/);
    await ask('usage_entries', 13);
    expect(await monthsOf('usage_entries')).toEqual([0, 12, 13]);
  });
});
