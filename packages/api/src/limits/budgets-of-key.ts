/** How many budgets stand directly on one key: each is held and settled with every request of it. */
import type { Transaction } from '@tollgate/db';
import { ApiProblem } from '../framework/problem.ts';

const BUDGETS_PER_KEY = 20;

/** Locks the key, so that several requests at once count after each other. @throws {ApiProblem} `conflict`. */
export async function assertRoomForBudget(
  tx: Transaction,
  organizationId: string,
  scope: { readonly type: string; readonly id: string },
): Promise<void> {
  if (scope.type !== 'key') return;
  await tx.$queryRaw`
    SELECT 1 FROM virtual_keys WHERE organization_id = ${organizationId} AND id = ${scope.id} FOR NO KEY UPDATE`;
  const count = await tx.budget.count({
    where: { organizationId, scopeType: 'key', scopeId: scope.id, archivedAt: null },
  });
  if (count < BUDGETS_PER_KEY) return;
  throw new ApiProblem(
    'conflict',
    `Cannot put another budget on this key: ${BUDGETS_PER_KEY} are the most; change or archive one of them`,
    { reason: 'budgets_per_key', counts: { limit: BUDGETS_PER_KEY } },
  );
}
