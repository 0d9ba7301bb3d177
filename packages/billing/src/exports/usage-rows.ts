/**
 * The ledger, entry by entry, in batches by its primary key. No transaction stays open: rows are never changed and
 * never removed, and those below a transaction id that was settled at the start are all there is to be read.
 */
import { type Database, empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';
import type { ExportColumn, ExportTable } from './export-table.ts';

export interface UsageQuestion {
  readonly organizationId: string;
  readonly from: Date;
  readonly to: Date;
  readonly livemode?: boolean | undefined;
  readonly teamId?: string | undefined;
  readonly keyId?: string | undefined;
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly costCenter?: string | undefined;
}

interface UsageRow {
  readonly startedAt: Date;
  readonly requestId: string;
  readonly attempt: number;
  readonly entry: number;
  readonly [column: string]: unknown;
}

const BATCH_ROWS = 5_000;

/** The columns of `usage_entries` that leave, by the name under which they leave. */
const TEXT = {
  reason: sql`e.reason AS reason`,
  team_id: sql`e.team_id AS team_id`,
  team: sql`COALESCE(t.name, '') AS team`,
  cost_center: sql`e.cost_center AS cost_center`,
  key_id: sql`e.key_id AS key_id`,
  key: sql`COALESCE(k.name, '') AS key`,
  member_id: sql`e.member_id AS member_id`,
  service_account_id: sql`e.service_account_id AS service_account_id`,
  end_user: sql`e.end_user AS end_user`,
  tags: sql`e.tags::text AS tags`,
  session_id: sql`e.session_id AS session_id`,
  endpoint: sql`e.endpoint AS endpoint`,
  requested_model: sql`e.requested_model AS requested_model`,
  model: sql`e.model AS model`,
  provider: sql`e.provider AS provider`,
  credential_id: sql`e.credential_id AS credential_id`,
  credential_owner: sql`e.credential_owner AS credential_owner`,
  region: sql`e.region AS region`,
  service_tier: sql`e.service_tier AS service_tier`,
} as const;
const COUNTS = {
  input_tokens: sql`e.input_tokens AS input_tokens`,
  cached_input_tokens: sql`e.cached_input_tokens AS cached_input_tokens`,
  cache_write_5m_tokens: sql`e.cache_write5m_tokens AS cache_write_5m_tokens`,
  cache_write_1h_tokens: sql`e.cache_write1h_tokens AS cache_write_1h_tokens`,
  output_tokens: sql`e.output_tokens AS output_tokens`,
  reasoning_tokens: sql`e.reasoning_tokens AS reasoning_tokens`,
  audio_input_tokens: sql`e.audio_input_tokens AS audio_input_tokens`,
  audio_output_tokens: sql`e.audio_output_tokens AS audio_output_tokens`,
  markup_basis_points: sql`e.markup_basis_points AS markup_basis_points`,
  http_status: sql`e.http_status AS http_status`,
  total_ms: sql`e.total_ms AS total_ms`,
  first_token_ms: sql`e.first_token_ms AS first_token_ms`,
} as const;
const MORE_TEXT = {
  units: sql`e.units::text AS units`,
  price_version_id: sql`e.price_version_id AS price_version_id`,
  components: sql`e.components::text AS components`,
  status: sql`e.status AS status`,
  error_code: sql`e.error_code AS error_code`,
  finish_reason: sql`e.finish_reason AS finish_reason`,
  usage_source: sql`e.usage_source AS usage_source`,
} as const;
const FLAGS = {
  streamed: sql`e.streamed AS streamed`,
  livemode: sql`e.livemode AS livemode`,
  estimated: sql`e.estimated AS estimated`,
  overrun: sql`e.overrun AS overrun`,
} as const;

const toBigInt = (value: unknown): bigint | null => (value == null ? null : BigInt(String(value)));
const column = (
  name: string,
  type: ExportColumn<UsageRow>['type'],
  value: ExportColumn<UsageRow>['value'],
) => ({
  name,
  type,
  value,
});

export const USAGE_COLUMNS: readonly ExportColumn<UsageRow>[] = [
  column('started_at', 'time', (row) => row.startedAt),
  column('request_id', 'text', (row) => row.requestId),
  column('attempt', 'integer', (row) => BigInt(row.attempt)),
  column('entry', 'integer', (row) => BigInt(row.entry)),
  ...Object.keys(TEXT).map((name) => column(name, 'text', (row) => String(row[name]))),
  ...Object.keys(FLAGS).map((name) => column(name, 'flag', (row) => row[name] === true)),
  ...Object.keys(COUNTS).map((name) => column(name, 'integer', (row) => toBigInt(row[name]))),
  // Null: no price was known.
  column('cost_usd', 'money', (row) => toBigInt(row.cost)),
  column('charge_usd', 'money', (row) => toBigInt(row.charge)),
  ...Object.keys(MORE_TEXT).map((name) => column(name, 'text', (row) => String(row[name]))),
  column('recorded_at', 'time', (row) => row.recordedAt as Date),
];

const SELECTED = Object.values({ ...TEXT, ...FLAGS, ...COUNTS, ...MORE_TEXT });

/** Every entry that was committed before the call. */
export async function usageTable(
  database: Database,
  question: UsageQuestion,
): Promise<ExportTable<UsageRow>> {
  const belowXid = await settledXid(database, question.organizationId);
  return { columns: USAGE_COLUMNS, batches: batchesOf(database, question, belowXid) };
}

/** The entries of one period below a transaction id that an invoice remembers. */
export function entriesBelow(
  database: Database,
  question: UsageQuestion,
  belowXid: string,
): ExportTable<UsageRow> {
  return { columns: USAGE_COLUMNS, batches: batchesOf(database, question, belowXid) };
}

/** @returns The oldest transaction id that may still write: everything below it is settled. */
export function settledXid(database: Database, organizationId: string): Promise<string> {
  return database.tenant(organizationId, async (tx) => {
    const [row] = await tx.$queryRaw<{ xid: string }[]>`
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid`;
    return row!.xid;
  });
}

/** Over the alias `e` of usage_entries. */
export function entryConditions(question: UsageQuestion, belowXid: string): Prisma.Sql {
  const equal = (named: Prisma.Sql, value: string | undefined) =>
    value === undefined ? empty : sql`AND ${named} = ${value}`;
  return sql`e.organization_id = ${question.organizationId}
    AND e.started_at >= ${question.from.toISOString()}::timestamptz AND e.started_at < ${question.to.toISOString()}::timestamptz
    AND e.recorded_xid < ${belowXid}::xid8
    ${question.livemode === undefined ? empty : sql`AND e.livemode = ${question.livemode}`}
    ${equal(sql`e.team_id`, question.teamId)} ${equal(sql`e.key_id`, question.keyId)} ${equal(sql`e.model`, question.model)}
    ${equal(sql`e.provider`, question.provider)} ${equal(sql`e.cost_center`, question.costCenter)}`;
}

async function* batchesOf(
  database: Database,
  question: UsageQuestion,
  belowXid: string,
): AsyncGenerator<readonly UsageRow[]> {
  let after: UsageRow | undefined;
  for (;;) {
    const rows: readonly UsageRow[] = await database.tenant(
      question.organizationId,
      (tx) => nextBatch(tx, question, belowXid, after),
      { timeoutMs: 60_000 },
    );
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1);
  }
}

function nextBatch(
  tx: Transaction,
  question: UsageQuestion,
  belowXid: string,
  after: UsageRow | undefined,
): Promise<UsageRow[]> {
  const isAfter =
    after === undefined
      ? empty
      : sql`AND (e.started_at, e.request_id, e.attempt, e.entry) > (${after.startedAt.toISOString()}::timestamptz, ${after.requestId}, ${after.attempt}::smallint, ${after.entry}::smallint)`;
  return tx.$queryRaw<UsageRow[]>`
    SELECT e.started_at AS "startedAt", e.request_id AS "requestId", e.attempt, e.entry, e.recorded_at AS "recordedAt",
      e.cost_pico_usd::text AS cost, e.charge_pico_usd::text AS charge, ${join(SELECTED)}
    FROM usage_entries e
    LEFT JOIN teams t ON t.organization_id = e.organization_id AND t.id = e.team_id
    LEFT JOIN virtual_keys k ON k.organization_id = e.organization_id AND k.id = e.key_id
    WHERE ${entryConditions(question, belowXid)} ${isAfter}
    ORDER BY e.started_at, e.request_id, e.attempt, e.entry LIMIT ${BATCH_ROWS}`;
}
