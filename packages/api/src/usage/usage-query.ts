/**
 * Usage by any dimension, from the roll-ups. Days and months are those of a time zone: buckets of 15 minutes
 * UTC add up to them wherever one is.
 *
 * End users and tags have cubes of their own, which know models but nothing of teams or keys.
 */
import { localStart } from '@tollgate/billing';
import { empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';
import { findSummarizedSource, type SummarizedSource } from './summarized-source.ts';
import {
  type AnyOf,
  COLUMN,
  FILTER_DIMENSION,
  type Grouping,
  type Interval,
  type UsageFilter,
} from './usage-dimensions.ts';

export interface UsageRow {
  readonly start: Date | null;
  readonly dimensions: Readonly<Record<string, string>>;
  /** All groups but the `top` ones. */
  readonly isRest: boolean;
  /** How many groups the rest stands for, of the range that tells which are the top ones. */
  readonly restGroups: number | null;
  readonly requests: string;
  readonly attempts: string;
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

const MEASURES = [
  sql`requests`,
  sql`attempts`,
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
const ALL = join(MEASURES);
const SUMS = join(MEASURES.map((measure) => sql`sum(u.${measure}) AS ${measure}`));

/**
 * Rows by time, then by what was spent, the most first; what is left beside the `top` groups is last.
 *
 * @param filter.after Without `interval` and `top`, which it does not go with.
 */
export async function queryUsage(
  tx: Transaction,
  organizationId: string,
  grouping: Grouping,
  filter: UsageFilter,
): Promise<UsageRow[]> {
  await tunePlanner(tx);
  const summarized = await findSummarizedSource(tx, organizationId, grouping, filter);
  if (summarized === undefined) {
    return queryGroups(tx, withPlaces(cubeGroups(organizationId, grouping, filter), filter), filter);
  }
  const { total, isGrouped, toDimensions } = summarized;
  if (filter.top !== undefined && total !== undefined) {
    const cut = await topGroups(tx, { ...summarized, total }, filter, filter.top);
    return queryGroups(tx, { rows: cut, toDimensions }, filter);
  }
  if (isGrouped && filter.interval === undefined && filter.limit < FEW_GROUPS) {
    const values = await nextValues(tx, summarized, filter);
    const rows = groupsOf(summarized.only(values), isGrouped, filter);
    return queryGroups(tx, { rows: withoutRest(rows), toDimensions }, filter);
  }
  const groups: Ranked = {
    rows: groupsOf(summarized.rows, isGrouped, filter),
    ranking: sql`SELECT ${isGrouped ? sql`u.value` : sql`''`} AS key, u.spent_pico_usd FROM (${summarized.ranking}) u`,
    toDimensions,
    toKey: (dimensions) => sql`${summarized.toValue(dimensions)}::text`,
  };
  return queryGroups(tx, withPlaces(groups, filter), filter);
}

/** Below it, what a page tells is found by one column first. */
const FEW_GROUPS = 1_002;

/** Indexes of summaries and cubes are in memory or soon will be, and no answer takes as long as compiling its query. */
async function tunePlanner(tx: Transaction): Promise<void> {
  await tx.$queryRaw`
    SELECT set_config('random_page_cost', '1.1', true), set_config('work_mem', '64MB', true), set_config('jit', 'off', true)`;
}

/** A query for rows with `start`, `key`, every measure, `is_rest` and `rest_groups`. */
interface Groups {
  readonly rows: Prisma.Sql;
  readonly toDimensions: (key: Prisma.Sql) => Prisma.Sql;
}

/** All groups: rows with `start`, `key` and every measure. */
interface Ranked extends Groups {
  /** Rows with `key` and `spent_pico_usd` that say which groups are the top ones. */
  readonly ranking: Prisma.Sql;
  readonly toKey: (dimensions: Readonly<Record<string, string>>) => Prisma.Sql;
}

async function queryGroups(
  tx: Transaction,
  { rows, toDimensions }: Groups,
  { top, limit }: UsageFilter,
): Promise<UsageRow[]> {
  // As one text: thousands of rows of a dozen columns take the driver four times as long. Amounts are text within it, too.
  const [answer] = await tx.$queryRaw<{ rows: string | null }[]>`
    SELECT json_agg(q)::text AS rows FROM (
      SELECT s.start, CASE WHEN s.is_rest THEN '{}'::jsonb ELSE ${toDimensions(sql`s.key`)} END AS dimensions,
        s.is_rest AS "isRest", s.rest_groups AS "restGroups",
        s.requests::text AS requests, s.attempts::text AS attempts, s.input_tokens::text AS "inputTokens", s.cached_input_tokens::text AS "cachedInputTokens",
        s.cache_write_tokens::text AS "cacheWriteTokens", s.output_tokens::text AS "outputTokens",
        s.reasoning_tokens::text AS "reasoningTokens", s.cost_pico_usd::text AS "costPicoUsd",
        s.charge_pico_usd::text AS "chargePicoUsd", s.saved_pico_usd::text AS "savedPicoUsd",
        s.spent_pico_usd::text AS "spentPicoUsd"
      FROM (${rows}) AS s
      ORDER BY s.start NULLS FIRST, ${top === undefined ? empty : sql`s.is_rest,`} s.spent_pico_usd DESC, s.key
      LIMIT ${limit}) q`;
  const parsed = JSON.parse(answer?.rows ?? '[]') as (Omit<UsageRow, 'start'> & { start: string | null })[];
  return parsed.map((row) => ({ ...row, start: row.start === null ? null : new Date(row.start) }));
}

function withPlaces(groups: Ranked, { top, after }: UsageFilter): Groups {
  const { toDimensions, toKey, rows, ranking } = groups;
  if (top !== undefined) return { rows: cutToTop(rows, ranking, top), toDimensions };
  if (after === undefined) return { rows: withoutRest(rows), toDimensions };
  const behind = isBehind(sql`g.spent_pico_usd`, sql`g.key`, after.spentPicoUsd, toKey(after.dimensions));
  return { rows: withoutRest(sql`SELECT * FROM (${rows}) g WHERE ${behind}`), toDimensions };
}

function withoutRest(rows: Prisma.Sql): Prisma.Sql {
  return sql`SELECT g.*, false AS is_rest, NULL::bigint AS rest_groups FROM (${rows}) g`;
}

/** In the order of pages: what most was spent on first, then by name. */
function isBehind(spent: Prisma.Sql, key: Prisma.Sql, spentBefore: string, keyBefore: Prisma.Sql) {
  return sql`(${spent} < ${spentBefore}::numeric OR (${spent} = ${spentBefore}::numeric AND ${key} > ${keyBefore}))`;
}

/** Of few groups, or such as are not summarized: all are summed, and then cut. */
function cutToTop(rows: Prisma.Sql, ranking: Prisma.Sql, top: number): Prisma.Sql {
  return sql`
    WITH groups AS MATERIALIZED (${rows}),
    places AS (SELECT r.key, row_number() OVER (ORDER BY sum(r.spent_pico_usd) DESC, r.key) > ${top} AS is_rest
      FROM (${ranking}) r GROUP BY r.key),
    told AS (SELECT u.*, COALESCE(p.is_rest, true) AS is_rest FROM groups u LEFT JOIN places p ON p.key = u.key)
    SELECT u.start, CASE WHEN u.is_rest THEN NULL ELSE u.key END AS key, u.is_rest,
      CASE WHEN u.is_rest THEN (SELECT count(*) FROM places WHERE is_rest) END AS rest_groups, ${SUMS}
    FROM told u GROUP BY 1, 2, 3`;
}

/** Of thousands of values, those of one page: all of them are ranked by one column, and only these are read as a whole. */
async function nextValues(
  tx: Transaction,
  { ranking, toValue }: SummarizedSource,
  { after, limit }: UsageFilter,
): Promise<string[]> {
  const behind =
    after === undefined
      ? empty
      : sql`HAVING ${isBehind(sql`sum(u.spent_pico_usd)`, sql`u.value`, after.spentPicoUsd, sql`${toValue(after.dimensions)}::text`)}`;
  const best = await tx.$queryRaw<{ value: string }[]>`
    SELECT u.value FROM (${ranking}) u GROUP BY 1 ${behind} ORDER BY sum(u.spent_pico_usd) DESC, 1 LIMIT ${limit}`;
  return best.map(({ value }) => value);
}

function groupsOf(rows: Prisma.Sql, isGrouped: boolean, filter: UsageFilter): Prisma.Sql {
  return sql`SELECT ${startOf(filter)} AS start, ${isGrouped ? sql`u.value` : sql`''`} AS key, ${SUMS}
    FROM (${rows}) u GROUP BY 1, 2`;
}

/**
 * Of thousands of values: those that most was spent on are found first, and only they are read by time. The rest is what
 * all sum to, less these.
 */
async function topGroups(
  tx: Transaction,
  { ranking, only, total, isGrouped }: SummarizedSource & { readonly total: Prisma.Sql },
  filter: UsageFilter,
  top: number,
): Promise<Prisma.Sql> {
  const best = await tx.$queryRaw<{ value: string; groups: bigint }[]>`
    SELECT u.value, count(*) OVER () AS groups FROM (${ranking}) u GROUP BY 1 ORDER BY sum(u.spent_pico_usd) DESC, 1 LIMIT ${top}`;
  const rows = only(best.map(({ value }) => value));
  const restGroups = Number(best[0]?.groups ?? 0) - best.length;
  const less = join(MEASURES.map((measure) => sql`-o.${measure}`));
  return sql`
    WITH best AS MATERIALIZED (${groupsOf(rows, isGrouped, filter)})
    SELECT start, key, false AS is_rest, NULL::bigint AS rest_groups, ${ALL} FROM best
    UNION ALL
    SELECT u.start, NULL, true, ${restGroups}::bigint, ${SUMS}
    FROM (SELECT t.start, ${join(MEASURES.map((measure) => sql`t.${measure}`))} FROM (${groupsOf(total, false, filter)}) t
      UNION ALL SELECT o.start, ${less} FROM best o) u
    GROUP BY 1 HAVING ${join(
      MEASURES.map((measure) => sql`sum(u.${measure}) <> 0`),
      ' OR ',
    )}`;
}

function cubeGroups(organizationId: string, grouping: Grouping, filter: UsageFilter): Ranked {
  const pairs = Object.entries(dimensionsOf(grouping)).map(([name, column]) => sql`${name}::text, ${column}`);
  const object = pairs.length === 0 ? sql`'{}'::jsonb` : sql`jsonb_build_object(${join(pairs)})`;
  const spent =
    grouping.cube === 'base'
      ? sql`CASE WHEN u.credential_owner = 'operator' THEN u.charge_pico_usd ELSE u.cost_pico_usd END AS spent_pico_usd`
      : sql`u.spent_pico_usd`;
  const rowsOf = (asked: UsageFilter): Prisma.Sql => sql`
    SELECT ${startOf(asked)} AS start, ${object} AS key, u.requests, u.attempts, u.input_tokens, u.cached_input_tokens,
      u.cache_write_tokens, u.output_tokens, u.reasoning_tokens, u.cost_pico_usd, u.charge_pico_usd, u.saved_pico_usd, ${spent}
    FROM ${tableOf(grouping)} u
    WHERE ${join(conditionsOf(organizationId, grouping, asked), ' AND ')}`;
  const { topRange } = filter;
  return {
    rows: sql`SELECT u.start, u.key, ${SUMS} FROM (${rowsOf(filter)}) u GROUP BY 1, 2`,
    ranking:
      topRange === undefined
        ? sql`SELECT key, spent_pico_usd FROM groups`
        : rowsOf({ ...filter, ...topRange }),
    toDimensions: (key) => key,
    toKey: (dimensions) => sql`${JSON.stringify(dimensions)}::jsonb`,
  };
}

function startOf({ interval, timeZone }: UsageFilter): Prisma.Sql {
  return interval === undefined ? sql`NULL::timestamptz` : bucketOf(interval, timeZone);
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
  const asked = Object.entries(FILTER_DIMENSION).flatMap(([name, dimension]) =>
    isAnyOf(COLUMN[dimension], filter[name as keyof typeof FILTER_DIMENSION]),
  );
  if (memberId === undefined) return asked;
  const either = [sql`u.member_id`, sql`u.service_account_id`].flatMap((column) => isAnyOf(column, memberId));
  return [...asked, sql`(${join(either, ' OR ')})`];
}

/** @returns No condition where nothing is asked. */
function isAnyOf(column: Prisma.Sql, asked: AnyOf | undefined): Prisma.Sql[] {
  if (asked === undefined) return [];
  return [
    typeof asked === 'string' ? sql`${column} = ${asked}` : sql`${column} = ANY (${[...asked]}::text[])`,
  ];
}

function cubeConditions(grouping: Grouping, { model, endUser, tagValue }: UsageFilter): Prisma.Sql[] {
  return [
    ...isAnyOf(sql`u.model`, model),
    ...(grouping.cube === 'endUser' ? isAnyOf(sql`u.end_user`, endUser) : []),
    ...(grouping.cube === 'tag' ? [sql`u.tag_name = ${grouping.tagName}`] : []),
    ...(grouping.cube === 'tag' ? isAnyOf(sql`u.tag_value`, tagValue) : []),
  ];
}

/** The instant at which the bucket's local hour, day or month began. */
function bucketOf(interval: Interval, timeZone: string): Prisma.Sql {
  if (interval !== 'hour') return localStart(interval, sql`u.bucket_start`, timeZone);
  return sql`date_trunc('hour', u.bucket_start, ${timeZone}::text)`;
}
