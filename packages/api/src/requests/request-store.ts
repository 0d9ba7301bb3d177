/**
 * Requests as the ledger knows them: one row per request log, its money and tokens from its usage entries.
 *
 * Entries are joined by the beginning of their primary key, row by row, so a page costs what it shows. Bounded
 * by a time range, which decides the partitions that are read.
 */
import { empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';
import type { ServedRoute, Substitution } from '@tollgate/metering';
import { toConditions } from './request-conditions.ts';
import type { RequestFilter } from './request-query.ts';

export interface RequestRow {
  readonly id: string;
  readonly startedAt: Date;
  readonly keyId: string;
  readonly teamId: string;
  readonly memberId: string;
  readonly serviceAccountId: string;
  readonly endUser: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sessionId: string;
  readonly endpoint: string;
  readonly dialect: string;
  readonly requestedModel: string;
  readonly model: string;
  readonly provider: string;
  readonly streamed: boolean;
  readonly livemode: boolean;
  readonly status: number;
  readonly errorCode: string;
  readonly refusal: unknown;
  readonly attemptCount: number;
  readonly totalMs: number;
  readonly firstTokenMs: number | null;
  readonly overheadUs: number;
  readonly clientAddress: string;
  readonly userAgent: string;
  readonly providerFormat: string;
  readonly translated: boolean;
  readonly unsupported: string[];
  readonly route: ServedRoute | null;
  readonly substitution: Substitution | null;
  /** Null: an attempt has no known cost. */
  readonly costPicoUsd: string | null;
  readonly chargePicoUsd: string;
  /** Null: of an attempt it is not known. */
  readonly spentPicoUsd: string | null;
  readonly estimated: boolean;
  readonly inputTokens: bigint;
  readonly cachedInputTokens: bigint;
  readonly cacheWriteTokens: bigint;
  readonly outputTokens: bigint;
  readonly reasoningTokens: bigint;
}

export interface RequestPage {
  readonly from: Date;
  readonly to: Date;
  readonly filters: readonly RequestFilter[];
  readonly after?: { readonly at: Date; readonly id: string };
  readonly limit: number;
  /** How many logged requests are looked through at most; by what is asked unless told. */
  readonly scanMax?: number;
}

export const requestColumns = sql`
  r.request_id AS id, r.started_at AS "startedAt", r.key_id AS "keyId", r.team_id AS "teamId",
  r.member_id AS "memberId", r.service_account_id AS "serviceAccountId", r.end_user AS "endUser", r.tags,
  r.session_id AS "sessionId", r.endpoint, r.dialect, r.requested_model AS "requestedModel", r.model, r.provider,
  r.streamed, r.livemode, r.status, r.error_code AS "errorCode", r.refusal, r.attempts AS "attemptCount",
  r.total_ms AS "totalMs", r.first_token_ms AS "firstTokenMs", r.overhead_us AS "overheadUs",
  r.client_address AS "clientAddress", r.user_agent AS "userAgent",
  r.provider_format AS "providerFormat", r.translated, r.unsupported, r.route,
  r.substitution, u.cost::text AS "costPicoUsd",
  u.charge::text AS "chargePicoUsd", u.spent::text AS "spentPicoUsd", u.estimated, u.input AS "inputTokens", u.cached AS "cachedInputTokens",
  u.written AS "cacheWriteTokens", u.output AS "outputTokens", u.reasoning AS "reasoningTokens"`;

/**
 * What the organization owes for an entry: the charge where the credential is resold, the provider's cost where it is its own.
 * Null: a price was missing, so that nothing is owed yet.
 */
const spentOfEntry = sql`CASE WHEN e.credential_owner <> 'operator' THEN e.cost_pico_usd
  WHEN e.cost_pico_usd IS NULL AND e.charge_pico_usd = 0 THEN NULL ELSE e.charge_pico_usd END`;

/** What the entries of `r` sum to, as `u`. */
export const entriesOfRow = sql`
  CROSS JOIN LATERAL (
    SELECT CASE WHEN count(*) FILTER (WHERE e.cost_pico_usd IS NULL) > count(*) FILTER (WHERE e.settles_unknown) THEN NULL ELSE COALESCE(sum(e.cost_pico_usd), 0) END AS cost,
      COALESCE(sum(e.charge_pico_usd), 0) AS charge,
      CASE WHEN count(*) FILTER (WHERE ${spentOfEntry} IS NULL) > count(*) FILTER (WHERE e.settles_unknown) THEN NULL ELSE COALESCE(sum(${spentOfEntry}), 0) END AS spent,
      COALESCE(bool_or(e.estimated), false) AS estimated,
      COALESCE(sum(e.input_tokens + e.audio_input_tokens), 0)::bigint AS input,
      COALESCE(sum(e.cached_input_tokens), 0)::bigint AS cached,
      COALESCE(sum(e.cache_write5m_tokens + e.cache_write1h_tokens), 0)::bigint AS written,
      COALESCE(sum(e.output_tokens + e.audio_output_tokens), 0)::bigint AS output,
      COALESCE(sum(e.reasoning_tokens), 0)::bigint AS reasoning
    FROM usage_entries e
    WHERE e.organization_id = r.organization_id AND e.started_at = r.started_at AND e.request_id = r.request_id
  ) u`;

/** How many logged requests one page may look at before it says how far it came. */
export const SCAN_MAX = 100_000;
/** Where each of them needs its entries: some twenty times as dear. */
export const SCAN_WITH_ENTRIES_MAX = 10_000;

export interface FoundRequests {
  readonly rows: readonly RequestRow[];
  /** Set where the page ended early, because so many requests were looked at: go on behind this one. */
  readonly scannedTo?: { readonly at: Date; readonly id: string };
}

/**
 * Newest first. A page costs at most its scan, however rare what it looks for: the rest of the range is behind
 * `scannedTo`.
 */
export async function findRequests(
  tx: Transaction,
  organizationId: string,
  page: RequestPage,
): Promise<FoundRequests> {
  const { scan, filters, entryFilters } = await toConditions(tx, organizationId, page.filters);
  const scanned = scanOf(organizationId, page, scan);
  const needsEntries = entryFilters.length > 0;
  const isSearch = needsEntries || filters.length > 0;
  const scanMax = page.scanMax ?? (needsEntries ? SCAN_WITH_ENTRIES_MAX : SCAN_MAX);
  // Entries are joined to the rows of the page alone, unless a filter is about them.
  const found = sql`
    SELECT * FROM (${newestRows(sql`r.*`, scanned, isSearch ? scanMax : page.limit)}) r ${filters.length === 0 ? empty : sql`WHERE ${join(filters, ' AND ')}`}
    ORDER BY r.started_at DESC, r.request_id DESC ${needsEntries ? empty : sql`LIMIT ${page.limit}`}`;
  const rows = await tx.$queryRaw<RequestRow[]>`
    SELECT ${requestColumns} FROM (${found}) r ${entriesOfRow}
    ${needsEntries ? sql`WHERE ${join(entryFilters, ' AND ')}` : empty}
    ORDER BY r.started_at DESC, r.request_id DESC
    LIMIT ${page.limit}`;
  if (!isSearch || rows.length >= page.limit) return { rows };
  const [last] = await tx.$queryRaw<{ at: Date; id: string }[]>`
    SELECT r.started_at AS at, r.request_id AS id FROM request_logs r WHERE ${scanned}
    ORDER BY r.started_at DESC, r.request_id DESC OFFSET ${scanMax - 1} LIMIT 1`;
  return last === undefined ? { rows } : { rows, scannedTo: last };
}

/** What an index follows: the range, and the term that leads. */
export function scanOf(
  organizationId: string,
  range: Pick<RequestPage, 'from' | 'to' | 'after'>,
  lead: readonly Prisma.Sql[],
): Prisma.Sql {
  return join([...rangeOf(organizationId, range), ...lead], ' AND ');
}

/** So many of them, in the order of an index: nothing is sorted, nothing beyond them is read. */
export function newestRows(selected: Prisma.Sql, scanned: Prisma.Sql, max: number): Prisma.Sql {
  return sql`SELECT ${selected} FROM request_logs r WHERE ${scanned}
    ORDER BY r.started_at DESC, r.request_id DESC LIMIT ${max}`;
}

function rangeOf(
  organizationId: string,
  { from, to, after }: Pick<RequestPage, 'from' | 'to' | 'after'>,
): Prisma.Sql[] {
  const conditions = [
    sql`r.organization_id = ${organizationId}`,
    sql`r.started_at >= ${from}`,
    sql`r.started_at < ${to}`,
  ];
  if (after !== undefined) conditions.push(sql`(r.started_at, r.request_id) < (${after.at}, ${after.id})`);
  return conditions;
}

/** @param startedAt From the id. @returns Undefined when there is no such request (yet). */
export async function findRequestRow(
  tx: Transaction,
  organizationId: string,
  startedAt: Date,
  id: string,
): Promise<RequestRow | undefined> {
  const rows = await tx.$queryRaw<RequestRow[]>`
    SELECT ${requestColumns} FROM request_logs r ${entriesOfRow}
    WHERE r.organization_id = ${organizationId} AND r.started_at = ${startedAt} AND r.request_id = ${id}`;
  return rows[0];
}

/** Every entry of these requests, by attempt, adjustments behind. */
export function listEntries(
  tx: Transaction,
  organizationId: string,
  requests: readonly { readonly startedAt: Date; readonly id: string }[],
): Promise<Prisma.UsageEntryModel[]> {
  if (requests.length === 0) return Promise.resolve([]);
  return tx.usageEntry.findMany({
    where: {
      organizationId,
      startedAt: { in: requests.map(({ startedAt }) => startedAt) },
      requestId: { in: requests.map(({ id }) => id) },
    },
    orderBy: [{ startedAt: 'desc' }, { requestId: 'desc' }, { attempt: 'asc' }, { entry: 'asc' }],
  });
}
