/** The debtor does not decide whether late usage is billed: what is owed more is issued without anybody's doing. */
import { finalizeInvoice, getCreditNote, listCreditNotes, listInvoices, rollUp } from '@tollgate/billing';
import { fixedClock } from '@tollgate/clock';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, type TestDatabase, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkerContext } from '../worker-context.ts';
import { WorkerMetrics } from '../worker-metrics.ts';
import { getTask } from './index.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const USAGE_MS = Date.parse('2026-11-20T12:00:00Z');
const FINAL_MS = Date.parse('2026-12-01T00:00:01Z');
const LATE_MS = Date.parse('2026-12-02T07:30:00Z');
const ACTOR = { kind: 'system', id: 'test', name: 'Test' } as const;

let testDatabase: TestDatabase;
let console_: Database;
let worker: Database;
let second: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const open = (url: string) => openDatabase({ url, applicationName: 'issue-notes-test', maxConnections: 6 });
  console_ = open(testDatabase.urls.console);
  worker = open(testDatabase.urls.worker);
  second = open(testDatabase.urls.worker);
});
afterAll(async () => {
  await Promise.all([console_, worker, second].map((database) => database?.close()));
  await testDatabase?.drop();
});

let entries = 0;

async function addUsage(organizationId: string, amount: bigint, nowMs: number): Promise<void> {
  const requestId = `req_${++entries}`;
  const rolledUp = () =>
    worker.tenant(organizationId, async (tx) => {
      const { _sum } = await tx.usageRollup.aggregate({ where: { organizationId }, _sum: { entries: true } });
      return Number(_sum.entries ?? 0n);
    });
  const before = await rolledUp();
  const unit = String(amount);
  await worker.tenant(organizationId, (tx) =>
    tx.usageEntry.create({
      data: {
        ...{ organizationId, startedAt: new Date(USAGE_MS), requestId, attempt: 1, keyId: 'key_1' },
        ...{ requestedModel: 'm', model: 'm', provider: 'p', credentialId: 'cred_1' },
        ...{ credentialOwner: 'operator', endpoint: 'chat', streamed: false, livemode: true },
        components: [
          {
            component: 'input',
            quantity: 1,
            unitPricePicoUsd: unit,
            costPicoUsd: unit,
            chargePicoUsd: unit,
          },
        ],
        ...{ costPicoUsd: amount, chargePicoUsd: amount, status: 'succeeded', usageSource: 'provider' },
      },
      select: { requestId: true },
    }),
  );
  await waitFor(async () => {
    await rollUp(worker, { organizationId, nowMs });
    return (await rolledUp()) > before;
  });
}

const USD = 1_000_000_000_000n;

/** November is final on the first; on the second comes usage that began in November. */
async function withLateUsage(late: bigint, graceDays?: number) {
  const organizationId = newId('organization', FINAL_MS);
  await console_.tenant(organizationId, async (tx) => {
    await tx.organization.create({
      data: { id: organizationId, name: 'Acme', slug: organizationId.toLowerCase() },
      select: { id: true },
    });
    if (graceDays === undefined) return;
    await tx.billingProfile.create({
      data: { organizationId, addressLines: [], graceDays },
      select: { organizationId: true },
    });
  });
  await addUsage(organizationId, 5n * USD, USAGE_MS);
  const { data } = await listInvoices(console_, { organizationId, kind: 'invoice', limit: 1 });
  const step = { organizationId, invoiceId: data[0]!.id, actor: ACTOR, now: new Date(FINAL_MS) };
  await finalizeInvoice(console_, step);
  await addUsage(organizationId, late, LATE_MS);
  const notes = await listCreditNotes(console_, { organizationId, limit: 10 });
  expect(notes.data).toHaveLength(1);
  return { organizationId, note: notes.data[0]! };
}

function run(nowMs: number, database = worker): Promise<void> {
  const context: WorkerContext = {
    database,
    clock: fixedClock(nowMs),
    logger: createLogger({ name: 'test', level: 'silent' }),
    metrics: new WorkerMetrics(),
  };
  return getTask('debit-notes').run(context, new AbortController().signal);
}

const read = ({ organizationId, note }: Awaited<ReturnType<typeof withLateUsage>>) =>
  getCreditNote(console_, { organizationId, creditNoteId: note.id });

const eventsOf = (organizationId: string) =>
  worker.tenant(organizationId, (tx) =>
    tx.auditEvent.findMany({ where: { organizationId, action: 'credit-note-issued' } }),
  );

describe('[M5] a waiting debit note', () => {
  it.each([
    { graceDays: undefined, hours: 72 },
    { graceDays: 5, hours: 120 },
    { graceDays: 0, hours: 6 },
  ])(
    'is issued when its days of grace are over, hours of quiet at least, not a moment earlier: $hours',
    async ({ graceDays, hours }) => {
      const late = await withLateUsage(2n * USD, graceDays);
      const dueMs = LATE_MS + hours * HOUR_MS;
      expect(late.note).toMatchObject({
        kind: 'debit',
        state: 'draft',
        issuesAt: new Date(dueMs).toISOString(),
      });
      await run(dueMs - 1);
      expect((await read(late)).state).toBe('draft');
      await run(dueMs);
      const issued = await read(late);
      expect(issued).toMatchObject({ state: 'issued', issuesAt: null, totalUsd: '2.00' });
      expect(issued.number).toMatch(/^TG-DN-2026-\d{6}$|^TG.*2026-\d{6}$/);
      await run(dueMs + 1);
      expect(await read(late)).toEqual(issued);
      expect(await eventsOf(late.organizationId)).toMatchObject([
        { actorKind: 'system', actorId: 'debit-notes' },
      ]);
    },
  );

  it('is issued once by two workers at once, a moment after as well', async () => {
    const all = await Promise.all([1n, 2n, 3n, 4n].map((usd) => withLateUsage(usd * USD, 1)));
    const nowMs = LATE_MS + DAY_MS + 1;
    await Promise.all([run(nowMs), run(nowMs, second)]);
    const numbers = await Promise.all(all.map(async (late) => (await read(late)).number));
    expect(new Set(numbers).size).toBe(4);
    expect(numbers).not.toContain(null);
    for (const { organizationId } of all) expect(await eventsOf(organizationId)).toHaveLength(1);
  });

  it('of usage that came after an issued one has days of grace of its own', async () => {
    const first = await withLateUsage(2n * USD, 1);
    await run(LATE_MS + DAY_MS);
    await addUsage(first.organizationId, 1n * USD, LATE_MS + DAY_MS + 1);
    await run(LATE_MS + DAY_MS + 2);
    const { data } = await listCreditNotes(console_, { organizationId: first.organizationId, limit: 10 });
    expect(data.map(({ state, subtotalUsd }) => [state, subtotalUsd])).toEqual([
      ['draft', '1.00'],
      ['issued', '2.00'],
    ]);
    await run(LATE_MS + 2 * DAY_MS + 1);
    const { data: after } = await listCreditNotes(console_, {
      organizationId: first.organizationId,
      limit: 10,
    });
    expect(after.map(({ state }) => state)).toEqual(['issued', 'issued']);
  });
});

const statesOf = async (organizationId: string) => {
  const { data } = await listCreditNotes(console_, { organizationId, limit: 100 });
  return data.map(({ state, subtotalUsd }) => [state, subtotalUsd]);
};
const issuesAtOf = async (late: Awaited<ReturnType<typeof withLateUsage>>) => (await read(late)).issuesAt;
const at = (ms: number) => new Date(ms).toISOString();

describe('[M5] the day on which a note is issued by itself', () => {
  it('counts from when something began to be owed, however long a credit waited before', async () => {
    const late = await withLateUsage(-1n * USD, 2);
    const turnedMs = LATE_MS + 10 * DAY_MS;
    await addUsage(late.organizationId, 3n * USD, turnedMs);
    expect(await issuesAtOf(late)).toBe(at(turnedMs + 2 * DAY_MS));
    await run(turnedMs + 2 * DAY_MS - 1);
    expect(await statesOf(late.organizationId)).toEqual([['draft', '2.00']]);
    // More of it moves nothing, what is owed less begins anew.
    await addUsage(late.organizationId, 1n * USD, turnedMs + DAY_MS);
    expect(await issuesAtOf(late)).toBe(at(turnedMs + 2 * DAY_MS));
    await addUsage(late.organizationId, -4n * USD, turnedMs + DAY_MS);
    expect(await issuesAtOf(late)).toBeNull();
    await addUsage(late.organizationId, 5n * USD, turnedMs + DAY_MS + 7);
    expect(await issuesAtOf(late)).toBe(at(turnedMs + 3 * DAY_MS + 7));
    await run(turnedMs + 3 * DAY_MS + 7);
    expect(await statesOf(late.organizationId)).toEqual([['issued', '4.00']]);
  });

  it('never comes while nothing is owed: usage that costs nothing is no note over 0.00', async () => {
    const late = await withLateUsage(0n, 0);
    expect(late.note).toMatchObject({ kind: 'debit', state: 'draft', issuesAt: null, totalUsd: '0.00' });
    await run(LATE_MS + 365 * DAY_MS);
    expect((await read(late)).state).toBe('draft');
    await addUsage(late.organizationId, 1n, LATE_MS + 400 * DAY_MS);
    expect(await issuesAtOf(late)).toBe(at(LATE_MS + 400 * DAY_MS + 6 * HOUR_MS));
  });

  it('waits while usage still arrives, so that it is one note, and a day at most', async () => {
    const late = await withLateUsage(1n * USD, 0);
    const { organizationId } = late;
    for (let hour = 1; hour < 24; hour++) {
      const nowMs = LATE_MS + hour * HOUR_MS;
      await addUsage(organizationId, 1n * USD, nowMs);
      expect(await issuesAtOf(late)).toBe(at(Math.min(nowMs + 6 * HOUR_MS, LATE_MS + DAY_MS)));
      await run(nowMs);
      expect(await statesOf(organizationId)).toEqual([['draft', `${hour + 1}.00`]]);
    }
    await run(LATE_MS + DAY_MS - 1);
    expect(await statesOf(organizationId)).toEqual([['draft', '24.00']]);
    await run(LATE_MS + DAY_MS);
    expect(await statesOf(organizationId)).toEqual([['issued', '24.00']]);
    // What comes after is another note’s, with hours of its own.
    await addUsage(organizationId, 1n * USD, LATE_MS + DAY_MS + 1);
    await run(LATE_MS + DAY_MS + 2);
    expect(await statesOf(organizationId)).toEqual([
      ['draft', '1.00'],
      ['issued', '24.00'],
    ]);
  });

  it('is that of its beginning for a note from before these times were kept', async () => {
    const late = await withLateUsage(2n * USD, 1);
    await worker.tenant(
      late.organizationId,
      (tx) => tx.$executeRaw`UPDATE credit_notes SET owed_since = NULL, grown_at = NULL
        WHERE organization_id = ${late.organizationId}`,
    );
    expect(await issuesAtOf(late)).toBe(at(LATE_MS + DAY_MS));
    await run(LATE_MS + DAY_MS);
    expect(await statesOf(late.organizationId)).toEqual([['issued', '2.00']]);
  });
});

it('[M6] what is owed less is left to people: a credit note is never issued by itself', async () => {
  const late = await withLateUsage(-1n * USD, 0);
  expect(late.note).toMatchObject({ kind: 'credit', issuesAt: null });
  await run(LATE_MS + 365 * DAY_MS);
  expect((await read(late)).state).toBe('draft');
});
