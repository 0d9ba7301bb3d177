/** Where teams stand: of each team's own budgets the one with least left, in its own terms. */
import type { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { parseUsdSum } from '@tollgate/money';
import { type Budget, presentBudgets } from './present-budget.ts';

/** Of a team, compared exactly. */
const NEAREST = 3;

type Shown = z.input<typeof Budget>;

/** @returns Team id to budget; teams without one of their own that is in force are missing. */
export async function findTightestBudgets(
  tx: Transaction,
  organizationId: string,
  teamIds: readonly string[],
  nowMs: number,
): Promise<ReadonlyMap<string, Shown>> {
  const ids = await findNearest(tx, organizationId, teamIds, nowMs);
  const rows = await tx.budget.findMany({
    where: { organizationId, id: { in: ids } },
    orderBy: { id: 'asc' },
  });
  const tightest = new Map<string, Shown>();
  for (const budget of await presentBudgets(tx, organizationId, rows, nowMs)) {
    const other = tightest.get(budget.scope.id);
    if (other === undefined || isTighter(budget, other)) tightest.set(budget.scope.id, budget);
  }
  return tightest;
}

/** However many budgets a team has: those with the smallest part of their limit left. */
async function findNearest(
  tx: Transaction,
  organizationId: string,
  teamIds: readonly string[],
  nowMs: number,
): Promise<string[]> {
  const now = new Date(nowMs);
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM (
      SELECT b.id, row_number() OVER (PARTITION BY b.scope_id ORDER BY CASE WHEN b.limit_pico_usd <= 0 THEN 0
        ELSE COALESCE(p.part_left, 1) END, b.id) AS place
      FROM budgets b LEFT JOIN LATERAL (
        SELECT CASE WHEN budget_period_limit(b, p) - p.forgiven_pico_usd <= 0 THEN 0
          ELSE GREATEST(0, budget_period_limit(b, p) - p.settled_pico_usd - p.granted_pico_usd - p.unreconciled_pico_usd)
            / (budget_period_limit(b, p) - p.forgiven_pico_usd) END AS part_left
        FROM budget_periods p WHERE p.organization_id = b.organization_id AND p.budget_id = b.id
          AND p.period_start <= ${now} AND (p.period_end IS NULL OR p.period_end > ${now})
        ORDER BY p.period_start DESC LIMIT 1) p ON true
      WHERE b.organization_id = ${organizationId} AND b.scope_type = 'team' AND b.scope_id = ANY(${[...teamIds]})
        AND b.archived_at IS NULL AND b.paused_at IS NULL) ranked
    WHERE place <= ${NEAREST}`;
  return rows.map(({ id }) => id);
}

/** Less of its limit is left; where nothing was ever allowed, nothing is left. */
function isTighter(left: Shown, right: Shown): boolean {
  const [limit, otherLimit] = [parseUsdSum(left.periodLimitUsd), parseUsdSum(right.periodLimitUsd)];
  if (limit <= 0n || otherLimit <= 0n) return limit <= 0n && otherLimit > 0n;
  return parseUsdSum(left.remainingUsd) * otherLimit < parseUsdSum(right.remainingUsd) * limit;
}
