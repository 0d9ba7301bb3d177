/**
 * Makes roll-ups and drafts again from the ledger alone: the proof that the incremental way is right, and the
 * repair should it ever not be. Works on what the cursor has passed; the rest comes the usual way.
 */
import { type Database, sql, type Transaction } from '@tollgate/db';
import { invoiceLine, showbackLine } from '../draft/add-usage.ts';
import { sumLineGroups } from '../draft/line-groups.ts';
import { refreshTotals } from '../draft/totals.ts';
import { addUsageLines } from '../draft/usage-lines.ts';
import { lockCursor } from './ledger-window.ts';
import { addToCubes, BUCKET_MS, clearCubes } from './usage-cubes.ts';
import { extendSummaries, forgetSummariesBefore } from './usage-summaries.ts';

const STEP_MS = 24 * 60 * 60_000;
const TRANSACTION_TIMEOUT_MS = 120_000;

/** Rebuilds the cubes of every bucket that touches `[from, to)` and their summaries, a day per transaction. */
export async function rebuildRollups(
  database: Database,
  { organizationId, from, to }: { organizationId: string; from: Date; to: Date },
): Promise<void> {
  const endMs = Math.ceil(to.getTime() / BUCKET_MS) * BUCKET_MS;
  for (
    let startMs = Math.floor(from.getTime() / BUCKET_MS) * BUCKET_MS;
    startMs < endMs;
    startMs += STEP_MS
  ) {
    const stepFrom = new Date(startMs);
    const stepTo = new Date(Math.min(startMs + STEP_MS, endMs));
    await database.tenant(
      organizationId,
      async (tx) => {
        const nextXid = await lockCursor(tx, organizationId);
        await forgetSummariesBefore(tx, organizationId, new Date(endMs));
        await clearCubes(tx, organizationId, stepFrom, stepTo);
        await addToCubes(tx, passedEntries(organizationId, nextXid, stepFrom, stepTo), undefined);
      },
      { timeoutMs: TRANSACTION_TIMEOUT_MS },
    );
  }
  while (await extendSummaries(database, organizationId));
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
  return database.tenant(
    organizationId,
    async (tx) => {
      const nextXid = await lockCursor(tx, organizationId);
      const draft = await lockDraft(tx, organizationId, invoiceId);
      const period = {
        startMs: draft.periodStart.getTime(),
        endMs: draft.periodEnd.getTime(),
        timeZone: draft.timeZone,
      };
      const condition = sql`${passedEntries(organizationId, nextXid, draft.periodStart, draft.periodEnd)} AND e.livemode = ${draft.livemode}`;
      const groups = await sumLineGroups(tx, condition, [period]);
      await tx.$executeRaw`
        DELETE FROM invoice_lines WHERE organization_id = ${organizationId} AND invoice_id = ${invoiceId} AND kind = 'usage'`;
      const lines =
        draft.kind === 'showback'
          ? groups.map((group) => showbackLine(group, invoiceId))
          : groups.filter((group) => group.billed).map((group) => invoiceLine(group, invoiceId));
      await addUsageLines(tx, organizationId, lines, nowMs);
      await refreshTotals(tx, organizationId, [invoiceId], nowMs);
    },
    { timeoutMs: TRANSACTION_TIMEOUT_MS },
  );
}

function passedEntries(organizationId: string, nextXid: string, from: Date, to: Date) {
  return sql`e.organization_id = ${organizationId} AND e.recorded_xid < ${nextXid}::xid8
    AND e.started_at >= ${from.toISOString()}::timestamptz AND e.started_at < ${to.toISOString()}::timestamptz`;
}

interface DraftRow {
  readonly kind: string;
  readonly livemode: boolean;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly timeZone: string;
}

async function lockDraft(tx: Transaction, organizationId: string, invoiceId: string): Promise<DraftRow> {
  const [draft] = await tx.$queryRaw<DraftRow[]>`
    SELECT kind, livemode, period_start AS "periodStart", period_end AS "periodEnd", time_zone AS "timeZone" FROM invoices
    WHERE organization_id = ${organizationId} AND id = ${invoiceId} AND state = 'draft' FOR UPDATE`;
  if (draft === undefined)
    throw new Error(`Cannot rebuild the draft: it must exist and not be finalized, got ${invoiceId}`);
  return draft;
}
