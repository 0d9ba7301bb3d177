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

/**
 * The parts of what every row of `candidates c` should cost, one row per component that was used: `n` (the row's own
 * number), `component`, `unit` (null: no price), `quantity`, `cost`, `charge`, and whether its cost is `bad` because it
 * has no price or leaves its range. Rows have `prices` (null: no sheet) and `per_unit`.
 */
export const RATED_PARTS = sql`
  SELECT used.n, used.component, used.unit, used.quantity, used.quantity * used.unit AS cost,
    CASE WHEN used.resold
      THEN div(2 * used.quantity * used.unit * used.factor + 10000, 20000) + used.quantity * used.added ELSE 0 END AS charge,
    used.unit IS NULL OR used.quantity < 0 OR used.quantity > 1000000000 OR used.quantity * used.unit > 9223372036854775807
      OR (used.resold AND div(used.quantity * used.unit * used.factor, 10000) + 1 + used.quantity * used.added > 9223372036854775807) AS bad
  FROM (
    SELECT c.n, token.component, token.quantity::numeric AS quantity, c.credential_owner = 'operator' AS resold,
      (10000 + c.markup_basis_points)::numeric AS factor, (c.prices ->> token.component)::numeric AS unit,
      COALESCE((c.per_unit ->> token.component)::numeric, 0) AS added
    FROM candidates c CROSS JOIN LATERAL (VALUES ('input', c.input_tokens), ('cachedInput', c.cached_input_tokens),
      ('cacheWrite5m', c.cache_write5m_tokens), ('cacheWrite1h', c.cache_write1h_tokens), ('audioInput', c.audio_input_tokens),
      ('output', c.output_tokens), ('reasoning', c.reasoning_tokens), ('audioOutput', c.audio_output_tokens)) AS token(component, quantity)
    WHERE token.quantity <> 0
    UNION ALL
    SELECT c.n, 'request', 1, c.credential_owner = 'operator', (10000 + c.markup_basis_points)::numeric,
      (c.prices ->> 'request')::numeric, COALESCE((c.per_unit ->> 'request')::numeric, 0)
    FROM candidates c WHERE c.prices ? 'request'
    UNION ALL
    SELECT c.n, unit.key, unit.value::numeric, c.credential_owner = 'operator', (10000 + c.markup_basis_points)::numeric,
      (c.prices ->> unit.key)::numeric, COALESCE((c.per_unit ->> unit.key)::numeric, 0)
    FROM candidates c CROSS JOIN LATERAL jsonb_each_text(c.units) AS unit WHERE c.units <> '{}'::jsonb AND unit.value <> '0'
  ) AS used`;

/** Sums of `part` per row: `cost`, `charge`, and whether the whole is `unknown`. A row that used nothing has none. */
export const RATED_SUMS = sql`
  SELECT n, sum(cost) AS cost, sum(charge) AS charge,
    bool_or(bad) OR sum(cost) > 9223372036854775807 OR sum(charge) > 9223372036854775807 AS unknown
  FROM part GROUP BY n`;
