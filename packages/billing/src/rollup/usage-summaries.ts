/**
 * The cubes by one dimension at a time, by 15 minutes, by day and by week: a dashboard over
 * months reads what it shows.
 *
 * Days and weeks are those of the organization's time zone. Everything from `completeFrom` on is added in the transaction
 * that adds to the cubes; what lies before it (a zone was changed, cubes were rebuilt, or are older than summaries)
 * is made from the cubes, day by day backwards, and until then read from the cubes. So a summary is never wrong,
 * only not there yet. Decision: docs/summaries-by-dimension.md.
 */
import { type Database, type Prisma, sql, type Transaction } from '@tollgate/db';
import { firstOfTwo, localStart } from '../period/local-start.ts';
import { lockCursor } from './ledger-window.ts';
import {
  addBaseSummaries,
  addEndUserSummaries,
  addTagSummaries,
  clearSummaries,
  restartWeek,
  type SummarizedDays,
} from './summary-rows.ts';

/** Everything from `completeFrom` on, which begins a day of the zone, is summarized. */
type SummarySpan = SummarizedDays;

/** The first instant of the epoch stands for "everything there is". */
const EVERYTHING = new Date(0);
/** Whoever makes drafts again holds the cursor for minutes. */
const TRANSACTION_TIMEOUT_MS = 600_000;

/** The caller holds the cursor. Makes the span where there is none, and moves it where the zone is another one. */
export async function ensureSpan(tx: Transaction, organizationId: string): Promise<SummarySpan> {
  const [span] = await tx.$queryRaw<(SummarySpan & { wanted: string })[]>`
    SELECT s.time_zone AS "timeZone", s.complete_from AS "completeFrom", o.time_zone AS wanted
    FROM organizations o LEFT JOIN usage_summary_spans s ON s.organization_id = o.id WHERE o.id = ${organizationId}`;
  const wanted = span?.wanted ?? 'UTC';
  if (span !== undefined && span.timeZone === wanted) return span;
  return moveSpan(
    tx,
    organizationId,
    wanted,
    sql`(SELECT max(bucket_start) FROM usage_rollups WHERE organization_id = ${organizationId})`,
  );
}

/**
 * Before cubes of `[…, to)` are made anew: their summaries are made again behind them. Nothing to do where that is to
 * come already. The caller holds the cursor, at least shared.
 */
export async function forgetSummariesBefore(
  tx: Transaction,
  organizationId: string,
  to: Date,
): Promise<void> {
  const { timeZone, completeFrom } = await ensureSpan(tx, organizationId);
  if (completeFrom >= to) return;
  await moveSpan(
    tx,
    organizationId,
    timeZone,
    sql`GREATEST(${to.toISOString()}::timestamptz, (SELECT complete_from FROM usage_summary_spans
      WHERE organization_id = ${organizationId}) - interval '1 millisecond')`,
  );
}

/** @param after The span begins with the local day behind it; null: nothing is there. */
async function moveSpan(
  tx: Transaction,
  organizationId: string,
  timeZone: string,
  after: Prisma.Sql,
): Promise<SummarySpan> {
  const [span] = await tx.$queryRaw<SummarySpan[]>`
    INSERT INTO usage_summary_spans AS s (organization_id, time_zone, complete_from)
    SELECT ${organizationId}, ${timeZone}, COALESCE(${firstOfTwo('day', sql`next.midnight`, timeZone)},
      ${EVERYTHING.toISOString()}::timestamptz)
    FROM (SELECT (date_trunc('day', ${after} AT TIME ZONE ${timeZone}::text) + interval '1 day')
      AT TIME ZONE ${timeZone}::text AS midnight) next
    ON CONFLICT (organization_id) DO UPDATE SET time_zone = excluded.time_zone, complete_from = excluded.complete_from
    RETURNING time_zone AS "timeZone", complete_from AS "completeFrom"`;
  if (span!.completeFrom.getTime() !== EVERYTHING.getTime()) {
    await restartWeek(tx, organizationId, timeZone, span!.completeFrom);
  }
  return span!;
}

/**
 * Makes the summaries of the latest day that has none yet from the cubes: a short transaction, so that roll-ups go on
 * between two of them.
 *
 * @returns False when all of the organization's usage is summarized.
 */
export function extendSummaries(database: Database, organizationId: string): Promise<boolean> {
  return database.tenant(
    organizationId,
    async (tx) => {
      await lockCursor(tx, organizationId);
      const span = await ensureSpan(tx, organizationId);
      if (span.completeFrom.getTime() === EVERYTHING.getTime()) return false;
      const from = await findDayBefore(tx, organizationId, span);
      await clearSummaries(tx, organizationId, from ?? EVERYTHING, span);
      if (from !== undefined) await summarizeCubes(tx, organizationId, span, from);
      await tx.$executeRaw`
        UPDATE usage_summary_spans SET complete_from = ${(from ?? EVERYTHING).toISOString()}::timestamptz
        WHERE organization_id = ${organizationId}`;
      return true;
    },
    { timeoutMs: TRANSACTION_TIMEOUT_MS },
  );
}

async function findDayBefore(
  tx: Transaction,
  organizationId: string,
  { timeZone, completeFrom }: SummarySpan,
): Promise<Date | undefined> {
  const [day] = await tx.$queryRaw<{ start: Date | null }[]>`
    SELECT ${localStart('day', sql`max(bucket_start)`, timeZone)} AS start FROM usage_rollups
    WHERE organization_id = ${organizationId} AND bucket_start < ${completeFrom.toISOString()}::timestamptz`;
  return day?.start ?? undefined;
}

/** From the day's start up to where the span began. */
async function summarizeCubes(
  tx: Transaction,
  organizationId: string,
  span: SummarySpan,
  from: Date,
): Promise<void> {
  const day: SummarySpan = { timeZone: span.timeZone, completeFrom: from };
  const range = sql`organization_id = ${organizationId} AND bucket_start >= ${from.toISOString()}::timestamptz
    AND bucket_start < ${span.completeFrom.toISOString()}::timestamptz`;
  await addBaseSummaries(tx, day, sql`SELECT * FROM usage_rollups WHERE ${range}`);
  await addEndUserSummaries(tx, day, sql`SELECT * FROM end_user_rollups WHERE ${range}`);
  await addTagSummaries(tx, day, sql`SELECT * FROM tag_rollups WHERE ${range}`);
}
