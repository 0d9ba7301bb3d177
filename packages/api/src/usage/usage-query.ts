/**
 * Usage by any dimension, from the roll-ups. Days and months are those of a time zone: buckets of 15 minutes
 * UTC add up to them wherever one is.
 *
 * End users and tags have cubes of their own, which know models but nothing of teams or keys.
 */
import { empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';

export const BASE_DIMENSIONS = [
  'team',
  'key',
  'model',
  'provider',
  'member',
  'endpoint',
  'status',
  'costCenter',
  'credential',
] as const;
export type BaseDimension = (typeof BASE_DIMENSIONS)[number];

export type Grouping =
  | { readonly cube: 'base'; readonly dimensions: readonly BaseDimension[] }
  | { readonly cube: 'endUser'; readonly byModel: boolean }
  | { readonly cube: 'tag'; readonly tagName: string; readonly byModel: boolean };

export type Interval = 'hour' | 'day' | 'month';

export interface UsageFilter {
  readonly from: Date;
  readonly to: Date;
  readonly timeZone: string;
  readonly interval?: Interval;
  readonly livemode?: boolean;
  readonly teamId?: string;
  readonly keyId?: string;
  readonly memberId?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly limit: number;
}

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

const COLUMN: Readonly<Record<BaseDimension, Prisma.Sql>> = {
  team: sql`u.team_id`,
  key: sql`u.key_id`,
  model: sql`u.model`,
  provider: sql`u.provider`,
  member: sql`COALESCE(NULLIF(u.member_id, ''), u.service_account_id)`,
  endpoint: sql`u.endpoint`,
  status: sql`u.status`,
  costCenter: sql`u.cost_center`,
  credential: sql`u.credential_id`,
};

/** Rows by time, then by what was spent, the most first. */
export function queryUsage(
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
  return {
    ...(grouping.cube === 'endUser'
      ? { endUser: sql`u.end_user` }
      : { [`tag:${grouping.tagName}`]: sql`u.tag_value` }),
    ...(grouping.byModel ? { model: sql`u.model` } : {}),
  };
}

function conditionsOf(organizationId: string, grouping: Grouping, filter: UsageFilter): Prisma.Sql[] {
  const { livemode, teamId, keyId, memberId, model, provider } = filter;
  return [
    sql`u.organization_id = ${organizationId}`,
    sql`u.bucket_start >= ${filter.from}`,
    sql`u.bucket_start < ${filter.to}`,
    livemode === undefined ? empty : sql`u.livemode = ${livemode}`,
    grouping.cube === 'tag' ? sql`u.tag_name = ${grouping.tagName}` : empty,
    teamId === undefined ? empty : sql`u.team_id = ${teamId}`,
    keyId === undefined ? empty : sql`u.key_id = ${keyId}`,
    memberId === undefined ? empty : sql`(u.member_id = ${memberId} OR u.service_account_id = ${memberId})`,
    model === undefined ? empty : sql`u.model = ${model}`,
    provider === undefined ? empty : sql`u.provider = ${provider}`,
  ].filter((condition) => condition !== empty);
}

/** The instant at which the bucket's local hour, day or month began. */
function bucketOf(interval: Interval, timeZone: string): Prisma.Sql {
  return sql`date_trunc(${interval}::text, u.bucket_start, ${timeZone}::text)`;
}
