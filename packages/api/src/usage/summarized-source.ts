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

export interface SummarizedSource {
  /** The dimension that is grouped by; undefined: none. */
  readonly name: string | undefined;
  /** Rows with `bucket_start`, `value` and every measure. */
  readonly rows: Prisma.Sql;
}

interface Boundaries {
  readonly completeFrom: Date;
  readonly isSpanZone: boolean;
  /** The first local midnight of the range, and its last. */
  readonly firstDay: Date;
  readonly lastDay: Date;
}

interface Asked {
  readonly name: string | undefined;
  /** Empty: everything. */
  readonly dimension: string;
  readonly value: string | undefined;
}

const BY_QUARTER: ReadonlySet<string> = new Set([
  '',
  'model',
  'provider',
  'endpoint',
  'status',
  'credential',
]);
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
  const pieces = cutRange(organizationId, asked, boundaries, filter);
  return { name: asked.name, rows: join(pieces, ' UNION ALL ') };
}

/** @returns Undefined where more than one dimension is asked about. */
function findAsked(grouping: Grouping, filter: UsageFilter): Asked | undefined {
  // A member's filter finds members and service accounts alike; a summary keeps one of the two.
  if (filter.memberId !== undefined) return undefined;
  const filters = Object.entries(FILTER_DIMENSION).flatMap(([name, dimension]): [string, string][] => {
    const value = filter[name as keyof typeof FILTER_DIMENSION];
    return value === undefined ? [] : [[dimension, value]];
  });
  if (grouping.cube !== 'base') {
    if (grouping.dimensions.includes('model' as never) || filters.length > 0) return undefined;
    const dimension = grouping.cube === 'endUser' ? 'endUser' : `tag:${grouping.tagName}`;
    const value = grouping.cube === 'endUser' ? filter.endUser : filter.tagValue;
    return { name: grouping.dimensions.length === 0 ? undefined : dimension, dimension, value };
  }
  const [name, ...more] = grouping.dimensions;
  const [only, ...others] = filters;
  if (more.length > 0 || others.length > 0) return undefined;
  if (only === undefined) return { name, dimension: name ?? '', value: undefined };
  if (name !== undefined && name !== only[0]) return undefined;
  return { name, dimension: only[0], value: only[1] };
}

async function findBoundaries(
  tx: Transaction,
  organizationId: string,
  { from, to, timeZone }: UsageFilter,
): Promise<Boundaries | undefined> {
  const [boundaries] = await tx.$queryRaw<Boundaries[]>`
    SELECT complete_from AS "completeFrom", time_zone = ${timeZone} AS "isSpanZone",
      ${firstOfTwo('day', sql`next.midnight`, timeZone)} AS "firstDay",
      ${localStart('day', sql`${to}::timestamptz`, timeZone)} AS "lastDay"
    FROM usage_summary_spans
    CROSS JOIN (SELECT (date_trunc('day', (${from}::timestamptz - interval '1 millisecond') AT TIME ZONE ${timeZone}::text)
      + interval '1 day') AT TIME ZONE ${timeZone}::text AS midnight) next
    WHERE organization_id = ${organizationId}`;
  return boundaries;
}

function cutRange(
  organizationId: string,
  asked: Asked,
  boundaries: Boundaries,
  filter: UsageFilter,
): Prisma.Sql[] {
  const { from, to, interval, livemode } = filter;
  const { completeFrom, isSpanZone, lastDay } = boundaries;
  const firstDay = new Date(Math.max(boundaries.firstDay.getTime(), completeFrom.getTime()));
  const pieces: Prisma.Sql[] = [];
  const summary = (grain: 'quarter' | 'day', start: Date, end: Date): void => {
    if (start >= end) return;
    pieces.push(sql`
      SELECT bucket_start, value, ${MEASURES}, spent_pico_usd FROM usage_summaries
      WHERE organization_id = ${organizationId} AND grain = ${grain} AND dimension = ${asked.dimension}
        AND bucket_start >= ${start} AND bucket_start < ${end}
        ${asked.value === undefined ? empty : sql`AND value = ${asked.value}`} ${modeOf(livemode)}`);
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
  if (interval === 'hour' || !isSpanZone || firstDay >= lastDay) fine(from, to);
  else {
    fine(from, firstDay);
    summary('day', firstDay, lastDay);
    fine(lastDay, to);
  }
  // A range of nothing still is a question.
  if (pieces.length === 0) summary('day', from, new Date(from.getTime() + 1));
  return pieces;
}

function fromCube(
  organizationId: string,
  { dimension, value }: Asked,
  start: Date,
  end: Date,
  livemode: boolean | undefined,
): Prisma.Sql {
  const range = sql`u.organization_id = ${organizationId} AND u.bucket_start >= ${start} AND u.bucket_start < ${end} ${modeOf(livemode)}`;
  const shared = sql`u.requests, u.input_tokens, u.cached_input_tokens, u.cache_write_tokens, u.output_tokens,
    u.reasoning_tokens, u.cost_pico_usd, u.charge_pico_usd`;
  if (dimension === 'endUser') {
    return sql`SELECT u.bucket_start, u.end_user AS value, ${shared}, 0::numeric AS saved_pico_usd, u.cost_pico_usd AS spent_pico_usd
      FROM end_user_rollups u WHERE ${range} ${value === undefined ? empty : sql`AND u.end_user = ${value}`}`;
  }
  if (dimension.startsWith('tag:')) {
    return sql`SELECT u.bucket_start, u.tag_value AS value, ${shared}, 0::numeric AS saved_pico_usd, u.cost_pico_usd AS spent_pico_usd
      FROM tag_rollups u WHERE ${range} AND u.tag_name = ${dimension.slice('tag:'.length)}
        ${value === undefined ? empty : sql`AND u.tag_value = ${value}`}`;
  }
  const column = dimension === '' ? sql`''` : COLUMN[dimension as BaseDimension];
  return sql`SELECT u.bucket_start, ${column} AS value, ${shared}, u.saved_pico_usd,
      CASE WHEN u.credential_owner = 'operator' THEN u.charge_pico_usd ELSE u.cost_pico_usd END AS spent_pico_usd
    FROM usage_rollups u WHERE ${range} ${value === undefined ? empty : sql`AND ${column} = ${value}`}`;
}

function modeOf(livemode: boolean | undefined): Prisma.Sql {
  return livemode === undefined ? empty : sql`AND livemode = ${livemode}`;
}
