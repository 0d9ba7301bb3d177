/**
 * Brings cubes and drafts up to the ledger as after an import of millions: the cursor is moved over all that is there,
 * and what lies behind it is made from the ledger, month by month and day by day. Documents of each month must exist.
 */
import { rebuildDrafts, rebuildRollups } from '@tollgate/billing';
import type { FilledOrganization } from './filled-organization.ts';

export interface SetsOptions {
  readonly fromMs: number;
  readonly nowMs: number;
  readonly onProgress?: (line: string) => void;
}

export async function makeInSets(
  { worker, organizationId }: FilledOrganization,
  { fromMs, nowMs, onProgress }: SetsOptions,
): Promise<void> {
  const beganMs = performance.now();
  const tell = (what: string): void =>
    onProgress?.(`${what} after ${Math.round((performance.now() - beganMs) / 1_000)} s`);
  const drafts = await worker.tenant(organizationId, async (tx) => {
    await tx.$executeRaw`
      UPDATE ledger_cursors SET next_xid = pg_snapshot_xmin(pg_current_snapshot())
      WHERE organization_id = ${organizationId} AND name = 'usage-rollup'`;
    return tx.invoice.findMany({
      where: { organizationId, state: 'draft', subjectId: '' },
      select: { id: true, periodStart: true },
    });
  });
  const byPeriod = Map.groupBy(drafts, ({ periodStart }) => periodStart.getTime());
  await Promise.all([
    rebuildRollups(worker, {
      organizationId,
      from: new Date(fromMs),
      to: new Date(nowMs),
      onDays: (made, count) => {
        if (count % 10 === 0) tell(`${made} of ${count} days`);
      },
    }).then(() => tell('cubes and summaries')),
    (async () => {
      for (const period of byPeriod.values()) {
        const invoiceIds = period.map(({ id }) => id);
        await rebuildDrafts(worker, { organizationId, invoiceIds, nowMs });
        tell('drafts of a month');
      }
    })(),
  ]);
}
