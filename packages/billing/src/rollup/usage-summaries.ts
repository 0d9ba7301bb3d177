/**
 * The cubes by one dimension at a time, by 15 minutes and by day: a dashboard over months reads what it shows.
 *
 * Days are those of the organization's time zone. Everything from `completeFrom` on is added in the transaction
 * that adds to the cubes; what lies before it (a zone was changed, cubes were rebuilt, or are older than summaries)
 * is made from the cubes, day by day backwards, and until then read from the cubes. So a summary is never wrong,
 * only not there yet. Decision: docs/summaries-by-dimension.md.
 */
import { type Database, empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';
import { firstOfTwo, localStart } from '../period/local-start.ts';
import { lockCursor } from './ledger-window.ts';

export interface SummarySpan {
  readonly timeZone: string;
  readonly completeFrom: Date;
}

interface Dimension {
  readonly name: string;
  readonly column: Prisma.Sql;
  /** So few values that 15 minutes of them are small too. */
  readonly byQuarter: boolean;
}

const DIMENSIONS: readonly Dimension[] = [
  { name: '', column: sql`''`, byQuarter: true },
  { name: 'model', column: sql`d.model`, byQuarter: true },
  { name: 'provider', column: sql`d.provider`, byQuarter: true },
  { name: 'endpoint', column: sql`d.endpoint`, byQuarter: true },
  { name: 'status', column: sql`d.status`, byQuarter: true },
  { name: 'credential', column: sql`d.credential_id`, byQuarter: true },
  { name: 'team', column: sql`d.team_id`, byQuarter: false },
  { name: 'key', column: sql`d.key_id`, byQuarter: false },
  { name: 'member', column: sql`COALESCE(NULLIF(d.member_id, ''), d.service_account_id)`, byQuarter: false },
  { name: 'costCenter', column: sql`d.cost_center`, byQuarter: false },
];

const MEASURES = [
  sql`requests`,
  sql`input_tokens`,
  sql`cached_input_tokens`,
  sql`cache_write_tokens`,
  sql`output_tokens`,
  sql`reasoning_tokens`,
  sql`cost_pico_usd`,
  sql`charge_pico_usd`,
  sql`saved_pico_usd`,
  sql`spent_pico_usd`,
];
const SUMS = join(MEASURES.map((measure) => sql`sum(d.${measure})`));
const SPENT = sql`CASE WHEN credential_owner = 'operator' THEN charge_pico_usd ELSE cost_pico_usd END`;
/** Cubes of end users and tags do not know whose credential it was. */
const COST_AS_SPENT = sql`0::numeric AS saved_pico_usd, cost_pico_usd AS spent_pico_usd`;

/** The first instant of the epoch stands for "everything there is". */
const EVERYTHING = new Date(0);
const TRANSACTION_TIMEOUT_MS = 120_000;

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

/** Before cubes of `[…, to)` are made anew: their summaries are made again behind them. */
export async function forgetSummariesBefore(
  tx: Transaction,
  organizationId: string,
  to: Date,
): Promise<void> {
  const { timeZone } = await ensureSpan(tx, organizationId);
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
  return span!;
}

/**
 * Adds rows shaped like `usage_rollups`.
 *
 * @param rows A query or a table.
 * @param before CTEs that run with it, which `rows` may read.
 */
export async function addBaseSummaries(
  tx: Transaction,
  span: SummarySpan,
  rows: Prisma.Sql,
  before?: Prisma.Sql,
): Promise<void> {
  const groups = DIMENSIONS.flatMap(({ name, column, byQuarter }) => [
    sql`('day', d.local_day, ${name}, ${column})`,
    ...(byQuarter ? [sql`('quarter', d.bucket_start, ${name}, ${column})`] : []),
  ]);
  await addGroups(tx, span, sql`SELECT *, ${SPENT} AS spent_pico_usd FROM (${rows}) b`, groups, before);
}

/** Adds rows shaped like `end_user_rollups`. */
export async function addEndUserSummaries(
  tx: Transaction,
  span: SummarySpan,
  rows: Prisma.Sql,
  before?: Prisma.Sql,
): Promise<void> {
  const groups = [sql`('day', d.local_day, 'endUser', d.end_user)`];
  await addGroups(tx, span, sql`SELECT *, ${COST_AS_SPENT} FROM (${rows}) b`, groups, before);
}

/** Adds rows shaped like `tag_rollups`. */
export async function addTagSummaries(
  tx: Transaction,
  span: SummarySpan,
  rows: Prisma.Sql,
  before?: Prisma.Sql,
): Promise<void> {
  const name = sql`'tag:' || d.tag_name`;
  const groups = [
    sql`('day', d.local_day, ${name}, d.tag_value)`,
    sql`('quarter', d.bucket_start, ${name}, d.tag_value)`,
  ];
  await addGroups(tx, span, sql`SELECT *, ${COST_AS_SPENT} FROM (${rows}) b`, groups, before);
}

async function addGroups(
  tx: Transaction,
  span: SummarySpan,
  rows: Prisma.Sql,
  groups: readonly Prisma.Sql[],
  before?: Prisma.Sql,
): Promise<void> {
  await tx.$executeRaw`
    WITH ${before === undefined ? empty : sql`${before},`} d AS MATERIALIZED (
      SELECT r.*, ${localStart('day', sql`r.bucket_start`, span.timeZone)} AS local_day FROM (${rows}) r
      WHERE r.bucket_start >= ${span.completeFrom.toISOString()}::timestamptz)
    INSERT INTO usage_summaries AS s (organization_id, grain, bucket_start, dimension, value, livemode, ${join(MEASURES)})
    SELECT d.organization_id, g.grain, g.bucket_start, g.dimension, g.value, d.livemode, ${SUMS}
    FROM d CROSS JOIN LATERAL (VALUES ${join([...groups])}) AS g(grain, bucket_start, dimension, value)
    GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (organization_id, grain, dimension, bucket_start, value, livemode)
    DO UPDATE SET ${join(MEASURES.map((measure) => sql`${measure} = s.${measure} + excluded.${measure}`))}`;
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
      await clearBetween(tx, organizationId, from ?? EVERYTHING, span.completeFrom);
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

async function clearBetween(tx: Transaction, organizationId: string, from: Date, to: Date): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM usage_summaries WHERE organization_id = ${organizationId}
      AND bucket_start >= ${from.toISOString()}::timestamptz AND bucket_start < ${to.toISOString()}::timestamptz`;
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
