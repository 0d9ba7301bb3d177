import type { JobQueue } from '@tollgate/queues';
import type { UsagePublisher } from './shipper.ts';

/** Publishes batches as jobs of the `usage-ingest` queue. @param queue On a `producer` connection. */
export function queuePublisher(queue: JobQueue<'usage-ingest'>): UsagePublisher {
  return {
    publish: async (batch, jobId, replaces) => {
      // While workers are away, the same batch must not pile up; a job that is running stays.
      if (replaces !== undefined) await queue.remove(replaces);
      await queue.add(
        { ...batch, entries: [...batch.entries], requests: [...batch.requests], orphans: [...batch.orphans] },
        { jobId },
      );
    },
  };
}
