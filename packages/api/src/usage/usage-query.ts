/**
 * Usage by any dimension, from the roll-ups. Days and months are those of a time zone: buckets of 15 minutes
 * UTC add up to them wherever one is.
 *
 * End users and tags have cubes of their own, which know models but nothing of teams or keys.
 */
import { localStart } from '@tollgate/billing';
import { join, type Prisma, sql, type Transaction } from '@tollgate/db';
import { findSummarizedSource, type SummarizedSource } from './summarized-source.ts';
import {
  COLUMN,
  FILTER_DIMENSION,
  type Grouping,
  type Interval,
  type UsageFilter,
} from './usage-dimensions.ts';

export interface UsageRow {
  readonly start: Date | null;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly requests: string;
  readonly inputTokens: string;
  readonly cachedInputTokens: string;
  readonly cacheWriteTokens: string;
  readonly outputTokens: string;
  readonly reasoningTokens: string;
  readonly costPicoUsd: string;
  readonly chargePicoUsd: string;
  readonly savedPicoUsd: string;
  readonly spentPicoUsd: string;
}

/** Rows by time, then by what was spent, the most first. */
export async function queryUsage(
  tx: Transaction,
  organizationId: string,
  grouping: Grouping,
  filter: UsageFilter,
): Promise<UsageRow[]> {
  const summarized = await findSummarizedSource(tx, organizationId, grouping, filter);
  return summarized === undefined
    ? queryCubes(tx, organizationId, grouping, filter)
    : querySummaries(tx, summarized, filter);
}

function querySummaries(
  tx: Transaction,
  { name, rows }: SummarizedSource,
  filter: UsageFilter,
): Promise<UsageRow[]> {
  const start =
    filter.interval === undefined ? sql`NULL::timestamptz` : bucketOf(filter.interval, filter.timeZone);
  const object = name === undefined ? sql`'{}'::jsonb` : sql`jsonb_build_object(${name}::text, s.value)`;
  // Summed by the bare value first: objects of JSON are dear to compare.
  return tx.$queryRaw<UsageRow[]>`
    SELECT s.start, ${object} AS dimensions, s.requests::text AS requests, s.input_tokens::text AS "inputTokens",
      s.cached_input_tokens::text AS "cachedInputTokens", s.cache_write_tokens::text AS "cacheWriteTokens",
      s.output_tokens::text AS "outputTokens", s.reasoning_tokens::text AS "reasoningTokens",
      s.cost_pico_usd::text AS "costPicoUsd", s.charge_pico_usd::text AS "chargePicoUsd",
      s.saved_pico_usd::text AS "savedPicoUsd", s.spent_pico_usd::text AS "spentPicoUsd"
    FROM (
      SELECT ${start} AS start, ${name === undefined ? sql`''` : sql`u.value`} AS value, sum(u.requests) AS requests,
        sum(u.input_tokens) AS input_tokens, sum(u.cached_input_tokens) AS cached_input_tokens,
        sum(u.cache_write_tokens) AS cache_write_tokens, sum(u.output_tokens) AS output_tokens,
        sum(u.reasoning_tokens) AS reasoning_tokens, sum(u.cost_pico_usd) AS cost_pico_usd,
        sum(u.charge_pico_usd) AS charge_pico_usd, sum(u.saved_pico_usd) AS saved_pico_usd,
        sum(u.spent_pico_usd) AS spent_pico_usd
      FROM (${rows}) u GROUP BY 1, 2) s
    ORDER BY s.start NULLS FIRST, s.spent_pico_usd DESC, s.value
    LIMIT ${filter.limit}`;
}

function queryCubes(
  tx: Transaction,
  organizationId: string,
  grouping: Grouping,
  filter: UsageFilter,
): Promise<UsageRow[]> {
  const dimensions = dimensionsOf(grouping);
  const start =
    filter.interval === undefined ? sql`NULL::timestamptz` : bucketOf(filter.interval, filter.timeZone);
  const pairs = Object.entries(dimensions).map(([name, column]) => sql`${name}::text, ${column}`);
  const object = pairs.length === 0 ? sql`'{}'::jsonb` : sql`jsonb_build_object(${join(pairs)})`;
  const spent =
    grouping.cube === 'base'
      ? sql`sum(CASE WHEN u.credential_owner = 'operator' THEN u.charge_pico_usd ELSE u.cost_pico_usd END)`
      : sql`sum(u.cost_pico_usd)`;
  const saved = grouping.cube === 'base' ? sql`sum(u.saved_pico_usd)` : sql`0`;
  return tx.$queryRaw<UsageRow[]>`
    SELECT ${start} AS start, ${object} AS dimensions, sum(u.requests)::text AS requests,
      sum(u.input_tokens)::text AS "inputTokens", sum(u.cached_input_tokens)::text AS "cachedInputTokens",
      sum(u.cache_write_tokens)::text AS "cacheWriteTokens", sum(u.output_tokens)::text AS "outputTokens",
      sum(u.reasoning_tokens)::text AS "reasoningTokens", sum(u.cost_pico_usd)::text AS "costPicoUsd",
      sum(u.charge_pico_usd)::text AS "chargePicoUsd", ${saved}::text AS "savedPicoUsd",
      ${spent}::text AS "spentPicoUsd"
    FROM ${tableOf(grouping)} u
    WHERE ${join(conditionsOf(organizationId, grouping, filter), ' AND ')}
    GROUP BY 1, 2
    ORDER BY 1 NULLS FIRST, ${spent} DESC, 2
    LIMIT ${filter.limit}`;
}

function tableOf({ cube }: Grouping): Prisma.Sql {
  switch (cube) {
    case 'base':
      return sql`usage_rollups`;
    case 'endUser':
      return sql`end_user_rollups`;
    case 'tag':
      return sql`tag_rollups`;
    default:
      return cube satisfies never;
  }
}

function dimensionsOf(grouping: Grouping): Readonly<Record<string, Prisma.Sql>> {
  if (grouping.cube === 'base') {
    return Object.fromEntries(grouping.dimensions.map((dimension) => [dimension, COLUMN[dimension]]));
  }
  const columns = grouping.dimensions.map((dimension): [string, Prisma.Sql] => {
    switch (dimension) {
      case 'model':
        return ['model', sql`u.model`];
      case 'endUser':
        return ['endUser', sql`u.end_user`];
      case 'tag':
        return [`tag:${grouping.cube === 'tag' ? grouping.tagName : ''}`, sql`u.tag_value`];
      default:
        return dimension satisfies never;
    }
  });
  return Object.fromEntries(columns);
}

function conditionsOf(organizationId: string, grouping: Grouping, filter: UsageFilter): Prisma.Sql[] {
  return [
    sql`u.organization_id = ${organizationId}`,
    sql`u.bucket_start >= ${filter.from}`,
    sql`u.bucket_start < ${filter.to}`,
    ...(filter.livemode === undefined ? [] : [sql`u.livemode = ${filter.livemode}`]),
    ...(grouping.cube === 'base' ? baseConditions(filter) : cubeConditions(grouping, filter)),
  ];
}

function baseConditions(filter: UsageFilter): Prisma.Sql[] {
  const { memberId } = filter;
  const asked = Object.entries(FILTER_DIMENSION).flatMap(([name, dimension]) => {
    const value = filter[name as keyof typeof FILTER_DIMENSION];
    return value === undefined ? [] : [sql`${COLUMN[dimension]} = ${value}`];
  });
  if (memberId === undefined) return asked;
  return [...asked, sql`(u.member_id = ${memberId} OR u.service_account_id = ${memberId})`];
}

function cubeConditions(grouping: Grouping, { model, endUser, tagValue }: UsageFilter): Prisma.Sql[] {
  return [
    ...(model === undefined ? [] : [sql`u.model = ${model}`]),
    ...(grouping.cube === 'endUser' && endUser !== undefined ? [sql`u.end_user = ${endUser}`] : []),
    ...(grouping.cube === 'tag' ? [sql`u.tag_name = ${grouping.tagName}`] : []),
    ...(grouping.cube === 'tag' && tagValue !== undefined ? [sql`u.tag_value = ${tagValue}`] : []),
  ];
}

/** The instant at which the bucket's local hour, day or month began. */
function bucketOf(interval: Interval, timeZone: string): Prisma.Sql {
  if (interval !== 'hour') return localStart(interval, sql`u.bucket_start`, timeZone);
  return sql`date_trunc('hour', u.bucket_start, ${timeZone}::text)`;
}
