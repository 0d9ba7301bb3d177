/**
 * From rows of cubes to rows of summaries, one statement per cube.
 *
 * Dozens of thousands of rows are summed to many dimensions at once, so they are summed in steps: first to the few columns
 * that dimensions of 15 minutes need and to those that dimensions of days need, then each of them to its dimensions,
 * and days and weeks from those sums.
 */
import { empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';
import { localStart } from '../period/local-start.ts';

/** Whose days, and from which of them on. */
export interface SummarizedDays {
  readonly timeZone: string;
  readonly completeFrom: Date;
}

const COUNTS = [
  'requests',
  'attempts',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
] as const;
const AMOUNTS = ['cost_pico_usd', 'charge_pico_usd', 'saved_pico_usd', 'spent_pico_usd'] as const;
const COLUMN = {
  requests: sql`requests`,
  attempts: sql`attempts`,
  input_tokens: sql`input_tokens`,
  cached_input_tokens: sql`cached_input_tokens`,
  cache_write_tokens: sql`cache_write_tokens`,
  output_tokens: sql`output_tokens`,
  reasoning_tokens: sql`reasoning_tokens`,
  cost_pico_usd: sql`cost_pico_usd`,
  charge_pico_usd: sql`charge_pico_usd`,
  saved_pico_usd: sql`saved_pico_usd`,
  spent_pico_usd: sql`spent_pico_usd`,
} as const satisfies Record<(typeof COUNTS)[number] | (typeof AMOUNTS)[number], Prisma.Sql>;
const MEASURES = join([...COUNTS, ...AMOUNTS].map((name) => COLUMN[name]));
/** Counts stay integers, which are summed in a fraction of the time that NUMERIC takes. */
const SUMS = join([
  ...COUNTS.map((name) => sql`sum(${COLUMN[name]})::bigint AS ${COLUMN[name]}`),
  ...AMOUNTS.map((name) => sql`sum(${COLUMN[name]}) AS ${COLUMN[name]}`),
]);

/** Cubes of end users and tags do not know whose credential it was, and keep what was spent instead. */
const SPENT = sql`CASE WHEN b.credential_owner = 'operator' THEN b.charge_pico_usd ELSE b.cost_pico_usd END AS spent_pico_usd,`;

/** Dimensions of so many values that a month of days is long: they are summed by the week as well. */
const BY_WEEK = ['team', 'key', 'member', 'costCenter', 'endUser'];
const NOT_BY_WEEK = ['', 'model', 'provider', 'endpoint', 'status', 'credential', 'anyEndUser'];

/**
 * Two dimensions at once, by the day: those that people ask for together and that have few values, or hardly more than one of
 * them has. Their value is that of the first, `PAIR_SEPARATOR`, that of the second; no value of a first one can hold it.
 */
export const SUMMARIZED_PAIRS = [
  ['team', 'key'],
  ['team', 'model'],
  ['team', 'provider'],
  ['team', 'endpoint'],
  ['team', 'status'],
  ['team', 'credential'],
  ['team', 'costCenter'],
  ['provider', 'model'],
  ['endpoint', 'model'],
  ['status', 'model'],
  ['credential', 'model'],
] as const;
export const PAIR_SEPARATOR = '\u001f';

const PAIR_COLUMN = {
  team: sql`team_id`,
  costCenter: sql`cost_center`,
  model: sql`model`,
  provider: sql`provider`,
  endpoint: sql`endpoint`,
  status: sql`status`,
  credential: sql`credential_id`,
} as const;
const PAIRS = SUMMARIZED_PAIRS.map(([first, second]) => `${first}+${second}`);
/** Of a team's keys there are as many as of keys: they are summed with them. */
const PAIR_ROWS = join(
  SUMMARIZED_PAIRS.flatMap(([first, second]) =>
    second === 'key'
      ? []
      : [sql`(${`${first}+${second}`}::text, ${PAIR_COLUMN[first]}, ${PAIR_COLUMN[second]})`],
  ),
);

/**
 * Adds rows shaped like `usage_rollups`.
 *
 * @param rows A query or a table.
 * @param before CTEs that run with it, which `rows` may read.
 */
export async function addBaseSummaries(
  tx: Transaction,
  days: SummarizedDays,
  rows: Prisma.Sql,
  before?: Prisma.Sql,
): Promise<void> {
  const steps = sql`${whatIsAdded(days, rows, SPENT)},
    fine AS (
      SELECT organization_id, bucket_start, local_day, livemode, model, provider, endpoint, status, credential_id, ${SUMS}
      FROM d GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9),
    quarters AS MATERIALIZED (
      SELECT organization_id, bucket_start, local_day, livemode, g.dimension, g.value, ${SUMS}
      FROM fine CROSS JOIN LATERAL (VALUES ('', ''), ('model', model), ('provider', provider), ('endpoint', endpoint),
        ('status', status), ('credential', credential_id)) AS g(dimension, value)
      GROUP BY 1, 2, 3, 4, 5, 6),
    coarse AS (
      SELECT organization_id, local_day, livemode, team_id, key_id, cost_center,
        COALESCE(NULLIF(member_id, ''), service_account_id) AS owner_id, ${SUMS}
      FROM d GROUP BY 1, 2, 3, 4, 5, 6, 7),
    paired AS (
      SELECT organization_id, local_day, livemode, team_id, cost_center, model, provider, endpoint, status, credential_id, ${SUMS}
      FROM d GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    days AS MATERIALIZED (
      SELECT organization_id, local_day, livemode, dimension, value, ${SUMS} FROM quarters GROUP BY 1, 2, 3, 4, 5
      UNION ALL
      SELECT organization_id, local_day, livemode, g.dimension, g.first || chr(31) || g.second, ${SUMS}
      FROM paired CROSS JOIN LATERAL (VALUES ${PAIR_ROWS}) AS g(dimension, first, second)
      GROUP BY 1, 2, 3, g.dimension, g.first, g.second
      UNION ALL
      SELECT organization_id, local_day, livemode, g.dimension, g.value, ${SUMS}
      FROM coarse CROSS JOIN LATERAL (VALUES ('team', team_id), ('key', key_id), ('member', owner_id),
        ('costCenter', cost_center), ('team+key', team_id || chr(31) || key_id)) AS g(dimension, value)
      GROUP BY 1, 2, 3, 4, 5)`;
  await addSteps(tx, days.timeZone, withBefore(before, steps), { quarters: true });
}

/** Adds rows shaped like `end_user_rollups`: each user, and all of them as one, which tells what is left beside some. */
export async function addEndUserSummaries(
  tx: Transaction,
  days: SummarizedDays,
  rows: Prisma.Sql,
  before?: Prisma.Sql,
): Promise<void> {
  const steps = sql`${whatIsAdded(days, rows)},
    each AS (
      SELECT organization_id, local_day, livemode, 'endUser' AS dimension, end_user AS value, ${SUMS}
      FROM d GROUP BY 1, 2, 3, 4, 5),
    days AS MATERIALIZED (
      SELECT * FROM each
      UNION ALL SELECT organization_id, local_day, livemode, 'anyEndUser', '', ${SUMS} FROM each GROUP BY 1, 2, 3)`;
  await addSteps(tx, days.timeZone, withBefore(before, steps), { quarters: false });
}

/** Adds rows shaped like `tag_rollups`. */
export async function addTagSummaries(
  tx: Transaction,
  days: SummarizedDays,
  rows: Prisma.Sql,
  before?: Prisma.Sql,
): Promise<void> {
  const steps = sql`${whatIsAdded(days, rows)},
    quarters AS MATERIALIZED (
      SELECT organization_id, bucket_start, local_day, livemode, 'tag:' || tag_name AS dimension, tag_value AS value, ${SUMS}
      FROM d GROUP BY 1, 2, 3, 4, 5, 6),
    days AS MATERIALIZED (
      SELECT organization_id, local_day, livemode, dimension, value, ${SUMS} FROM quarters GROUP BY 1, 2, 3, 4, 5)`;
  await addSteps(tx, days.timeZone, withBefore(before, steps), { quarters: true });
}

/** @param spent What the rows themselves do not say. */
function whatIsAdded({ timeZone, completeFrom }: SummarizedDays, rows: Prisma.Sql, spent = empty) {
  return sql`d AS MATERIALIZED (
      SELECT b.*, ${spent} ${localStart('day', sql`b.bucket_start`, timeZone)} AS local_day FROM (${rows}) b
      WHERE b.bucket_start >= ${completeFrom.toISOString()}::timestamptz)`;
}

function withBefore(before: Prisma.Sql | undefined, steps: Prisma.Sql): Prisma.Sql {
  return before === undefined ? steps : sql`${before}, ${steps}`;
}

/** @param steps CTEs, of which `days` is one, and `quarters` where they are summed. */
async function addSteps(
  tx: Transaction,
  timeZone: string,
  steps: Prisma.Sql,
  { quarters }: { readonly quarters: boolean },
): Promise<void> {
  await tx.$executeRaw`
    WITH ${steps}
    INSERT INTO usage_summaries AS s (organization_id, grain, bucket_start, dimension, value, livemode, ${MEASURES})
    SELECT organization_id, 'day', local_day, dimension, value, livemode, ${MEASURES} FROM days
    UNION ALL ${weeksOf(sql`days`, timeZone)}
    ${quarters ? sql`UNION ALL SELECT organization_id, 'quarter', bucket_start, dimension, value, livemode, ${MEASURES} FROM quarters` : empty}
    ${ADDED}`;
}

/** @param days Rows with `local_day`, its dimension and value and all measures. */
function weeksOf(days: Prisma.Sql, timeZone: string): Prisma.Sql {
  return sql`
    SELECT organization_id, 'week', ${localStart('week', sql`local_day`, timeZone)}, dimension, value, livemode, ${SUMS}
    FROM ${days} WHERE dimension = ANY (${BY_WEEK}) GROUP BY 1, 3, 4, 5, 6`;
}

const ADDED = sql`
    ON CONFLICT (organization_id, grain, dimension, bucket_start, value, livemode)
    DO UPDATE SET ${join([...COUNTS, ...AMOUNTS].map((name) => sql`${COLUMN[name]} = s.${COLUMN[name]} + excluded.${COLUMN[name]}`))}`;

/**
 * Makes the week that a day lies in from this day and those behind it: what lies before it is not summarized (any more).
 * Nothing to do where the day begins its week.
 */
export async function restartWeek(
  tx: Transaction,
  organizationId: string,
  timeZone: string,
  day: Date,
): Promise<void> {
  const start = sql`${day.toISOString()}::timestamptz`;
  const week = localStart('week', start, timeZone);
  await tx.$executeRaw`
    DELETE FROM usage_summaries WHERE organization_id = ${organizationId} AND grain = 'week' AND dimension = ANY (${BY_WEEK})
      AND bucket_start >= ${start} - interval '8 days' AND bucket_start < ${start}`;
  await tx.$executeRaw`
    WITH days AS (
      SELECT u.*, u.bucket_start AS local_day FROM usage_summaries u
      WHERE u.organization_id = ${organizationId} AND u.grain = 'day' AND u.dimension = ANY (${BY_WEEK}) AND u.bucket_start >= ${start}
        AND u.bucket_start < ${start} + interval '8 days' AND ${week} < ${start}
        AND ${localStart('week', sql`u.bucket_start`, timeZone)} = ${week})
    INSERT INTO usage_summaries AS s (organization_id, grain, bucket_start, dimension, value, livemode, ${MEASURES})
    ${weeksOf(sql`days`, timeZone)}`;
}

/** Days and quarters from an instant up to the span; weeks from the one that holds it up to the one that the span begins in. */
export async function clearSummaries(
  tx: Transaction,
  organizationId: string,
  from: Date,
  { timeZone, completeFrom }: SummarizedDays,
): Promise<void> {
  const [first, end] = [
    sql`${from.toISOString()}::timestamptz`,
    sql`${completeFrom.toISOString()}::timestamptz`,
  ];
  const between = sql`bucket_start >= ${first} AND bucket_start < ${end}`;
  // Dimension by dimension, as the index has them: it is not read as a whole for one day.
  await tx.$executeRaw`
    DELETE FROM usage_summaries WHERE organization_id = ${organizationId} AND grain = ANY (${['day', 'quarter']})
      AND dimension = ANY (${[...NOT_BY_WEEK, ...BY_WEEK, ...PAIRS]}) AND ${between}`;
  await tx.$executeRaw`
    DELETE FROM usage_summaries WHERE organization_id = ${organizationId} AND grain = ANY (${['day', 'quarter']})
      AND dimension >= 'tag:' AND dimension < 'tag;' AND ${between}`;
  await tx.$executeRaw`
    DELETE FROM usage_summaries WHERE organization_id = ${organizationId} AND grain = 'week' AND dimension = ANY (${BY_WEEK})
      AND bucket_start >= ${localStart('week', first, timeZone)} AND bucket_start < ${localStart('week', end, timeZone)}`;
}
