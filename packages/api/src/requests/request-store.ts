/**
 * Requests as the ledger knows them: one row per request log, its money and tokens from its usage entries.
 *
 * Entries are joined by the beginning of their primary key, row by row, so a page costs what it shows. Bounded
 * by a time range, which decides the partitions that are read.
 */
import { join, type Prisma, sql, type Transaction } from '@tollgate/db';
import type { Comparison, RequestFilter, TextField } from './request-query.ts';

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
  /** Null: an attempt has no known cost. */
  readonly costPicoUsd: string | null;
  readonly chargePicoUsd: string;
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
}

const columns = sql`
  r.request_id AS id, r.started_at AS "startedAt", r.key_id AS "keyId", r.team_id AS "teamId",
  r.member_id AS "memberId", r.service_account_id AS "serviceAccountId", r.end_user AS "endUser", r.tags,
  r.session_id AS "sessionId", r.endpoint, r.dialect, r.requested_model AS "requestedModel", r.model, r.provider,
  r.streamed, r.livemode, r.status, r.error_code AS "errorCode", r.refusal, r.attempts AS "attemptCount",
  r.total_ms AS "totalMs", r.first_token_ms AS "firstTokenMs", r.overhead_us AS "overheadUs",
  r.client_address AS "clientAddress", r.user_agent AS "userAgent",
  r.provider_format AS "providerFormat", r.translated, r.unsupported, u.cost::text AS "costPicoUsd",
  u.charge::text AS "chargePicoUsd", u.estimated, u.input AS "inputTokens", u.cached AS "cachedInputTokens",
  u.written AS "cacheWriteTokens", u.output AS "outputTokens", u.reasoning AS "reasoningTokens"`;

const entries = sql`
  CROSS JOIN LATERAL (
    SELECT CASE WHEN count(*) FILTER (WHERE e.cost_pico_usd IS NULL) > count(*) FILTER (WHERE e.settles_unknown) THEN NULL ELSE COALESCE(sum(e.cost_pico_usd), 0) END AS cost,
      COALESCE(sum(e.charge_pico_usd), 0) AS charge,
      COALESCE(bool_or(e.estimated), false) AS estimated,
      COALESCE(sum(e.input_tokens), 0)::bigint AS input,
      COALESCE(sum(e.cached_input_tokens), 0)::bigint AS cached,
      COALESCE(sum(e.cache_write5m_tokens + e.cache_write1h_tokens), 0)::bigint AS written,
      COALESCE(sum(e.output_tokens), 0)::bigint AS output,
      COALESCE(sum(e.reasoning_tokens), 0)::bigint AS reasoning
    FROM usage_entries e
    WHERE e.organization_id = r.organization_id AND e.started_at = r.started_at AND e.request_id = r.request_id
  ) u`;

/** Newest first. */
export function listRequests(
  tx: Transaction,
  organizationId: string,
  page: RequestPage,
): Promise<RequestRow[]> {
  const conditions = [
    sql`r.organization_id = ${organizationId}`,
    sql`r.started_at >= ${page.from}`,
    sql`r.started_at < ${page.to}`,
    ...page.filters.map(toCondition),
  ];
  if (page.after !== undefined) {
    conditions.push(sql`(r.started_at, r.request_id) < (${page.after.at}, ${page.after.id})`);
  }
  return tx.$queryRaw<RequestRow[]>`
    SELECT ${columns} FROM request_logs r ${entries}
    WHERE ${join(conditions, ' AND ')}
    ORDER BY r.started_at DESC, r.request_id DESC
    LIMIT ${page.limit}`;
}

/** @param startedAt From the id. @returns Undefined when there is no such request (yet). */
export async function findRequestRow(
  tx: Transaction,
  organizationId: string,
  startedAt: Date,
  id: string,
): Promise<RequestRow | undefined> {
  const rows = await tx.$queryRaw<RequestRow[]>`
    SELECT ${columns} FROM request_logs r ${entries}
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

function toCondition(filter: RequestFilter): Prisma.Sql {
  const condition = positiveCondition(filter);
  return filter.negated ? sql`NOT COALESCE(${condition}, false)` : condition;
}

function positiveCondition(filter: RequestFilter): Prisma.Sql {
  switch (filter.kind) {
    case 'text':
      return textCondition(filter.field, filter.value);
    case 'number':
      return compare(NUMBER_COLUMN[filter.field], filter.comparison, sql`${filter.value}::int`);
    case 'cost':
      return compare(sql`u.cost`, filter.comparison, sql`${filter.picoUsd.toString()}::numeric`);
    case 'tag':
      return filter.value === null
        ? sql`r.tags ? ${filter.name}`
        : sql`r.tags ->> ${filter.name} = ${filter.value}`;
    case 'flag':
      return sql`${FLAG_COLUMN[filter.field]} = ${filter.value}`;
    default:
      return filter satisfies never;
  }
}

const NUMBER_COLUMN = { status: sql`r.status`, latency: sql`r.total_ms`, attempts: sql`r.attempts` } as const;
const FLAG_COLUMN = {
  streamed: sql`r.streamed`,
  livemode: sql`r.livemode`,
  translated: sql`r.translated`,
  estimated: sql`u.estimated`,
} as const;

const COMPARE: Readonly<Record<Comparison, Prisma.Sql>> = {
  '=': sql`=`,
  '>': sql`>`,
  '>=': sql`>=`,
  '<': sql`<`,
  '<=': sql`<=`,
};

function compare(column: Prisma.Sql, comparison: Comparison, value: Prisma.Sql): Prisma.Sql {
  return sql`${column} ${COMPARE[comparison]} ${value}`;
}

function textCondition(field: TextField, value: string): Prisma.Sql {
  switch (field) {
    case 'id':
      return matches(sql`r.request_id`, value);
    case 'key':
      return sql`(${matches(sql`r.key_id`, value)} OR r.key_id IN (
        SELECT k.id FROM virtual_keys k WHERE k.organization_id = r.organization_id AND ${matches(sql`k.name`, value)}))`;
    case 'team':
      return sql`(${matches(sql`r.team_id`, value)} OR r.team_id IN (
        SELECT t.id FROM teams t WHERE t.organization_id = r.organization_id
          AND (${matches(sql`t.slug`, value)} OR ${matches(sql`t.name`, value)})))`;
    case 'member':
      return sql`(${matches(sql`r.member_id`, value)} OR ${matches(sql`r.service_account_id`, value)})`;
    case 'model':
      return sql`(${matches(sql`r.model`, value)} OR ${matches(sql`r.requested_model`, value)})`;
    case 'provider':
      return matches(sql`r.provider`, value);
    case 'user':
      return matches(sql`r.end_user`, value);
    case 'session':
      return matches(sql`r.session_id`, value);
    case 'endpoint':
      return matches(sql`r.endpoint`, value);
    case 'format':
      return matches(sql`r.provider_format`, value);
    case 'unsupported':
      return sql`EXISTS (SELECT 1 FROM unnest(r.unsupported) AS parameter WHERE ${matches(sql`parameter`, value)})`;
    case 'error':
      return matches(sql`r.error_code`, value);
    default:
      return field satisfies never;
  }
}

/** Equal, or with `*` for any characters. LIKE has no backtracking to speak of: no pattern hurts. */
function matches(column: Prisma.Sql, value: string): Prisma.Sql {
  if (!value.includes('*')) return sql`${column} = ${value}`;
  const pattern = value.replaceAll(/[\\%_]/g, (character) => `\\${character}`).replaceAll(/\*+/g, '%');
  return sql`${column} LIKE ${pattern}`;
}
