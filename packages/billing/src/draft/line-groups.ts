/**
 * Ledger entries summed to what lines are made of: by period, team, cost centre, provider, model, component,
 * unit price and markup. All sums are made in SQL and travel as decimal text; nothing is added here.
 *
 * Whatever an entry's amounts hold beyond its components (an adjustment given as one amount) becomes a component
 * of its own, `adjustment`, so that lines always sum to the ledger.
 */
import { type Prisma, sql, type Transaction } from '@tollgate/db';
import type { BillingPeriod } from '../period/billing-period.ts';

export interface LineKey {
  readonly teamId: string;
  readonly costCenter: string;
  readonly provider: string;
  readonly model: string;
  readonly component: string;
  /** Decimal text of pico-USD, as the amounts below. */
  readonly unitPricePicoUsd: string;
  readonly markupBasisPoints: number;
}

/** A line's key together with the document it belongs to. */
export interface LineGroupKey extends LineKey {
  readonly livemode: boolean;
  readonly periodStart: Date;
}

export interface LineGroup extends LineGroupKey {
  /** Everything that was metered: the showback statement. */
  readonly quantity: string;
  readonly costPicoUsd: string;
  /** What the organization owes: entries on the operator's credentials, and any other that carries a charge. */
  readonly billed: boolean;
  readonly billedQuantity: string;
  readonly billedCostPicoUsd: string;
  readonly chargePicoUsd: string;
}

/**
 * One row per component of each entry `e`: `component`, `unit_price`, `quantity`, `cost`, `charge`. The same
 * fragment makes lines and opens them again, so that a line's requests sum to it.
 */
export const ENTRY_COMPONENTS = sql`LATERAL (
  SELECT p.component, p."unitPricePicoUsd" AS unit_price, p.quantity, COALESCE(p."costPicoUsd", 0) AS cost, p."chargePicoUsd" AS charge
  FROM jsonb_to_recordset(e.components) AS p(component text, "unitPricePicoUsd" numeric, quantity numeric, "costPicoUsd" numeric, "chargePicoUsd" numeric)
  UNION ALL
  SELECT 'adjustment', 0, 1, COALESCE(e.cost_pico_usd, 0) - rest.cost, e.charge_pico_usd - rest.charge
  FROM (SELECT COALESCE(sum((p->>'costPicoUsd')::numeric), 0) AS cost, COALESCE(sum((p->>'chargePicoUsd')::numeric), 0) AS charge
        FROM jsonb_array_elements(e.components) AS p) AS rest
  WHERE COALESCE(e.cost_pico_usd, 0) <> rest.cost OR e.charge_pico_usd <> rest.charge
) AS c`;

/** Whether a component of an entry belongs on an invoice. On the organization's own credential only charges do. */
export const IS_BILLED = sql`(c.charge <> 0 OR (e.credential_owner = 'operator' AND c.quantity <> 0))`;

const GROUP_KEY = sql`e.livemode, period.period_start, e.team_id, e.cost_center, e.provider, e.model, c.component,
  c.unit_price, e.markup_basis_points`;

/** One row per line: keys of `LineGroup` in snake case, amounts as numbers. @param periods Those that the entries fall into. */
export function lineGroups(condition: Prisma.Sql, periods: readonly BillingPeriod[]): Prisma.Sql {
  return sql`
    SELECT e.livemode, period.period_start, e.team_id, e.cost_center, e.provider, e.model, c.component, c.unit_price,
      e.markup_basis_points, sum(c.quantity) AS quantity, sum(c.cost) AS cost, bool_or(${IS_BILLED}) AS billed,
      COALESCE(sum(c.quantity) FILTER (WHERE ${IS_BILLED}), 0) AS billed_quantity,
      COALESCE(sum(c.cost) FILTER (WHERE ${IS_BILLED}), 0) AS billed_cost,
      COALESCE(sum(c.charge) FILTER (WHERE ${IS_BILLED}), 0) AS charge
    FROM usage_entries e ${joinPeriods(periods)} CROSS JOIN ${ENTRY_COMPONENTS}
    WHERE ${condition} AND (c.quantity <> 0 OR c.cost <> 0 OR c.charge <> 0)
    GROUP BY ${GROUP_KEY}
    -- What corrections take back and state again at the same price is no line.
    HAVING sum(c.quantity) <> 0 OR sum(c.cost) <> 0 OR sum(c.charge) <> 0`;
}

/** Of rows `g` of `lineGroups`. */
export const LINE_GROUP_COLUMNS = sql`g.livemode, g.period_start AS "periodStart", g.team_id AS "teamId", g.cost_center AS "costCenter",
  g.provider, g.model, g.component, g.unit_price::text AS "unitPricePicoUsd", g.markup_basis_points AS "markupBasisPoints",
  g.quantity::text AS quantity, g.cost::text AS "costPicoUsd", g.billed, g.billed_quantity::text AS "billedQuantity",
  g.billed_cost::text AS "billedCostPicoUsd", g.charge::text AS "chargePicoUsd"`;

/** @param condition Over the alias `e` of usage_entries. @param periods Those that the entries fall into. */
export function sumLineGroups(
  tx: Transaction,
  condition: Prisma.Sql,
  periods: readonly BillingPeriod[],
): Promise<LineGroup[]> {
  return tx.$queryRaw<
    LineGroup[]
  >`SELECT ${LINE_GROUP_COLUMNS} FROM (${lineGroups(condition, periods)}) AS g`;
}

/**
 * Remembers which billed entries stand behind the lines of a note, row by row: however much comes late, nothing of
 * it passes through this process.
 */
export async function addNoteEntries(
  tx: Transaction,
  condition: Prisma.Sql,
  periods: readonly BillingPeriod[],
  { invoiceId, noteId }: { readonly invoiceId: string; readonly noteId: string },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO credit_note_entries (organization_id, credit_note_line_id, started_at, request_id, attempt, entry)
    SELECT DISTINCT e.organization_id, l.id, e.started_at, e.request_id, e.attempt, e.entry
    FROM usage_entries e ${joinPeriods(periods)}
    JOIN invoices i ON i.organization_id = e.organization_id AND i.id = ${invoiceId} AND i.livemode = e.livemode
      AND i.period_start = period.period_start
    CROSS JOIN ${ENTRY_COMPONENTS}
    JOIN credit_note_lines l ON l.organization_id = e.organization_id AND l.credit_note_id = ${noteId} AND l.kind = 'usage'
      AND l.team_id = e.team_id AND l.cost_center = e.cost_center AND l.provider = e.provider AND l.model = e.model
      AND l.component = c.component AND l.unit_price_pico_usd = c.unit_price AND l.markup_basis_points = e.markup_basis_points
    WHERE ${condition} AND ${IS_BILLED}
    ON CONFLICT DO NOTHING`;
}

function joinPeriods(periods: readonly BillingPeriod[]): Prisma.Sql {
  const ranges = JSON.stringify(
    periods.map((period) => ({
      period_start: new Date(period.startMs).toISOString(),
      period_end: new Date(period.endMs).toISOString(),
    })),
  );
  return sql`JOIN jsonb_to_recordset(${ranges}::jsonb) AS period(period_start timestamptz, period_end timestamptz)
    ON e.started_at >= period.period_start AND e.started_at < period.period_end`;
}
