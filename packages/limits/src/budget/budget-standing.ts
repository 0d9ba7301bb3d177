/**
 * Where budgets stand in their current period, for people: spent, granted, left, and when it will be gone.
 *
 * Read from the same rows that grants are decided by. Of a budget per value the sums are over all values, and what
 * is left is that of the value that has least.
 */
import type { Transaction } from '@tollgate/db';
import { join, sql } from '@tollgate/db';
import { type BudgetRow, loadTimeZones, toBudgetRule } from './budget-policy.ts';
import { type Period, periodAt } from './period.ts';

export interface BudgetStatus {
  readonly spentPicoUsd: bigint;
  /** Committed to gateways and not yet spent or given back; what requests hold is part of it. */
  readonly grantedPicoUsd: bigint;
  readonly unreconciledPicoUsd: bigint;
  /** Part of what is spent: what was held for attempts whose cost nobody can tell yet. */
  readonly assumedPicoUsd: bigint;
  /** Never below 0. */
  readonly remainingPicoUsd: bigint;
  /** The limit with what was carried over. Of the value with least left. */
  readonly periodLimitPicoUsd: bigint;
  /** How many values have spent or hold something in the period. */
  readonly valueCount: number;
  readonly periodStart: Date;
  readonly resetsAt: Date | null;
  /** At this rate; null: not within the period. */
  readonly forecastExceededAt: Date | null;
}

interface SumRow {
  readonly budgetId: string;
  readonly periodStart: Date;
  readonly spent: string;
  readonly granted: string;
  readonly unreconciled: string;
  readonly assumed: string;
  readonly remaining: string;
  readonly most: string;
  readonly total: string;
  readonly values: number;
}

/** By budget id. */
export async function getBudgetStatuses(
  tx: Transaction,
  organizationId: string,
  budgets: readonly (BudgetRow & { readonly createdAt: Date })[],
  nowMs: number,
): Promise<Map<string, BudgetStatus>> {
  if (budgets.length === 0) return new Map();
  const { zones } = await loadTimeZones(tx, organizationId);
  const periods = new Map(budgets.map((each) => [each.id, periodAt(toBudgetRule(each), zones, nowMs)]));
  const wanted = [...periods].map(([id, period]) => sql`(${id}, ${new Date(period.startMs)}::timestamptz)`);
  const rows = await tx.$queryRaw<SumRow[]>`
    SELECT p.budget_id AS "budgetId", p.period_start AS "periodStart",
      sum(p.settled_pico_usd - p.forgiven_pico_usd)::text AS spent, sum(p.granted_pico_usd)::text AS granted,
      sum(p.unreconciled_pico_usd)::text AS unreconciled, sum(p.assumed_pico_usd)::text AS assumed,
      min(GREATEST(0, budget_period_limit(b, p) - p.settled_pico_usd - p.granted_pico_usd - p.unreconciled_pico_usd))::text AS remaining,
      max(p.settled_pico_usd - p.forgiven_pico_usd)::text AS most,
      min(GREATEST(0, budget_period_limit(b, p) - p.forgiven_pico_usd))::text AS total, count(*)::int AS values
    FROM budget_periods p JOIN budgets b ON b.organization_id = p.organization_id AND b.id = p.budget_id
    WHERE p.organization_id = ${organizationId} AND (p.budget_id, p.period_start) IN (${join(wanted)})
    GROUP BY 1, 2`;
  const sums = new Map(rows.map((row) => [row.budgetId, row]));
  return new Map(
    budgets.map((budget) => [
      budget.id,
      toStatus(budget, periods.get(budget.id)!, sums.get(budget.id), nowMs),
    ]),
  );
}

function toStatus(
  budget: BudgetRow & { readonly createdAt: Date },
  period: Period,
  sum: SumRow | undefined,
  nowMs: number,
): BudgetStatus {
  const { limitPicoUsd } = toBudgetRule(budget);
  const sinceMs = period.endMs === null ? budget.createdAt.getTime() : period.startMs;
  const forecastMs = forecast(BigInt(sum?.most ?? '0'), limitPicoUsd, sinceMs, nowMs);
  const isWithin = forecastMs !== undefined && (period.endMs === null || forecastMs < period.endMs);
  return {
    spentPicoUsd: BigInt(sum?.spent ?? '0'),
    grantedPicoUsd: BigInt(sum?.granted ?? '0'),
    unreconciledPicoUsd: BigInt(sum?.unreconciled ?? '0'),
    assumedPicoUsd: BigInt(sum?.assumed ?? '0'),
    remainingPicoUsd: sum === undefined ? limitPicoUsd : BigInt(sum.remaining),
    periodLimitPicoUsd: sum === undefined ? limitPicoUsd : BigInt(sum.total),
    valueCount: sum?.values ?? 0,
    periodStart: new Date(period.startMs),
    resetsAt: period.endMs === null ? null : new Date(period.endMs),
    forecastExceededAt: isWithin ? new Date(forecastMs) : null,
  };
}

/** One value of a budget in its current period. */
export interface BudgetValueStatus {
  readonly value: string;
  readonly spentPicoUsd: bigint;
  readonly grantedPicoUsd: bigint;
  readonly unreconciledPicoUsd: bigint;
  /** Never below 0. */
  readonly remainingPicoUsd: bigint;
  readonly periodLimitPicoUsd: bigint;
}

interface ValueRow {
  readonly value: string;
  readonly spent: string;
  readonly granted: string;
  readonly unreconciled: string;
  readonly remaining: string;
  readonly total: string;
}

/**
 * Values of a budget that spent or hold something in its current period, those that spent most first.
 *
 * @param only Just these values; those without any use are left out.
 */
export async function listBudgetValues(
  tx: Transaction,
  organizationId: string,
  budget: BudgetRow,
  nowMs: number,
  { limit, only }: { readonly limit: number; readonly only?: readonly string[] },
): Promise<BudgetValueStatus[]> {
  const { zones } = await loadTimeZones(tx, organizationId);
  const { startMs } = periodAt(toBudgetRule(budget), zones, nowMs);
  const rows = await tx.$queryRaw<ValueRow[]>`
    SELECT p.scope_value AS value, (p.settled_pico_usd - p.forgiven_pico_usd)::text AS spent, p.granted_pico_usd::text AS granted,
      p.unreconciled_pico_usd::text AS unreconciled, GREATEST(0, budget_period_limit(b, p) - p.forgiven_pico_usd)::text AS total,
      GREATEST(0, budget_period_limit(b, p) - p.settled_pico_usd - p.granted_pico_usd - p.unreconciled_pico_usd)::text AS remaining
    FROM budget_periods p JOIN budgets b ON b.organization_id = p.organization_id AND b.id = p.budget_id
    WHERE p.organization_id = ${organizationId} AND p.budget_id = ${budget.id} AND p.period_start = ${new Date(startMs)}
      AND (${only === undefined} OR p.scope_value = ANY(${[...(only ?? [])]}))
    ORDER BY p.settled_pico_usd - p.forgiven_pico_usd DESC, p.scope_value LIMIT ${limit}`;
  return rows.map((row) => ({
    value: row.value,
    spentPicoUsd: BigInt(row.spent),
    grantedPicoUsd: BigInt(row.granted),
    unreconciledPicoUsd: BigInt(row.unreconciled),
    remainingPicoUsd: BigInt(row.remaining),
    periodLimitPicoUsd: BigInt(row.total),
  }));
}

const LATEST_MS = 8_640_000_000_000_000n;

/** When the limit is reached if spending goes on as since `sinceMs`. Undefined: never. */
export function forecast(spent: bigint, limit: bigint, sinceMs: number, nowMs: number): number | undefined {
  if (spent >= limit) return nowMs;
  const elapsedMs = BigInt(Math.floor(nowMs - sinceMs));
  if (spent <= 0n || elapsedMs <= 0n) return undefined;
  const atMs = BigInt(Math.floor(sinceMs)) + (elapsedMs * limit) / spent;
  return atMs > LATEST_MS ? undefined : Number(atMs);
}
