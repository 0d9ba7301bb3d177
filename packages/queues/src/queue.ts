/**
 * Adding jobs: typed by the queue's payload, failing fast when Redis is down.
 */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { QUEUES, type QueueName, type QueuePayload } from './definitions.ts';

export interface AddOptions {
  /** From `jobId()`. A job with an id that BullMQ remembers is not added. */
  readonly jobId?: string;
  readonly delayMs?: number;
}

export interface JobQueue<N extends QueueName> {
  /** @throws {Error} Redis does not answer: nothing is known about the job; add it again. */
  add(payload: QueuePayload<N>, options?: AddOptions): Promise<void>;
  /** Removes a job that has not been started, or is over. @returns Whether there was one. */
  remove(jobId: string): Promise<boolean>;
  counts(): Promise<{ waiting: number; active: number; delayed: number; failed: number }>;
  /** One job every `everyMs`, however many processes ask for it. */
  schedule(scheduleId: string, everyMs: number, payload: QueuePayload<N>): Promise<void>;
  /** The ids of what is scheduled: none after Redis lost its data. */
  listSchedules(): Promise<string[]>;
  close(): Promise<void>;
}

/** @param redis In the `producer` manner (`openRedis`); stays the caller's to close. */
export function createQueue<N extends QueueName>(name: N, redis: Redis): JobQueue<N> {
  const { attempts, backoffMs, keepFailed } = QUEUES[name];
  const queue = new Queue(name, {
    connection: redis,
    skipWaitingForReady: true,
    // The check asks Redis once, when the queue is made; while Redis is away it would fail, and with it every add
    // for the life of the process.
    skipVersionCheck: true,
    defaultJobOptions: {
      attempts,
      backoff: { type: 'exponential', delay: backoffMs, jitter: 0.5 },
      removeOnComplete: true,
      removeOnFail: { count: keepFailed },
    },
  });
  queue.on('error', () => undefined); // The connection's own listener reports it.
  return {
    add: async (payload, options = {}) => {
      await queue.add(name, payload, {
        ...(options.jobId === undefined ? {} : { jobId: options.jobId }),
        ...(options.delayMs === undefined ? {} : { delay: options.delayMs }),
      });
    },
    remove: async (id) => (await queue.remove(id)) === 1,
    counts: async () => {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
      return {
        waiting: counts.waiting ?? 0,
        active: counts.active ?? 0,
        delayed: counts.delayed ?? 0,
        failed: counts.failed ?? 0,
      };
    },
    schedule: async (scheduleId, everyMs, payload) => {
      await queue.upsertJobScheduler(scheduleId, { every: everyMs }, { name, data: payload });
    },
    listSchedules: async () => (await queue.getJobSchedulers()).map(({ key }) => key),
    close: () => queue.close(),
  };
}
