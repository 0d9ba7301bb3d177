/** Batches of the ledger from gateways into Postgres. The rules are packages/metering's. */
import { type BudgetExcess, settleEntries } from '@tollgate/limits';
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
 * @param onExcess Told of hard budgets that stand above their limit, after the commit.
 * @returns The processor of `usage-ingest`.
 */
export function createIngest(
  { database, clock, logger }: WorkerContext,
  onRecorded: (organizationIds: readonly string[]) => Promise<void>,
  onFirstRequests: (firstRequests: readonly FirstRequest[]) => Promise<void>,
  onExcess: (organizationId: string, excesses: readonly BudgetExcess[]) => void,
): (batch: QueuePayload<'usage-ingest'>) => Promise<void> {
  const ingest = new BatchIngest(database);
  return async (batch) => {
    const excesses = new Map<string, readonly BudgetExcess[]>();
    const outcome = await ingest.ingest(batch, {
      now: clock.now(),
      // In the transaction that records them: an entry is settled exactly when it is there.
      onNewEntries: async (tx, organizationId, entries) => {
        const above = await settleEntries(tx, organizationId, entries);
        if (above.length > 0) excesses.set(organizationId, above);
      },
    });
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
    for (const [organizationId, above] of excesses) onExcess(organizationId, above);
    if (outcome.firstRequests.length > 0) await onFirstRequests(outcome.firstRequests);
    if (outcome.newEntries > 0) await onRecorded(outcome.organizationIds);
  };
}
