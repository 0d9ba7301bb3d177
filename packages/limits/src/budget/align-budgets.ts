/**
 * Lets budgets follow a change of the organization's time zone: from when they count, and where their periods begin and end.
 *
 * A gateway asks for grants of the periods that the zones say; one that began before a budget counts is held for by
 * nobody. Not here: what moves in the rows (`align_budgets` in the migration), which zone is in force when (packages/identity).
 */
import type { Transaction } from '@tollgate/db';
import { type BudgetRow, loadTimeZones, toBudgetRule } from './budget-policy.ts';
import { type Period, type PeriodRule, periodAt, type TimeZoneFrom } from './period.ts';

/**
 * Before the organization's row is locked and before anybody asks whether something is metered: whoever makes a budget takes the
 * locks in this order.
 */
export async function lockTimeZones(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT lock_time_zones()::text`;
}

/** In the transaction that has changed the zones, under `lockTimeZones`. */
export async function alignBudgets(tx: Transaction, organizationId: string, nowMs: number): Promise<void> {
  const rows = await tx.$queryRaw<BudgetRow[]>`
    SELECT id, name, scope_type AS "scopeType", scope_id AS "scopeId", counts, limit_pico_usd::text AS "limitPicoUsd", period,
      anchor_at AS "anchorAt", carry_over AS "carryOver", kind, on_exceeded AS "onExceeded", paused_at AS "pausedAt",
      archived_at AS "archivedAt", created_at AS "createdAt"
    FROM budgets WHERE organization_id = ${organizationId} AND counted_from IS NOT NULL`;
  if (rows.length === 0) return;
  const { zones } = await loadTimeZones(tx, organizationId);
  const rules = new Map(rows.map((row) => [row.id, toBudgetRule(row)]));
  // What has ended stays as it is, unless there was nothing in it.
  const known = await tx.$queryRaw<{ budgetId: string; start: Date; end: Date }[]>`
    SELECT DISTINCT budget_id AS "budgetId", period_start AS start, period_end AS end FROM budget_periods
    WHERE organization_id = ${organizationId} AND period_end IS NOT NULL AND (period_end > ${new Date(nowMs)}
      OR NOT EXISTS (SELECT 1 FROM usage_entries WHERE organization_id = ${organizationId}))`;
  // Since the period of its birth, whatever the zones were then: while nothing is metered there is nothing to count again.
  const budgets = rows.map(({ id, createdAt }) => ({
    id,
    countedFrom: iso(periodAt(rules.get(id)!, zones, createdAt.getTime()).startMs),
  }));
  const periods = known.flatMap(({ budgetId, start, end }) => {
    const rule = rules.get(budgetId);
    if (rule === undefined) return [];
    const to = alignedPeriod(rule, zones, { startMs: start.getTime(), endMs: end.getTime() }, nowMs);
    const toEnd = to.endMs === null ? null : iso(to.endMs);
    return [{ budgetId, from: start.toISOString(), start: iso(to.startMs), end: toEnd }];
  });
  await tx.$queryRaw`SELECT align_budgets(${JSON.stringify({ budgets, periods })}::jsonb)::text`;
}

/**
 * What becomes of a period whose zones have changed: the one that is running becomes the one that runs now, and any other begins
 * as before itself, or is the one that requests of it are in now.
 */
export function alignedPeriod(
  rule: PeriodRule,
  zones: readonly TimeZoneFrom[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  nowMs: number,
): Period {
  // First of all: a month that begins at the same instant in the new zone may be over there already.
  if (startMs <= nowMs && nowMs < endMs) return periodAt(rule, zones, nowMs);
  const same = periodAt(rule, zones, startMs);
  if (same.startMs === startMs) return same;
  return periodAt(rule, zones, Math.floor((startMs + endMs) / 2));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
