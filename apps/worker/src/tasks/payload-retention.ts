/**
 * What requests said, once its days are over. Nobody reads it from that moment; here it goes for good: a batch at a time, so
 * that an organization which asks for fewer days than before holds nobody up.
 */
import { deleteExpiredPayloads } from '@tollgate/payloads';
import type { WorkerContext } from '../worker-context.ts';

/** Rows of half a megabyte each, should all be as large as may be. */
const BATCH_ROWS = 100;

export async function deleteOldPayloads(
  { database, clock, logger }: WorkerContext,
  organizationId: string,
  signal: AbortSignal,
): Promise<void> {
  let deleted = 0;
  let last = BATCH_ROWS;
  while (last === BATCH_ROWS && !signal.aborted) {
    last = await database.tenant(organizationId, (tx) =>
      deleteExpiredPayloads(tx, organizationId, clock.nowMs(), BATCH_ROWS),
    );
    deleted += last;
  }
  if (deleted > 0) logger.info({ organizationId, deleted }, 'payloads past their days were deleted');
}
