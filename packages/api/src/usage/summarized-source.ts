/**
 * Where the answer of a report by one dimension is read: whole days from the summaries by day, the rest of the range
 * from finer ones. Undefined where no summary knows the answer: then the cubes are read.
 *
 * What summaries do not have yet (`completeFrom`, packages/billing/src/rollup/usage-summaries.ts) comes from the cubes,
 * so that every range is answered exactly, however much of it is summarized.
 */
import { firstOfTwo, localStart } from '@tollgate/billing';
import { empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';
import {
  type BaseDimension,
  COLUMN,
  FILTER_DIMENSION,
  type Grouping,
  type UsageFilter,
} from './usage-dimensions.ts';

/** All are queries for rows with `bucket_start`, `value` and every measure. */
export interface SummarizedSource {
  /** The dimension that is grouped by; undefined: none. */
  readonly name: string | undefined;
  readonly rows: Prisma.Sql;
  /** What sums to the same for each value, of less rows: when it was is not asked. Of `topRange`, where there is one. */
  readonly ranking: Prisma.Sql;
  /** The rows of some values. */
  only(values: readonly string[]): Prisma.Sql;
  /** What all values sum to. Undefined where that is not kept, or some of them only are asked for. */
  readonly total: Prisma.Sql | undefined;
}

interface Boundaries {
  readonly completeFrom: Date;
  readonly isSpanZone: boolean;
  /** The first local midnight of the range, and its last; a running day is a whole one, because nothing lies behind it. */
  readonly firstDay: Date;
  readonly lastDay: Date;
  /** The first midnight on a Monday of its summarized part, and its last; a running week is a whole one likewise. */
  readonly firstWeek: Date;
  readonly lastWeek: Date;
}

interface Asked {
  readonly name: string | undefined;
  /** Empty: everything. */
  readonly dimension: string;
  /** Undefined: all. */
  readonly values: readonly string[] | undefined;
}

const BY_QUARTER: ReadonlySet<string> = new Set([
  '',
  'model',
  'provider',
  'endpoint',
  'status',
  'credential',
]);
const BY_WEEK: ReadonlySet<string> = new Set(['team', 'key', 'member', 'costCenter', 'endUser']);
/** All end users as one. */
const ANY_END_USER = 'anyEndUser';
const MEASURES = sql`requests, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
  cost_pico_usd, charge_pico_usd, saved_pico_usd`;

export async function findSummarizedSource(
  tx: Transaction,
  organizationId: string,
  grouping: Grouping,
  filter: UsageFilter,
): Promise<SummarizedSource | undefined> {
  const asked = findAsked(grouping, filter);
  if (asked === undefined) return undefined;
  const boundaries = await findBoundaries(tx, organizationId, filter);
  if (boundaries === undefined) return undefined;
  const range = { organizationId, boundaries, filter };
  const { interval: _, topRange, ...whenever } = filter;
  const ranked = { ...whenever, ...topRange };
  const rankedBoundaries =
    topRange === undefined ? boundaries : await findBoundaries(tx, organizationId, ranked);
  if (rankedBoundaries === undefined) return undefined;
  const whole = wholeOf(asked);
  return {
    name: asked.name,
    rows: cutRange(range, asked),
    ranking: cutRange({ organizationId, boundaries: rankedBoundaries, filter: ranked }, asked),
    only: (values) => cutRange(range, { ...asked, values }),
    total:
      whole === undefined ? undefined : cutRange(range, { ...asked, dimension: whole, values: undefined }),
  };
}

function wholeOf({ name, dimension, values }: Asked): string | undefined {
  if (name === undefined || values !== undefined || dimension.startsWith('tag:')) return undefined;
  return dimension === 'endUser' ? ANY_END_USER : '';
}

/** @returns Undefined where more than one dimension is asked about. */
function findAsked(grouping: Grouping, filter: UsageFilter): Asked | undefined {
  // A member's filter finds members and service accounts alike; a summary keeps one of the two.
  if (filter.memberId !== undefined) return undefined;
  const filters = Object.entries(FILTER_DIMENSION).flatMap(
    ([name, dimension]): [string, readonly string[]][] => {
      const value = filter[name as keyof typeof FILTER_DIMENSION];
      return value === undefined ? [] : [[dimension, [value].flat()]];
    },
  );
  if (grouping.cube !== 'base') {
    if (grouping.dimensions.includes('model' as never) || filters.length > 0) return undefined;
    const dimension = grouping.cube === 'endUser' ? 'endUser' : `tag:${grouping.tagName}`;
    const value = grouping.cube === 'endUser' ? filter.endUser : filter.tagValue;
    const values = value === undefined ? undefined : [value];
    return { name: grouping.dimensions.length === 0 ? undefined : dimension, dimension, values };
  }
  const [name, ...more] = grouping.dimensions;
  const [only, ...others] = filters;
  if (more.length > 0 || others.length > 0) return undefined;
  if (only === undefined) return { name, dimension: name ?? '', values: undefined };
  if (name !== undefined && name !== only[0]) return undefined;
  return { name, dimension: only[0], values: only[1] };
}

async function findBoundaries(
  tx: Transaction,
  organizationId: string,
  { from, to, timeZone }: Pick<UsageFilter, 'from' | 'to' | 'timeZone'>,
): Promise<Boundaries | undefined> {
  const [boundaries] = await tx.$queryRaw<Boundaries[]>`
    SELECT s.*, ${firstOfTwo('week', sql`monday.midnight`, timeZone)} AS "firstWeek",
      CASE WHEN s."goesOn" THEN ${localStart('week', sql`s."lastDay"`, timeZone)}
        ELSE ${firstOfTwo('week', sql`sunday.midnight`, timeZone)} END AS "lastWeek"
    FROM (
      SELECT complete_from AS "completeFrom", time_zone = ${timeZone} AS "isSpanZone",
        ${firstOfTwo('day', sql`next.midnight`, timeZone)} AS "firstDay",
        behind."goesOn", CASE WHEN behind."goesOn" THEN ${localStart('day', sql`${to}::timestamptz`, timeZone)}
          ELSE ${firstOfTwo('day', sql`behind.midnight`, timeZone)} END AS "lastDay"
      FROM usage_summary_spans
      CROSS JOIN (SELECT (date_trunc('day', (${from}::timestamptz - interval '1 millisecond') AT TIME ZONE ${timeZone}::text)
        + interval '1 day') AT TIME ZONE ${timeZone}::text AS midnight) next
      CROSS JOIN (SELECT (date_trunc('day', ${to}::timestamptz AT TIME ZONE ${timeZone}::text) + interval '1 day')
        AT TIME ZONE ${timeZone}::text AS midnight,
        EXISTS (SELECT FROM usage_rollups WHERE organization_id = ${organizationId} AND bucket_start >= ${to}) AS "goesOn") behind
      WHERE organization_id = ${organizationId}) AS s
    CROSS JOIN LATERAL (SELECT (date_trunc('week', (GREATEST(s."firstDay", s."completeFrom") - interval '1 millisecond')
      AT TIME ZONE ${timeZone}::text) + interval '1 week') AT TIME ZONE ${timeZone}::text AS midnight) AS monday
    CROSS JOIN LATERAL (SELECT (date_trunc('week', (s."lastDay" - interval '1 millisecond') AT TIME ZONE ${timeZone}::text)
      + interval '1 week') AT TIME ZONE ${timeZone}::text AS midnight) AS sunday`;
  return boundaries;
}

interface AskedRange {
  readonly organizationId: string;
  readonly boundaries: Boundaries;
  readonly filter: UsageFilter;
}

function cutRange({ organizationId, boundaries, filter }: AskedRange, asked: Asked): Prisma.Sql {
  const { from, to, interval, livemode } = filter;
  const { completeFrom, isSpanZone, lastDay, firstWeek, lastWeek } = boundaries;
  const firstDay = new Date(Math.max(boundaries.firstDay.getTime(), completeFrom.getTime()));
  const pieces: Prisma.Sql[] = [];
  const summary = (grain: 'quarter' | 'day' | 'week', start: Date, end: Date): void => {
    if (start >= end) return;
    pieces.push(sql`
      SELECT bucket_start, value, ${MEASURES}, spent_pico_usd FROM usage_summaries
      WHERE organization_id = ${organizationId} AND grain = ${grain} AND dimension = ${asked.dimension}
        AND bucket_start >= ${start} AND bucket_start < ${end} ${isAsked(sql`value`, asked)} ${modeOf(livemode)}`);
  };
  const cube = (start: Date, end: Date): void => {
    if (start < end) pieces.push(fromCube(organizationId, asked, start, end, livemode));
  };
  const fine = (start: Date, end: Date): void => {
    const isByQuarter = BY_QUARTER.has(asked.dimension) || asked.dimension.startsWith('tag:');
    const split = isByQuarter
      ? new Date(Math.min(Math.max(completeFrom.getTime(), start.getTime()), end.getTime()))
      : end;
    cube(start, split);
    summary('quarter', split, end);
  };
  const days = (start: Date, end: Date): void => {
    const isByWeek = interval === undefined && BY_WEEK.has(asked.dimension) && firstWeek < lastWeek;
    const [fromWeek, toWeek] = isByWeek ? [firstWeek, lastWeek] : [start, start];
    summary('day', start, fromWeek);
    summary('week', fromWeek, toWeek);
    summary('day', toWeek, end);
  };
  if (interval === 'hour' || !isSpanZone || firstDay >= lastDay) fine(from, to);
  else {
    fine(from, firstDay);
    days(firstDay, lastDay);
    fine(lastDay, to);
  }
  // A range of nothing still is a question.
  if (pieces.length === 0) summary('day', from, new Date(from.getTime() + 1));
  return join(pieces, ' UNION ALL ');
}

function isAsked(column: Prisma.Sql, { values }: Asked): Prisma.Sql {
  if (values === undefined) return empty;
  const [only, ...more] = values;
  return more.length === 0 && only !== undefined
    ? sql`AND ${column} = ${only}`
    : sql`AND ${column} = ANY (${[...values]}::text[])`;
}

function fromCube(
  organizationId: string,
  asked: Asked,
  start: Date,
  end: Date,
  livemode: boolean | undefined,
): Prisma.Sql {
  const { dimension } = asked;
  const range = sql`u.organization_id = ${organizationId} AND u.bucket_start >= ${start} AND u.bucket_start < ${end} ${modeOf(livemode)}`;
  const shared = sql`u.requests, u.input_tokens, u.cached_input_tokens, u.cache_write_tokens, u.output_tokens,
    u.reasoning_tokens, u.cost_pico_usd, u.charge_pico_usd`;
  if (dimension === 'endUser' || dimension === ANY_END_USER) {
    const value = dimension === 'endUser' ? sql`u.end_user` : sql`''`;
    return sql`SELECT u.bucket_start, ${value} AS value, ${shared}, 0::numeric AS saved_pico_usd, u.cost_pico_usd AS spent_pico_usd
      FROM end_user_rollups u WHERE ${range} ${isAsked(sql`u.end_user`, asked)}`;
  }
  if (dimension.startsWith('tag:')) {
    return sql`SELECT u.bucket_start, u.tag_value AS value, ${shared}, 0::numeric AS saved_pico_usd, u.cost_pico_usd AS spent_pico_usd
      FROM tag_rollups u WHERE ${range} AND u.tag_name = ${dimension.slice('tag:'.length)}
        ${isAsked(sql`u.tag_value`, asked)}`;
  }
  const column = dimension === '' ? sql`''` : COLUMN[dimension as BaseDimension];
  return sql`SELECT u.bucket_start, ${column} AS value, ${shared}, u.saved_pico_usd,
      CASE WHEN u.credential_owner = 'operator' THEN u.charge_pico_usd ELSE u.cost_pico_usd END AS spent_pico_usd
    FROM usage_rollups u WHERE ${range} ${isAsked(column, asked)}`;
}

function modeOf(livemode: boolean | undefined): Prisma.Sql {
  return livemode === undefined ? empty : sql`AND livemode = ${livemode}`;
}
