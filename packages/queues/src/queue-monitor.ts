/**
 * Looking at every queue at once, and giving jobs that failed for good another try: for the operator.
 *
 * Never shows what a job carries: payloads belong to organizations. A retried job keeps its id, and whatever it had done
 * already it does not do again, because every processor is safe to run twice.
 */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { QUEUE_NAMES, type QueueName } from './definitions.ts';

export interface QueueStanding {
  readonly name: QueueName;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  /** Processes that take jobs from it. */
  readonly workers: number;
  readonly oldestWaitingAt: Date | undefined;
}

export interface FailedJob {
  readonly id: string;
  readonly tries: number;
  readonly reason: string;
  readonly addedAt: Date;
  readonly failedAt: Date | undefined;
}

export interface QueueMonitor {
  /** @throws {Error} Redis does not answer; so do the others. */
  list(): Promise<QueueStanding[]>;
  /** The newest first. */
  listFailed(name: QueueName, limit: number): Promise<FailedJob[]>;
  /** @returns Whether there was such a failed job. */
  retry(name: QueueName, jobId: string): Promise<boolean>;
  discard(name: QueueName, jobId: string): Promise<boolean>;
  close(): Promise<void>;
}

const MAX_REASON_LENGTH = 500;

/** @param redis In the `producer` manner (`openRedis`); stays the caller's to close. */
export function openQueueMonitor(redis: Redis): QueueMonitor {
  const queues = new Map<QueueName, Queue>();
  const queueOf = (name: QueueName): Queue => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, { connection: redis, skipWaitingForReady: true, skipVersionCheck: true });
    queue.on('error', () => undefined); // The connection's own listener reports it.
    queues.set(name, queue);
    return queue;
  };
  const findFailed = async (name: QueueName, jobId: string) => {
    const job = await queueOf(name).getJob(jobId);
    return job !== undefined && (await job.isFailed()) ? job : undefined;
  };
  return {
    list: () => Promise.all(QUEUE_NAMES.map((name) => readStanding(name, queueOf(name)))),
    listFailed: async (name, limit) => {
      const jobs = await queueOf(name).getFailed(0, limit - 1);
      return jobs.map((job) => ({
        id: job.id ?? '',
        tries: job.attemptsMade,
        reason: (job.failedReason ?? '').slice(0, MAX_REASON_LENGTH).toWellFormed(),
        addedAt: new Date(job.timestamp),
        failedAt: job.finishedOn === undefined ? undefined : new Date(job.finishedOn),
      }));
    },
    retry: async (name, jobId) => {
      const job = await findFailed(name, jobId);
      await job?.retry('failed', { resetAttemptsMade: true });
      return job !== undefined;
    },
    discard: async (name, jobId) => {
      const job = await findFailed(name, jobId);
      await job?.remove();
      return job !== undefined;
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

async function readStanding(name: QueueName, queue: Queue): Promise<QueueStanding> {
  const [counts, workers, [oldest]] = await Promise.all([
    queue.getJobCounts('waiting', 'active', 'delayed', 'failed'),
    queue.getWorkersCount(),
    queue.getJobs(['waiting'], 0, 0, true),
  ]);
  return {
    name,
    waiting: counts.waiting ?? 0,
    active: counts.active ?? 0,
    delayed: counts.delayed ?? 0,
    failed: counts.failed ?? 0,
    workers,
    oldestWaitingAt: oldest === undefined ? undefined : new Date(oldest.timestamp),
  };
}
