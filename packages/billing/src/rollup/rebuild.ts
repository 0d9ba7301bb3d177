/**
 * Makes roll-ups and drafts again from the ledger alone: the proof that the incremental way is right, the repair should
 * it ever not be, and the quick way after an import of millions. Works on what the cursor has passed; the rest comes the
 * usual way.
 */
import { type Database, empty, type Prisma, sql, type Transaction } from '@tollgate/db';
import { invoiceLine, showbackLine } from '../draft/add-usage.ts';
import { sumLineGroups } from '../draft/line-groups.ts';
import { refreshTotals } from '../draft/totals.ts';
import { addUsageLines, type LineAddition } from '../draft/usage-lines.ts';
import type { BillingPeriod } from '../period/billing-period.ts';
import { holdCursor } from './ledger-window.ts';
import { BUCKET_MS, clearCubes, fillCubes } from './usage-cubes.ts';
import { extendSummaries, forgetSummariesBefore } from './usage-summaries.ts';

const STEP_MS = 24 * 60 * 60_000;
/** A day is one transaction, and so are the documents of a month: of millions of entries they take minutes. */
const TRANSACTION_TIMEOUT_MS = 900_000;
/** Days that are made at the same time. Between two rounds roll-ups get their turn. */
const DAYS_AT_ONCE = 2;
/** So many lines are written in one statement. */
const LINES_PER_STATEMENT = 5_000;

export interface RebuildOptions {
  readonly organizationId: string;
  readonly from: Date;
  readonly to: Date;
  /** How many days have them by now: first cubes, in the order of time, then summaries, backwards. */
  readonly onDays?: (made: 'cubes' | 'summaries', count: number) => void;
}

/** Rebuilds the cubes of every bucket that touches `[from, to)` and their summaries, a day per transaction. */
export async function rebuildRollups(
  database: Database,
  { organizationId, from, to, onDays }: RebuildOptions,
): Promise<void> {
  const end = new Date(Math.ceil(to.getTime() / BUCKET_MS) * BUCKET_MS);
  const startMs = Math.floor(from.getTime() / BUCKET_MS) * BUCKET_MS;
  const days = Array.from({ length: Math.ceil((end.getTime() - startMs) / STEP_MS) }, (_, day) => {
    const dayMs = startMs + day * STEP_MS;
    return { from: new Date(dayMs), to: new Date(Math.min(dayMs + STEP_MS, end.getTime())) };
  });
  for (let first = 0; first < days.length; first += DAYS_AT_ONCE) {
    const round = days.slice(first, first + DAYS_AT_ONCE);
    await Promise.all(round.map((day) => rebuildDay(database, organizationId, { ...day, end })));
    onDays?.('cubes', first + round.length);
  }
  for (let count = 1; await extendSummaries(database, organizationId); count++) onDays?.('summaries', count);
}

/** @param end Of all that is made again: until then nothing is summarized. */
function rebuildDay(
  database: Database,
  organizationId: string,
  { from, to, end }: { readonly from: Date; readonly to: Date; readonly end: Date },
): Promise<void> {
  return database.tenant(
    organizationId,
    async (tx) => {
      await tuneSession(tx);
      const nextXid = await holdCursor(tx, organizationId);
      await forgetSummariesBefore(tx, organizationId, end);
      await clearCubes(tx, organizationId, from, to);
      await fillCubes(tx, passedEntries(organizationId, nextXid, from, to));
    },
    { timeoutMs: TRANSACTION_TIMEOUT_MS },
  );
}

/**
 * Rebuilds the usage lines of drafts of one period, the entries of which are read once for all of them.
 *
 * @throws {Error} One of them does not exist, is finalized or of another period.
 */
export function rebuildDrafts(
  database: Database,
  {
    organizationId,
    invoiceIds,
    nowMs,
  }: { organizationId: string; invoiceIds: readonly string[]; nowMs: number },
): Promise<void> {
  return database.tenant(
    organizationId,
    async (tx) => {
      await tuneSession(tx);
      const nextXid = await holdCursor(tx, organizationId);
      const { drafts, period } = await lockDrafts(tx, organizationId, invoiceIds);
      const [from, to] = [new Date(period.startMs), new Date(period.endMs)];
      const condition = sql`${passedEntries(organizationId, nextXid, from, to)} ${modeOf(drafts)}`;
      const groups = await sumLineGroups(tx, condition, [period]);
      await tx.$executeRaw`
        DELETE FROM invoice_lines WHERE organization_id = ${organizationId} AND invoice_id = ANY (${[...invoiceIds]})
          AND kind = 'usage'`;
      const lines = drafts.flatMap(({ id, kind, livemode }) => {
        const own = groups.filter((group) => group.livemode === livemode);
        if (kind === 'showback') return own.map((group) => showbackLine(group, id));
        return own.filter((group) => group.billed).map((group) => invoiceLine(group, id));
      });
      await addInPieces(tx, organizationId, lines, nowMs);
      await refreshTotals(tx, organizationId, invoiceIds, nowMs);
    },
    { timeoutMs: TRANSACTION_TIMEOUT_MS },
  );
}

/**
 * Rebuilds the usage lines of one draft.
 *
 * @throws {Error} There is no such draft.
 */
export function rebuildDraft(
  database: Database,
  { organizationId, invoiceId, nowMs }: { organizationId: string; invoiceId: string; nowMs: number },
): Promise<void> {
  return rebuildDrafts(database, { organizationId, invoiceIds: [invoiceId], nowMs });
}

function modeOf(drafts: readonly DraftRow[]): Prisma.Sql {
  const [mode, other] = new Set(drafts.map(({ livemode }) => livemode));
  return other === undefined ? sql`AND e.livemode = ${mode}` : empty;
}

async function addInPieces(
  tx: Transaction,
  organizationId: string,
  lines: readonly LineAddition[],
  nowMs: number,
): Promise<void> {
  for (let from = 0; from < lines.length; from += LINES_PER_STATEMENT) {
    await addUsageLines(tx, organizationId, lines.slice(from, from + LINES_PER_STATEMENT), nowMs);
  }
}

async function tuneSession(tx: Transaction): Promise<void> {
  await tx.$queryRaw`
    SELECT set_config('jit', 'off', true), set_config('work_mem', '128MB', true),
      set_config('statement_timeout', ${String(TRANSACTION_TIMEOUT_MS)}, true)`;
}

function passedEntries(organizationId: string, nextXid: string, from: Date, to: Date) {
  return sql`e.organization_id = ${organizationId} AND e.recorded_xid < ${nextXid}::xid8
    AND e.started_at >= ${from.toISOString()}::timestamptz AND e.started_at < ${to.toISOString()}::timestamptz`;
}

interface DraftRow {
  readonly id: string;
  readonly kind: string;
  readonly livemode: boolean;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly timeZone: string;
}

async function lockDrafts(
  tx: Transaction,
  organizationId: string,
  invoiceIds: readonly string[],
): Promise<{ drafts: readonly DraftRow[]; period: BillingPeriod }> {
  const drafts = await tx.$queryRaw<DraftRow[]>`
    SELECT id, kind, livemode, period_start AS "periodStart", period_end AS "periodEnd", time_zone AS "timeZone" FROM invoices
    WHERE organization_id = ${organizationId} AND id = ANY (${[...invoiceIds]}) AND state = 'draft' ORDER BY id FOR UPDATE`;
  const [first] = drafts;
  const isOnePeriod = drafts.every(
    ({ periodStart, periodEnd }) =>
      periodStart.getTime() === first?.periodStart.getTime() &&
      periodEnd.getTime() === first.periodEnd.getTime(),
  );
  if (first === undefined || !isOnePeriod || drafts.length !== new Set(invoiceIds).size) {
    throw new Error(
      `Cannot rebuild drafts: they must exist, not be finalized and be of one period, got ${invoiceIds.join(', ')}`,
    );
  }
  const { periodStart, periodEnd, timeZone } = first;
  return { drafts, period: { startMs: periodStart.getTime(), endMs: periodEnd.getTime(), timeZone } };
}
