/** Which rate limits dunning holds: rows like any other, but not the debtor's to change. */
import type { Transaction } from '@tollgate/db';

export async function findDunningLimits(
  tx: Transaction,
  organizationId: string,
  limitIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (limitIds.length === 0) return new Set();
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT detail->>'rateLimitId' AS id FROM dunning_steps
    WHERE organization_id = ${organizationId} AND undone_at IS NULL AND detail->>'rateLimitId' = ANY(${[...limitIds]})`;
  return new Set(rows.map(({ id }) => id));
}
