/**
 * `rateUsage` in SQL: usage of ledger rows times the sheets of a price plan, exact to the last digit.
 *
 * NUMERIC all the way, since a product of counts and prices leaves 64 bits before it is checked. A property test
 * holds it against the TypeScript. Not here: which price applies (price-plan.ts).
 */
import { type Prisma, sql } from '@tollgate/db';
import type { PricePlan } from './price-plan.ts';

/** What price tiers are compared with. */
export const TOTAL_INPUT = sql`(c.input_tokens + c.cached_input_tokens + c.cache_write5m_tokens + c.cache_write1h_tokens + c.audio_input_tokens)`;

/** The sheets of a plan as rows `sheet`. */
export function sheetRows(plan: PricePlan): Prisma.Sql {
  return sql`jsonb_to_recordset(${JSON.stringify(plan.sheets)}::jsonb) AS sheet(provider text, model text, region text, service_tier text,
    credential_owner text, from_time timestamptz, to_time timestamptz, above bigint, up_to bigint, price_id text, prices jsonb)`;
}

/** Whether a row `sheet` is the one of a ledger row `c`. At most one is. */
export const SHEET_APPLIES = sql`sheet.provider = c.provider AND sheet.model = c.model AND sheet.region = c.region
  AND sheet.service_tier = c.service_tier AND sheet.credential_owner = c.credential_owner
  AND c.started_at >= sheet.from_time AND (sheet.to_time IS NULL OR c.started_at < sheet.to_time)
  AND ${TOTAL_INPUT} > sheet.above AND (sheet.up_to IS NULL OR ${TOTAL_INPUT} <= sheet.up_to)`;

/** What markup rules add per unit, as rows `markup`. */
export function markupRows(plan: PricePlan): Prisma.Sql {
  return sql`jsonb_to_recordset(${JSON.stringify(plan.markups)}::jsonb) AS markup(rule_id text, per_unit jsonb)`;
}

/** `MAX_COUNT` of the catalogue, and the largest amount of 64 bits. */
const OUT_OF_RANGE = sql`(part.quantity < 0 OR part.quantity > 1000000000
  OR part.quantity * part.unit > 9223372036854775807 OR part.bound > 9223372036854775807)`;

/**
 * A lateral row `r` for a ledger row `c` with `prices` and `per_unit`: `components` as the ledger keeps them, their
 * sums `cost` and `charge`, and whether the cost is `unknown` because something used has no price or leaves its range.
 */
export const RATED = sql`LATERAL (
  SELECT COALESCE(jsonb_agg(jsonb_build_object('component', part.component, 'quantity', part.quantity,
      'unitPricePicoUsd', part.unit::text, 'costPicoUsd', (part.quantity * part.unit)::text, 'chargePicoUsd', part.charge::text)
      ORDER BY part.position, part.component), '[]'::jsonb) AS components,
    COALESCE(sum(part.quantity * part.unit), 0) AS cost,
    COALESCE(sum(part.charge), 0) AS charge,
    COALESCE(bool_or(part.unit IS NULL OR ${OUT_OF_RANGE}), false)
      OR COALESCE(sum(part.quantity * part.unit), 0) > 9223372036854775807
      OR COALESCE(sum(part.charge), 0) > 9223372036854775807 AS unknown
  FROM (
    SELECT used.position, used.component, used.quantity, price.unit,
      CASE WHEN c.credential_owner = 'operator'
        THEN div(2 * used.quantity * price.unit * (10000 + c.markup_basis_points) + 10000, 20000) + used.quantity * price.added
        ELSE 0 END AS charge,
      CASE WHEN c.credential_owner = 'operator'
        THEN div(used.quantity * price.unit * (10000 + c.markup_basis_points), 10000) + 1 + used.quantity * price.added
        ELSE 0 END AS bound
    FROM (
      SELECT token.position, token.component, token.quantity::numeric AS quantity
      FROM (VALUES (1, 'input', c.input_tokens), (2, 'cachedInput', c.cached_input_tokens),
        (3, 'cacheWrite5m', c.cache_write5m_tokens), (4, 'cacheWrite1h', c.cache_write1h_tokens),
        (5, 'audioInput', c.audio_input_tokens), (6, 'output', c.output_tokens),
        (7, 'reasoning', c.reasoning_tokens), (8, 'audioOutput', c.audio_output_tokens)) AS token(position, component, quantity)
      WHERE token.quantity <> 0
      UNION ALL SELECT 9, 'request', 1 WHERE c.prices ? 'request'
      UNION ALL SELECT 10, unit.key, unit.value::numeric FROM jsonb_each_text(c.units) AS unit WHERE unit.value <> '0'
    ) AS used
    CROSS JOIN LATERAL (
      SELECT (c.prices ->> used.component)::numeric AS unit, COALESCE((c.per_unit ->> used.component)::numeric, 0) AS added
    ) AS price
  ) AS part
) AS r`;
