/** Where teams stand: of each team's own budgets the one with least left, in its own terms. */
import type { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { parseUsdSum } from '@tollgate/money';
import { type Budget, presentBudgets } from './present-budget.ts';

type Shown = z.input<typeof Budget>;

/** @returns Team id to budget; teams without one of their own that is in force are missing. */
export async function findTightestBudgets(
  tx: Transaction,
  organizationId: string,
  teamIds: readonly string[],
  nowMs: number,
): Promise<ReadonlyMap<string, Shown>> {
  const rows = await tx.budget.findMany({
    where: {
      organizationId,
      scopeType: 'team',
      scopeId: { in: [...teamIds] },
      archivedAt: null,
      pausedAt: null,
    },
    orderBy: { id: 'asc' },
  });
  const tightest = new Map<string, Shown>();
  for (const budget of await presentBudgets(tx, organizationId, rows, nowMs)) {
    const other = tightest.get(budget.scope.id);
    if (other === undefined || isTighter(budget, other)) tightest.set(budget.scope.id, budget);
  }
  return tightest;
}

/** Less of its limit is left; where nothing was ever allowed, nothing is left. */
function isTighter(left: Shown, right: Shown): boolean {
  const [limit, otherLimit] = [parseUsdSum(left.periodLimitUsd), parseUsdSum(right.periodLimitUsd)];
  if (limit <= 0n || otherLimit <= 0n) return limit <= 0n && otherLimit > 0n;
  return parseUsdSum(left.remainingUsd) * otherLimit < parseUsdSum(right.remainingUsd) * limit;
}
