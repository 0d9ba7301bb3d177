/**
 * What people decided in the console and only the worker may do: lines of the quarantine released into the ledger,
 * differences of providers' bills booked there. Budgets count both in the same transaction.
 */
import { settleCorrections, settleEntries } from '@tollgate/limits';
import { releaseQuarantined } from '@tollgate/metering';
import { bookDifferences } from '@tollgate/reconciliation';
import type { WorkerContext } from '../worker-context.ts';

export async function carryOutDecisions(
  { database, clock, logger }: WorkerContext,
  organizationId: string,
): Promise<void> {
  const now = clock.now();
  const released = await releaseQuarantined(database, { organizationId, now }, async (tx, id, entries) => {
    await settleEntries(tx, id, entries);
  });
  if (released > 0) logger.info({ organizationId, released }, 'lines that were set aside are in the ledger');
  const booked = await bookDifferences(database, organizationId, async (tx, id) => {
    await settleCorrections(tx, id, now.getTime());
  });
  if (booked > 0) logger.info({ organizationId, booked }, 'differences of a provider’s bill were booked');
}
