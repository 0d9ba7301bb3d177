/**
 * Where budgets stand in their current period, for people: spent, granted, left, and when it will be gone.
 *
 * Read from the same rows that grants are decided by. Of a budget per value the sums are over all values, what is left
 * (and of how much) is that of the value that has least, and the forecast is that of the value that is gone first.
 */
import type { Prisma, Transaction } from '@tollgate/db';
import { empty, join, sql } from '@tollgate/db';
import { type BudgetRow, type BudgetRule, loadTimeZones, toBudgetRule } from './budget-policy.ts';
import { forecast, spentSince } from './forecast.ts';
import { type Period, periodAt, previousPeriod, type TimeZoneFrom } from './period.ts';

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
  /** At this rate; null: not within the period, or nobody can tell. */
  readonly forecastExceededAt: Date | null;
}

interface SumRow {
  readonly budgetId: string;
  readonly spent: string;
  readonly granted: string;
  readonly unreconciled: string;
  readonly assumed: string;
  /** What is left and of how much, of the value with least left. */
  readonly least: readonly [string, string];
  /** The share that is spent, what is spent, and of how much, of the value that spent the largest share. */
  readonly fastest: readonly [string, string, string];
  readonly values: number;
}

/** By budget id. */
export async function getBudgetStatuses(
  tx: Transaction,
  organizationId: string,
  budgets: readonly BudgetRow[],
  nowMs: number,
): Promise<Map<string, BudgetStatus>> {
  if (budgets.length === 0) return new Map();
  const { zones } = await loadTimeZones(tx, organizationId);
  const current = budgets.map((row) => {
    const rule = toBudgetRule(row);
    return { rule, period: periodAt(rule, zones, nowMs) };
  });
  // Arrays are compared member by member: each pair comes from one value. Of each of a hundred thousand values the limit is
  // computed once, which OFFSET 0 keeps so.
  const rows = await tx.$queryRaw<SumRow[]>`
    SELECT budget_id AS "budgetId", sum(spent)::text AS spent, sum(granted)::text AS granted, sum(unreconciled)::text AS unreconciled,
      sum(assumed)::text AS assumed, min(ARRAY[remaining, total])::text[] AS least,
      max(ARRAY[CASE WHEN spent >= total THEN 'Infinity' ELSE COALESCE(spent / NULLIF(total, 0), 0) END, spent, total])::text[] AS fastest,
      count(*)::int AS values
    FROM (SELECT *, ${TOTAL} AS total, ${REMAINING} AS remaining FROM (${listStanding(organizationId, current)} OFFSET 0) AS standing) AS standing
    GROUP BY 1`;
  const sums = new Map(rows.map((row) => [row.budgetId, row]));
  const untouched = current.filter(({ rule }) => !sums.has(rule.id) && !isPerValue(rule));
  const carried = await foreseeCarried(tx, organizationId, untouched, zones);
  return new Map(
    current.map(({ rule, period }) => [
      rule.id,
      toStatus(rule, period, sums.get(rule.id), carried.get(rule.id) ?? 0n, nowMs),
    ]),
  );
}

interface CurrentPeriod {
  readonly rule: BudgetRule;
  readonly period: Period;
}

function listStanding(organizationId: string, current: readonly CurrentPeriod[]): Prisma.Sql {
  const wanted = current.map(
    ({ rule, period }) => sql`(${rule.id}, ${new Date(period.startMs)}::timestamptz)`,
  );
  return sql`
    SELECT p.budget_id, p.scope_value, p.settled_pico_usd - p.forgiven_pico_usd AS spent, p.granted_pico_usd AS granted,
      p.unreconciled_pico_usd AS unreconciled, p.assumed_pico_usd AS assumed, budget_period_limit(b, p) - p.forgiven_pico_usd AS allowed
    FROM budget_periods p JOIN budgets b ON b.organization_id = p.organization_id AND b.id = p.budget_id
    WHERE p.organization_id = ${organizationId} AND (p.budget_id, p.period_start) IN (${join(wanted)})`;
}

/** Of `listStanding`. */
const TOTAL = sql`GREATEST(0, allowed)`;
const REMAINING = sql`GREATEST(0, allowed - spent - granted - unreconciled)`;

function isPerValue({ scope: { type, id } }: BudgetRule): boolean {
  return type !== 'organization' && (id === '*' || (type === 'tag' && id.endsWith('=*')));
}

/**
 * What the first request of a period would find carried over, as `ensure_budget_period` gives it, by budget id.
 *
 * @param value Of a budget per value; others have one.
 */
async function foreseeCarried(
  tx: Transaction,
  organizationId: string,
  untouched: readonly CurrentPeriod[],
  zones: readonly TimeZoneFrom[],
  value?: string,
): Promise<Map<string, bigint>> {
  const wanted = untouched.flatMap(({ rule, period }) => {
    const previous = rule.carryOver ? previousPeriod(rule, zones, period) : null;
    return previous === null ? [] : [sql`(${rule.id}, ${new Date(previous.startMs)}::timestamptz)`];
  });
  if (wanted.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ budgetId: string; carried: string }[]>`
    SELECT b.id AS "budgetId", LEAST(COALESCE(b.carry_over_cap_pico_usd, b.limit_pico_usd), GREATEST(0, b.limit_pico_usd
      + COALESCE(p.carried_pico_usd + p.forgiven_pico_usd - p.settled_pico_usd - p.granted_pico_usd - p.unreconciled_pico_usd, 0)))::text AS carried
    FROM (VALUES ${join(wanted)}) AS wanted (budget_id, previous_start)
    JOIN budgets b ON b.organization_id = ${organizationId} AND b.id = wanted.budget_id AND wanted.previous_start >= b.counted_from
    LEFT JOIN budget_periods p ON p.organization_id = b.organization_id AND p.budget_id = b.id AND p.period_start = wanted.previous_start
      AND (${value ?? null}::text IS NULL OR p.scope_value = ${value ?? null})`;
  return new Map(rows.map(({ budgetId, carried }) => [budgetId, BigInt(carried)]));
}

function toStatus(
  rule: BudgetRule,
  period: Period,
  sum: SumRow | undefined,
  carriedPicoUsd: bigint,
  nowMs: number,
): BudgetStatus {
  const untouchedPicoUsd = rule.limitPicoUsd + carriedPicoUsd;
  const [remaining, total] = sum?.least ?? [untouchedPicoUsd, untouchedPicoUsd];
  const [, spent, ofTotal] = sum?.fastest ?? [0, 0, untouchedPicoUsd];
  return {
    spentPicoUsd: BigInt(sum?.spent ?? '0'),
    grantedPicoUsd: BigInt(sum?.granted ?? '0'),
    unreconciledPicoUsd: BigInt(sum?.unreconciled ?? '0'),
    assumedPicoUsd: BigInt(sum?.assumed ?? '0'),
    remainingPicoUsd: BigInt(remaining),
    periodLimitPicoUsd: BigInt(total),
    valueCount: sum?.values ?? 0,
    periodStart: new Date(period.startMs),
    resetsAt: period.endMs === null ? null : new Date(period.endMs),
    forecastExceededAt: forecastOf(rule, rule.scope.id, period, BigInt(spent), BigInt(ofTotal), nowMs),
  };
}

function forecastOf(
  rule: BudgetRule,
  value: string,
  period: Period,
  spentPicoUsd: bigint,
  periodLimitPicoUsd: bigint,
  nowMs: number,
): Date | null {
  const sinceMs = spentSince(rule, value, period);
  const goneMs = forecast({ spentPicoUsd, periodLimitPicoUsd, sinceMs, endMs: period.endMs }, nowMs);
  return goneMs === undefined ? null : new Date(goneMs);
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
  /** At this rate; null: not within the period, or nobody can tell. */
  readonly forecastExceededAt: Date | null;
}

interface ValueRow {
  readonly value: string;
  readonly spent: string;
  readonly granted: string;
  readonly unreconciled: string;
  readonly remaining: string;
  readonly total: string;
}

export interface BudgetValueQuery {
  readonly limit: number;
  /** The last value of the page before. */
  readonly after?: Pick<BudgetValueStatus, 'value' | 'spentPicoUsd'> | undefined;
  /** Which values are wanted, by the column that has them: what they are called stands in tables of others. */
  readonly isWanted?: ((value: Prisma.Sql) => Prisma.Sql) | undefined;
}

/**
 * Values of a budget that spent or hold something in its current period, those that spent most first.
 *
 * Each page looks at all values of the budget, as its sums do: an index by what is spent would have to follow every request.
 */
export async function listBudgetValues(
  tx: Transaction,
  organizationId: string,
  budget: BudgetRow,
  nowMs: number,
  { limit, after, isWanted }: BudgetValueQuery,
): Promise<BudgetValueStatus[]> {
  const rule = toBudgetRule(budget);
  const period = periodAt(rule, (await loadTimeZones(tx, organizationId)).zones, nowMs);
  const spent = sql`${String(after?.spentPicoUsd)}::numeric`;
  const conditions = [
    ...(after === undefined
      ? []
      : [
          sql`(standing.spent < ${spent} OR (standing.spent = ${spent} AND standing.scope_value > ${after.value}))`,
        ]),
    ...(isWanted === undefined ? [] : [isWanted(sql`standing.scope_value`)]),
  ];
  const where = conditions.length === 0 ? empty : sql`WHERE ${join(conditions, ' AND ')}`;
  const rows = await readValues(
    tx,
    organizationId,
    { rule, period },
    sql`${where} ORDER BY standing.spent DESC, standing.scope_value LIMIT ${limit}`,
  );
  return rows.map((row) => toValueStatus({ rule, period }, row, nowMs));
}

/** Where one value stands, also one that the period has not heard of yet. */
export async function getBudgetValue(
  tx: Transaction,
  organizationId: string,
  budget: BudgetRow,
  value: string,
  nowMs: number,
): Promise<BudgetValueStatus> {
  const rule = toBudgetRule(budget);
  const { zones } = await loadTimeZones(tx, organizationId);
  const current = { rule, period: periodAt(rule, zones, nowMs) };
  const [row] = await readValues(tx, organizationId, current, sql`WHERE scope_value = ${value}`);
  if (row !== undefined) return toValueStatus(current, row, nowMs);
  const carried = await foreseeCarried(tx, organizationId, [current], zones, value);
  const total = String(rule.limitPicoUsd + (carried.get(rule.id) ?? 0n));
  const untouched = { value, spent: '0', granted: '0', unreconciled: '0', remaining: total, total };
  return toValueStatus(current, untouched, nowMs);
}

function readValues(
  tx: Transaction,
  organizationId: string,
  current: CurrentPeriod,
  chosen: Prisma.Sql,
): Promise<ValueRow[]> {
  return tx.$queryRaw<ValueRow[]>`
    SELECT scope_value AS value, spent::text AS spent, granted::text AS granted, unreconciled::text AS unreconciled,
      (${REMAINING})::text AS remaining, (${TOTAL})::text AS total
    FROM (${listStanding(organizationId, [current])}) AS standing ${chosen}`;
}

function toValueStatus({ rule, period }: CurrentPeriod, row: ValueRow, nowMs: number): BudgetValueStatus {
  const [spentPicoUsd, periodLimitPicoUsd] = [BigInt(row.spent), BigInt(row.total)];
  return {
    value: row.value,
    spentPicoUsd,
    grantedPicoUsd: BigInt(row.granted),
    unreconciledPicoUsd: BigInt(row.unreconciled),
    remainingPicoUsd: BigInt(row.remaining),
    periodLimitPicoUsd,
    forecastExceededAt: forecastOf(rule, row.value, period, spentPicoUsd, periodLimitPicoUsd, nowMs),
  };
}
