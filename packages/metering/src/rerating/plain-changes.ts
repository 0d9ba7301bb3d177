/**
 * The changes of plain attempts, one step each: never corrected before, rated once with components that say what the
 * usage says, and all of it still has a price. What is not plain is left to the general way (rerate-chunk.ts), which
 * comes to the same; a property test holds both against `rateUsage`.
 */
import { type Prisma, sql } from '@tollgate/db';

/** Room below the largest BIGINT for roundings: beyond it the general way decides. */
const LARGEST = sql`9000000000000000000`;

/** How many components the usage must have: kinds of tokens, and one for a price per request. */
const USED_KINDS = sql`((f.input_tokens <> 0)::int + (f.cached_input_tokens <> 0)::int + (f.cache_write5m_tokens <> 0)::int
  + (f.cache_write1h_tokens <> 0)::int + (f.audio_input_tokens <> 0)::int + (f.output_tokens <> 0)::int
  + (f.reasoning_tokens <> 0)::int + (f.audio_output_tokens <> 0)::int + (f.prices ? 'request')::int)`;

const QUANTITY = sql`(CASE p.component WHEN 'input' THEN f.input_tokens WHEN 'cachedInput' THEN f.cached_input_tokens
  WHEN 'output' THEN f.output_tokens WHEN 'reasoning' THEN f.reasoning_tokens WHEN 'cacheWrite5m' THEN f.cache_write5m_tokens
  WHEN 'cacheWrite1h' THEN f.cache_write1h_tokens WHEN 'audioInput' THEN f.audio_input_tokens
  WHEN 'audioOutput' THEN f.audio_output_tokens WHEN 'request' THEN (f.prices ? 'request')::int::bigint END)::numeric`;

/**
 * Of `found f`: `n` and what names the row, old and new amounts, whether anything `differs`, and the correction's
 * components. OFFSET 0 keeps the planner from computing a value again wherever it is used.
 *
 * @param apply Without it components are not made.
 */
export function plainChanges(apply: boolean): Prisma.Sql {
  return sql`
    SELECT f.n, f.provider, f.model, f.credential_owner, f.livemode, f.price_id, COALESCE(sums.differs, false) AS differs,
      COALESCE(sums.old_cost, 0) AS old_cost, COALESCE(sums.old_charge, 0) AS old_charge,
      COALESCE(sums.new_cost, 0) AS new_cost, COALESCE(sums.new_charge, 0) AS new_charge, ${apply ? sql`sums.delta_components` : sql`NULL::jsonb`} AS delta_components
    FROM found f CROSS JOIN LATERAL (
      SELECT sum(cost) AS old_cost, sum(charge) AS old_charge, sum(new_cost) AS new_cost, sum(new_charge) AS new_charge,
        bool_or(differs) AS differs, count(*) AS parts, count(DISTINCT component) AS kinds,
        count(*) FILTER (WHERE new_quantity <> 0) AS used, bool_and(fits) AS fits
        ${apply ? sql`, ${DELTA_COMPONENTS} AS delta_components` : sql``}
      FROM (${PARTS}) AS part) AS sums
    WHERE f.later_components IS NULL AND f.prices IS NOT NULL AND f.units = '{}'::jsonb AND NOT f.was_unknown
      AND sums.fits IS NOT FALSE AND sums.parts = sums.kinds AND sums.used = ${USED_KINDS}
      AND COALESCE(sums.new_cost, 0) <= ${LARGEST} AND COALESCE(sums.new_charge, 0) <= ${LARGEST}`;
}

/** The components of one row, each with what it should be. */
const PARTS = sql`
  SELECT rated.*,
    (quantity <> 0 OR cost <> 0 OR charge <> 0 OR new_quantity <> 0)
      AND (unit <> new_unit OR quantity <> new_quantity OR cost <> new_cost OR charge <> new_charge) AS differs,
    (quantity IS NOT NULL AND cost IS NOT NULL AND charge IS NOT NULL AND unit IS NOT NULL AND new_unit IS NOT NULL
      AND new_quantity BETWEEN 0 AND 1000000000 AND new_cost <= ${LARGEST} AND new_charge <= ${LARGEST}) IS TRUE AS fits
  FROM (
    SELECT priced.*, new_quantity * new_unit AS new_cost,
      CASE WHEN f.credential_owner = 'operator'
        THEN div(2 * new_quantity * new_unit * (10000 + f.markup_basis_points) + 10000, 20000) + new_quantity * added ELSE 0 END AS new_charge
    FROM (
      SELECT p.component, p."unitPricePicoUsd" AS unit, p.quantity, p."costPicoUsd" AS cost, p."chargePicoUsd" AS charge,
        (f.prices ->> p.component)::numeric AS new_unit, ${QUANTITY} AS new_quantity,
        COALESCE((f.per_unit ->> p.component)::numeric, 0) AS added
      FROM jsonb_to_recordset(f.components)
        AS p(component text, "unitPricePicoUsd" numeric, quantity numeric, "costPicoUsd" numeric, "chargePicoUsd" numeric)
      OFFSET 0) AS priced
    OFFSET 0) AS rated
  OFFSET 0`;

/**
 * Takes back what is no longer right, then states what is. Input and cached input stay together: what a cache saved is
 * read off the pair.
 */
const DELTA_COMPONENTS = sql`
  COALESCE(jsonb_agg(jsonb_build_object('component', component, 'quantity', -quantity, 'unitPricePicoUsd', unit::text,
      'costPicoUsd', (-cost)::text, 'chargePicoUsd', (-charge)::text))
    FILTER (WHERE (differs OR component IN ('input', 'cachedInput')) AND (quantity <> 0 OR cost <> 0 OR charge <> 0)), '[]'::jsonb)
  || COALESCE(jsonb_agg(jsonb_build_object('component', component, 'quantity', new_quantity, 'unitPricePicoUsd', new_unit::text,
      'costPicoUsd', new_cost::text, 'chargePicoUsd', new_charge::text))
    FILTER (WHERE (differs OR component IN ('input', 'cachedInput')) AND new_quantity <> 0), '[]'::jsonb)`;
