/**
 * The three cubes of 15 minutes UTC that dashboards read: the base cube, end users, tags.
 *
 * `requests` counts entry 0 of attempt 1: every request that reached an upstream has exactly one, whichever order
 * its attempts arrive in, so the count never has to be corrected. A request that fell back is therefore counted
 * where it was tried first; `attempts` counts every try where it happened, `entries` adjustments as well.
 *
 * Kinds of tokens stay apart, so that their sum is all tokens; only those of audio are among input and output.
 */
import { join, type Prisma, sql, type Transaction } from '@tollgate/db';
import {
  addBaseSummaries,
  addEndUserSummaries,
  addTagSummaries,
  type SummarizedDays,
} from './summary-rows.ts';

const BUCKET = sql`date_bin('15 minutes', e.started_at, TIMESTAMPTZ '2000-01-01 00:00:00Z')`;

export const BUCKET_MS = 15 * 60_000;

/**
 * What cached input would have cost at the entry's own price of unseen input, less what it did cost. A correction takes
 * back (below zero) what it states anew (above): each side has its own price of unseen input. Most entries have none.
 */
const SAVED = sql`CASE WHEN e.components @> '[{"component": "cachedInput"}]' OR e.components @> '[{"component": "cached_input"}]'
  THEN COALESCE((
  SELECT sum((full_price.unit - (c->>'unitPricePicoUsd')::numeric) * (c->>'quantity')::numeric)
  FROM jsonb_array_elements(e.components) AS c,
    LATERAL (SELECT max((i->>'unitPricePicoUsd')::numeric) AS unit
             FROM jsonb_array_elements(e.components) AS i
             WHERE i->>'component' = 'input' AND ((i->>'quantity')::numeric < 0) = ((c->>'quantity')::numeric < 0)) AS full_price
  WHERE c->>'component' IN ('cachedInput', 'cached_input') AND full_price.unit IS NOT NULL), 0) ELSE 0 END`;

const MEASURES = sql`
  count(*) FILTER (WHERE e.entry = 0 AND e.attempt = 1) AS requests, count(*) FILTER (WHERE e.entry = 0) AS attempts,
  sum(e.input_tokens + e.audio_input_tokens) AS input_tokens, sum(e.cached_input_tokens) AS cached_input_tokens,
  sum(e.cache_write5m_tokens + e.cache_write1h_tokens) AS cache_write_tokens,
  sum(e.output_tokens + e.audio_output_tokens) AS output_tokens, sum(e.reasoning_tokens) AS reasoning_tokens,
  COALESCE(sum(e.cost_pico_usd), 0) AS cost_pico_usd, sum(e.charge_pico_usd) AS charge_pico_usd,
  sum(${SAVED}) AS saved_pico_usd`;
/** The base cube, which knows whose credential it was, needs no column for it. */
const SPENT = sql`
  COALESCE(sum(CASE WHEN e.credential_owner = 'operator' THEN e.charge_pico_usd ELSE e.cost_pico_usd END), 0) AS spent_pico_usd`;

const SHARED_MEASURES = [
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
];

const BASE_MEASURES = [
  ...SHARED_MEASURES,
  sql`entries`,
  sql`unknown_cost_entries`,
  sql`estimated_entries`,
  sql`total_ms_sum`,
];
const OTHER_MEASURES = [...SHARED_MEASURES, sql`spent_pico_usd`];

interface Cube {
  /** Sums entries that meet a condition over the alias `e`, to rows of the cube's table. */
  sum(condition: Prisma.Sql): Prisma.Sql;
  /** Writes rows of this shape into the cube, where no row has their key. */
  insert(rows: Prisma.Sql): Prisma.Sql;
  /** Adds them to the rows of their keys, which follows the insert. */
  readonly orAdd: Prisma.Sql;
  readonly table: Prisma.Sql;
  readonly summarize: typeof addBaseSummaries;
}

const BASE_CUBE: Cube = {
  sum: sumBase,
  insert: (rows) => sql`
    INSERT INTO usage_rollups AS r (organization_id, bucket_start, team_id, cost_center, key_id, member_id,
      service_account_id, model, provider, credential_id, credential_owner, endpoint, status, livemode, ${join(BASE_MEASURES)})
    ${rows}`,
  orAdd: sql`
    ON CONFLICT (organization_id, bucket_start, livemode, team_id, key_id, model, provider, credential_id, member_id,
      service_account_id, cost_center, credential_owner, endpoint, status)
    DO UPDATE SET ${additions(BASE_MEASURES)}`,
  table: sql`usage_rollups`,
  summarize: addBaseSummaries,
};

const END_USER_CUBE: Cube = {
  sum: (condition) => sql`
    SELECT e.organization_id, ${BUCKET} AS bucket_start, e.end_user, e.model, e.livemode, ${MEASURES}, ${SPENT}
    FROM usage_entries e WHERE e.end_user <> '' AND ${condition}
    GROUP BY 1, 2, 3, 4, 5`,
  insert: (rows) => sql`
    INSERT INTO end_user_rollups AS r (organization_id, bucket_start, end_user, model, livemode, ${join(OTHER_MEASURES)})
    ${rows}`,
  orAdd: sql`
    ON CONFLICT (organization_id, bucket_start, livemode, end_user, model) DO UPDATE SET ${additions(OTHER_MEASURES)}`,
  table: sql`end_user_rollups`,
  summarize: addEndUserSummaries,
};

const TAG_CUBE: Cube = {
  sum: (condition) => sql`
    SELECT e.organization_id, ${BUCKET} AS bucket_start, t.key AS tag_name, t.value AS tag_value, e.model, e.livemode, ${MEASURES}, ${SPENT}
    FROM usage_entries e CROSS JOIN LATERAL jsonb_each_text(e.tags) AS t WHERE e.tags <> '{}'::jsonb AND ${condition}
    GROUP BY 1, 2, 3, 4, 5, 6`,
  insert: (rows) => sql`
    INSERT INTO tag_rollups AS r (organization_id, bucket_start, tag_name, tag_value, model, livemode, ${join(OTHER_MEASURES)})
    ${rows}`,
  orAdd: sql`
    ON CONFLICT (organization_id, bucket_start, livemode, tag_name, tag_value, model)
    DO UPDATE SET ${additions(OTHER_MEASURES)}`,
  table: sql`tag_rollups`,
  summarize: addTagSummaries,
};

const CUBES = [BASE_CUBE, END_USER_CUBE, TAG_CUBE];

/**
 * Adds the entries that meet `condition` (over the alias `e`) to all three cubes: each summed once, then every row that
 * it touches written once, cube by cube. The caller holds the cursor, so nobody else writes these rows meanwhile.
 *
 * @param days Where their summaries are complete, which get the same.
 */
export async function addToCubes(
  tx: Transaction,
  organizationId: string,
  condition: Prisma.Sql,
  days: SummarizedDays,
): Promise<void> {
  for (const cube of CUBES) {
    // Behind the last bucket there is nothing to add to: rows are written without being looked for.
    const isNew = sql`bucket_start > ${await findLastBucket(tx, organizationId, cube)}::timestamptz`;
    const summed = sql`summed AS MATERIALIZED (${cube.sum(condition)}),
      grown AS (${cube.insert(sql`SELECT * FROM summed WHERE NOT ${isNew}`)} ${cube.orAdd}),
      begun AS (${cube.insert(sql`SELECT * FROM summed WHERE ${isNew}`)})`;
    await cube.summarize(tx, days, sql`SELECT * FROM summed`, summed);
  }
}

async function findLastBucket(tx: Transaction, organizationId: string, { table }: Cube): Promise<string> {
  const [last] = await tx.$queryRaw<{ start: string }[]>`
    SELECT COALESCE(max(bucket_start), '-infinity')::text AS start FROM ${table} WHERE organization_id = ${organizationId}`;
  return last!.start;
}

/** Makes cubes from the entries that meet `condition`, of buckets that are empty; their summaries are made later. */
export async function fillCubes(tx: Transaction, condition: Prisma.Sql): Promise<void> {
  for (const cube of CUBES) await tx.$executeRaw`${cube.insert(cube.sum(condition))}`;
}

function sumBase(condition: Prisma.Sql): Prisma.Sql {
  return sql`
    SELECT e.organization_id, ${BUCKET} AS bucket_start, e.team_id, e.cost_center, e.key_id, e.member_id,
      e.service_account_id, e.model, e.provider, e.credential_id, e.credential_owner, e.endpoint, e.status, e.livemode,
      ${MEASURES}, count(*) AS entries,
      count(*) FILTER (WHERE e.cost_pico_usd IS NULL) - count(*) FILTER (WHERE e.settles_unknown) AS unknown_cost_entries,
      count(*) FILTER (WHERE e.estimated) AS estimated_entries,
      COALESCE(sum(e.total_ms) FILTER (WHERE e.entry = 0 AND e.attempt = 1), 0) AS total_ms_sum
    FROM usage_entries e WHERE ${condition}
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14`;
}

/** Empties the cubes of one organization between two bucket boundaries. */
export async function clearCubes(
  tx: Transaction,
  organizationId: string,
  from: Date,
  to: Date,
): Promise<void> {
  const range = sql`organization_id = ${organizationId}
    AND bucket_start >= ${from.toISOString()}::timestamptz AND bucket_start < ${to.toISOString()}::timestamptz`;
  await tx.$executeRaw`DELETE FROM usage_rollups WHERE ${range}`;
  await tx.$executeRaw`DELETE FROM end_user_rollups WHERE ${range}`;
  await tx.$executeRaw`DELETE FROM tag_rollups WHERE ${range}`;
}

function additions(columns: readonly Prisma.Sql[]): Prisma.Sql {
  return join(columns.map((column) => sql`${column} = r.${column} + excluded.${column}`));
}
