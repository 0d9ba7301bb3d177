/** Batches of the ledger from gateways into Postgres. The rules are packages/metering's. */
import { BatchIngest, type FirstRequest } from '@tollgate/metering';
import type { QueuePayload } from '@tollgate/queues';
import type { WorkerContext } from './worker-context.ts';

/** An earlier batch of the same gateway has not arrived yet: no fault, the queue tries again. */
export class EarlyBatchError extends Error {
  override readonly name = 'EarlyBatchError';
}

/**
 * @param onRecorded Told which organizations have new entries, after the commit.
 * @param onFirstRequests Told which keys were answered for the first time, after the commit.
 * @returns The processor of `usage-ingest`.
 */
export function createIngest(
  { database, clock, logger }: WorkerContext,
  onRecorded: (organizationIds: readonly string[]) => Promise<void>,
  onFirstRequests: (firstRequests: readonly FirstRequest[]) => Promise<void>,
): (batch: QueuePayload<'usage-ingest'>) => Promise<void> {
  const ingest = new BatchIngest(database);
  return async (batch) => {
    const outcome = await ingest.ingest(batch, { now: clock.now() });
    const where = {
      gatewayId: batch.gatewayId,
      epochId: batch.epochId,
      fromSequence: batch.fromSequence,
      toSequence: batch.toSequence,
    };
    if (outcome.kind === 'early') {
      throw new EarlyBatchError(
        `Cannot record the batch: it must follow frame ${outcome.shippedSequence}, got one from ${batch.fromSequence}`,
      );
    }
    if (outcome.kind === 'duplicate') return;
    if (outcome.lostFrames > 0) {
      logger.error(
        { alarm: true, ...where, lostFrames: outcome.lostFrames },
        'frames that were confirmed are gone from the ledger',
      );
    }
    if (outcome.quarantined > 0) {
      logger.error(
        { alarm: true, ...where, quarantined: outcome.quarantined },
        'lines were set aside: look at quarantined_entries',
      );
    }
    if (outcome.firstRequests.length > 0) await onFirstRequests(outcome.firstRequests);
    if (outcome.newEntries > 0) await onRecorded(outcome.organizationIds);
  };
}
