/**
 * Where the answer of a report by one dimension, or by one of the pairs that are kept, is read: whole days from the summaries by day, the rest of the range
 * from finer ones. Undefined where no summary knows the answer: then the cubes are read.
 *
 * What summaries do not have yet (`completeFrom`, packages/billing/src/rollup/usage-summaries.ts) comes from the cubes,
 * so that every range is answered exactly, however much of it is summarized.
 */
import { firstOfTwo, localStart, PAIR_SEPARATOR, SUMMARIZED_PAIRS } from '@tollgate/billing';
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
  readonly isGrouped: boolean;
  readonly rows: Prisma.Sql;
  /** What sums to the same for each value, of less rows: when it was is not asked. Of `topRange`, where there is one. */
  readonly ranking: Prisma.Sql;
  /** The rows of some values. */
  only(values: readonly string[]): Prisma.Sql;
  /** What all values sum to. Undefined where that is not kept, or some of them only are asked for. */
  readonly total: Prisma.Sql | undefined;
  /** From a value to its dimensions, in SQL, and back. */
  toDimensions(value: Prisma.Sql): Prisma.Sql;
  toValue(dimensions: Readonly<Record<string, string>>): string;
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
  /** What is grouped by: nothing, one dimension, or both of a pair. */
  readonly names: readonly string[];
  /** Of the summary. Empty: everything. */
  readonly dimension: string;
  readonly pair?: Pair;
  /** Of each dimension that is filtered by. */
  readonly filters: ReadonlyMap<string, readonly string[]>;
}

type Pair = (typeof SUMMARIZED_PAIRS)[number];

/** Some rows of a summary: those of these values of it. Undefined: all. */
interface Chosen extends Asked {
  readonly values: readonly string[] | undefined;
  /** Instead: of a pair, what its first or its second part is one of. */
  readonly halves?: readonly Half[];
}

interface Half {
  readonly place: 0 | 1;
  readonly values: readonly string[];
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
/** More are not named one by one: the pair's own rows are asked which they belong to. */
const MAX_COMBINATIONS = 10_000;
/** All end users as one. */
const ANY_END_USER = 'anyEndUser';
const MEASURES = sql`requests, attempts, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
  cost_pico_usd, charge_pico_usd, saved_pico_usd, spent_pico_usd`;

export async function findSummarizedSource(
  tx: Transaction,
  organizationId: string,
  grouping: Grouping,
  filter: UsageFilter,
): Promise<SummarizedSource | undefined> {
  const asked = findAsked(grouping, filter);
  if (asked === undefined || (asked.pair !== undefined && filter.interval === 'hour')) return undefined;
  const boundaries = await findBoundaries(tx, organizationId, filter);
  if (boundaries === undefined) return undefined;
  const range = { organizationId, boundaries, filter };
  const { interval: _, topRange, ...whenever } = filter;
  const ranked = { ...whenever, ...topRange };
  const rankedBoundaries =
    topRange === undefined ? boundaries : await findBoundaries(tx, organizationId, ranked);
  if (rankedBoundaries === undefined) return undefined;
  const rankedRange = { organizationId, boundaries: rankedBoundaries, filter: ranked };
  const chosen = await choose(tx, { ...range, filter: whenever }, asked);
  const chosenRanked = topRange === undefined ? chosen : await choose(tx, rankedRange, asked);
  const whole = wholeOf(asked);
  return {
    isGrouped: asked.names.length > 0,
    rows: cutRange(range, chosen),
    ranking: cutRange(rankedRange, chosenRanked),
    only: (values) => cutRange(range, chooseGroups(asked, values)),
    total: whole && cutRange(range, whole),
    toDimensions: (value) => toDimensions(asked, value),
    toValue: (dimensions) => asked.names.map((name) => dimensions[name] ?? '').join(PAIR_SEPARATOR),
  };
}

/** Which values of its summary are asked about: of a pair, those that are filtered by with every value of the other. */
async function choose(tx: Transaction, range: AskedRange, asked: Asked): Promise<Chosen> {
  const { pair, filters, dimension } = asked;
  if (pair === undefined) return { ...asked, values: filters.get(dimension) };
  if (filters.size === 0) return { ...asked, values: undefined };
  const [firsts, seconds] = [filters.get(pair[0]), filters.get(pair[1])];
  if (firsts !== undefined && seconds !== undefined) return { ...asked, values: pairsOf(firsts, seconds) };
  const place = firsts === undefined ? 1 : 0;
  const values = firsts ?? seconds ?? [];
  const room = Math.floor(MAX_COMBINATIONS / values.length);
  const others = await listValues(tx, range, pair[1 - place]!, room + 1);
  if (others.length > room) return { ...asked, values: undefined, halves: [{ place, values }] };
  return { ...asked, values: place === 0 ? pairsOf(values, others) : pairsOf(others, values) };
}

async function listValues(
  tx: Transaction,
  range: AskedRange,
  name: string,
  limit: number,
): Promise<string[]> {
  const single: Chosen = { names: [name], dimension: name, filters: new Map(), values: undefined };
  const rows = await tx.$queryRaw<
    { value: string }[]
  >`SELECT DISTINCT u.value FROM (${cutRange(range, single)}) u LIMIT ${limit}`;
  return rows.map(({ value }) => value);
}

/** From what is grouped by to the values of the summary. */
function chooseGroups(asked: Asked, groups: readonly string[]): Chosen {
  const { names, pair, filters } = asked;
  if (pair === undefined || names.length === 2) return { ...asked, values: groups };
  const place = names[0] === pair[0] ? 0 : 1;
  const others = filters.get(pair[1 - place]!) ?? [];
  if (groups.length * others.length > MAX_COMBINATIONS) {
    const other: Half = { place: place === 0 ? 1 : 0, values: others };
    return { ...asked, values: undefined, halves: [{ place, values: groups }, other] };
  }
  return { ...asked, values: place === 0 ? pairsOf(groups, others) : pairsOf(others, groups) };
}

function pairsOf(firsts: readonly string[], seconds: readonly string[]): string[] {
  return firsts.flatMap((first) => seconds.map((second) => first + PAIR_SEPARATOR + second));
}

function wholeOf({ names, dimension, pair, filters }: Asked): Chosen | undefined {
  if (names.length === 0 || dimension.startsWith('tag:')) return undefined;
  const everything = { names: [], filters, values: undefined };
  if (pair === undefined) {
    if (filters.size > 0) return undefined;
    return { ...everything, dimension: dimension === 'endUser' ? ANY_END_USER : '' };
  }
  const [only, ...others] = filters;
  if (only === undefined) return { ...everything, dimension: '' };
  return others.length > 0 ? undefined : { ...everything, dimension: only[0], values: only[1] };
}

function toDimensions({ names, pair }: Asked, value: Prisma.Sql): Prisma.Sql {
  const [name, other] = names;
  if (name === undefined) return sql`'{}'::jsonb`;
  if (other === undefined || pair === undefined) return sql`jsonb_build_object(${name}::text, ${value})`;
  return sql`jsonb_build_object(${pair[0]}::text, ${firstOf(value)}, ${pair[1]}::text, ${secondOf(value)})`;
}

function firstOf(value: Prisma.Sql): Prisma.Sql {
  return sql`left(${value}, strpos(${value}, chr(31)) - 1)`;
}

function secondOf(value: Prisma.Sql): Prisma.Sql {
  return sql`substr(${value}, strpos(${value}, chr(31)) + 1)`;
}

/** @returns Undefined where no summary knows the dimensions that are asked about. */
function findAsked(grouping: Grouping, filter: UsageFilter): Asked | undefined {
  // A member's filter finds members and service accounts alike; a summary keeps one of the two.
  if (filter.memberId !== undefined) return undefined;
  const filters = new Map(
    Object.entries(FILTER_DIMENSION).flatMap(([name, dimension]): [string, readonly string[]][] => {
      const value = filter[name as keyof typeof FILTER_DIMENSION];
      return value === undefined ? [] : [[dimension, [value].flat()]];
    }),
  );
  if (grouping.cube !== 'base') {
    if (grouping.dimensions.includes('model' as never) || filters.size > 0) return undefined;
    const dimension = grouping.cube === 'endUser' ? 'endUser' : `tag:${grouping.tagName}`;
    const value = grouping.cube === 'endUser' ? filter.endUser : filter.tagValue;
    const names = grouping.dimensions.length === 0 ? [] : [dimension];
    return { names, dimension, filters: new Map(value === undefined ? [] : [[dimension, [value].flat()]]) };
  }
  const about = new Set<string>([...grouping.dimensions, ...filters.keys()]);
  const [dimension = '', ...others] = about;
  if (others.length === 0) return { names: [...grouping.dimensions], dimension, filters };
  const pair = SUMMARIZED_PAIRS.find((names) => names.every((name) => about.has(name)));
  if (pair === undefined || about.size > 2) return undefined;
  const names = pair.filter((name) => grouping.dimensions.includes(name));
  return { names, dimension: pair.join('+'), pair, filters };
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

function cutRange({ organizationId, boundaries, filter }: AskedRange, asked: Chosen): Prisma.Sql {
  const { from, to, interval, livemode } = filter;
  const { completeFrom, isSpanZone, lastDay, firstWeek, lastWeek } = boundaries;
  const firstDay = new Date(Math.max(boundaries.firstDay.getTime(), completeFrom.getTime()));
  const pieces: Prisma.Sql[] = [];
  const summary = (grain: 'quarter' | 'day' | 'week', start: Date, end: Date): void => {
    if (start >= end) return;
    pieces.push(sql`
      SELECT bucket_start, ${groupedPart(asked)} AS value, ${MEASURES} FROM usage_summaries
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

/** Of the value of a summary, what is grouped by. */
function groupedPart({ names, pair }: Asked): Prisma.Sql {
  if (pair === undefined || names.length !== 1) return sql`value`;
  return names[0] === pair[0] ? firstOf(sql`value`) : secondOf(sql`value`);
}

function isAsked(column: Prisma.Sql, { values, halves }: Chosen): Prisma.Sql {
  if (halves !== undefined) {
    const conditions = halves.map(({ place, values: wanted }) => {
      const part = place === 0 ? firstOf(column) : secondOf(column);
      return sql`AND ${part} = ANY (${[...wanted]}::text[])`;
    });
    return join(conditions, ' ');
  }
  if (values === undefined) return empty;
  const [only, ...more] = values;
  return more.length === 0 && only !== undefined
    ? sql`AND ${column} = ${only}`
    : sql`AND ${column} = ANY (${[...values]}::text[])`;
}

function fromCube(
  organizationId: string,
  asked: Chosen,
  start: Date,
  end: Date,
  livemode: boolean | undefined,
): Prisma.Sql {
  const { dimension } = asked;
  const range = sql`u.organization_id = ${organizationId} AND u.bucket_start >= ${start} AND u.bucket_start < ${end} ${modeOf(livemode)}`;
  const shared = sql`u.requests, u.attempts, u.input_tokens, u.cached_input_tokens, u.cache_write_tokens, u.output_tokens,
    u.reasoning_tokens, u.cost_pico_usd, u.charge_pico_usd, u.saved_pico_usd`;
  if (dimension === 'endUser' || dimension === ANY_END_USER) {
    const value = dimension === 'endUser' ? sql`u.end_user` : sql`''`;
    return sql`SELECT u.bucket_start, ${value} AS value, ${shared}, u.spent_pico_usd
      FROM end_user_rollups u WHERE ${range} ${isAsked(sql`u.end_user`, asked)}`;
  }
  if (dimension.startsWith('tag:')) {
    return sql`SELECT u.bucket_start, u.tag_value AS value, ${shared}, u.spent_pico_usd
      FROM tag_rollups u WHERE ${range} AND u.tag_name = ${dimension.slice('tag:'.length)}
        ${isAsked(sql`u.tag_value`, asked)}`;
  }
  const column = cubeColumn(asked);
  const grouped =
    asked.pair !== undefined && asked.names.length === 1 ? COLUMN[asked.names[0] as BaseDimension] : column;
  return sql`SELECT u.bucket_start, ${grouped} AS value, ${shared},
      CASE WHEN u.credential_owner = 'operator' THEN u.charge_pico_usd ELSE u.cost_pico_usd END AS spent_pico_usd
    FROM usage_rollups u WHERE ${range} ${isAsked(column, asked)}`;
}

/** What the cube says of a summary's value. */
function cubeColumn({ dimension, pair }: Asked): Prisma.Sql {
  if (pair !== undefined) return sql`(${COLUMN[pair[0]]} || chr(31) || ${COLUMN[pair[1]]})`;
  return dimension === '' ? sql`''` : COLUMN[dimension as BaseDimension];
}

function modeOf(livemode: boolean | undefined): Prisma.Sql {
  return livemode === undefined ? empty : sql`AND livemode = ${livemode}`;
}
