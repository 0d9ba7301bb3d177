/** Debit notes that nobody issued within the days of grace. */
import { issueDueNotes } from '@tollgate/billing';
import { forEachOrganization } from '../organizations.ts';
import type { WorkerContext } from '../worker-context.ts';
import { ensurePartitions } from './partitions.ts';

export async function issueNotes(context: WorkerContext, signal: AbortSignal): Promise<void> {
  const { database, clock, logger, payments } = context;
  // The audit event of a note needs its month.
  await ensurePartitions(context);
  await forEachOrganization(database, signal, async (organizationId) => {
    const issued = await issueDueNotes(database, {
      organizationId,
      now: clock.now(),
      collectsByStripe: payments !== undefined,
    });
    for (const { id, number } of issued)
      logger.info({ organizationId, creditNoteId: id, number }, 'a debit note was issued');
  });
}
