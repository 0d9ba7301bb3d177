/**
 * Compares budgets, grants and ledger in SQL, and returns every difference.
 *
 * One snapshot, so that what runs meanwhile is either wholly in it or not at all.
 */
import type { Database } from '@tollgate/db';

export interface BudgetDifference {
  readonly budgetId: string;
  readonly scopeValue: string;
  readonly periodStart: Date;
  readonly kind:
    | 'settled-differs-from-ledger'
    | 'assumed-differs-from-ledger'
    | 'granted-differs-from-grants'
    | 'unreconciled-differs-from-grants'
    /** Not explained by a lowered limit, an overrun, or entries without a hold. */
    | 'above-limit';
  readonly expectedPicoUsd: bigint;
  readonly foundPicoUsd: bigint;
}

const TIMEOUT_MS = 120_000;

export async function auditBudgets(database: Database, organizationId: string): Promise<BudgetDifference[]> {
  const rows = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<
      (Pick<BudgetDifference, 'budgetId' | 'scopeValue' | 'periodStart' | 'kind'> & {
        expected: string;
        found: string;
      })[]
    >`
      SELECT budget_id AS "budgetId", scope_value AS "scopeValue", period_start AS "periodStart", kind, expected, found
      FROM audit_budgets()`,
    { timeoutMs: TIMEOUT_MS, isolationLevel: 'RepeatableRead' },
  );
  return rows.map(({ expected, found, ...rest }) => ({
    ...rest,
    expectedPicoUsd: BigInt(expected),
    foundPicoUsd: BigInt(found),
  }));
}
