/**
 * Running jobs: the payload is parsed before the processor sees it, and a consumer that died is told.
 */
import { UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { QUEUES, type QueueName, type QueuePayload } from './definitions.ts';

export interface JobContext {
  readonly jobId: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly signal: AbortSignal | undefined;
}

export interface WorkerOptions<N extends QueueName> {
  /** In the `worker` manner (`openRedis`); stays the caller's to close. */
  readonly redis: Redis;
  readonly process: (payload: QueuePayload<N>, context: JobContext) => Promise<void>;
  readonly concurrency?: number;
  /** How long a job may go without a sign of life before another worker takes it. */
  readonly lockDurationMs?: number;
  /** `last`: it stays failed; nobody tries it again by itself. */
  readonly onJobFailed?: (error: Error, job: { jobId: string; attempt: number; last: boolean }) => void;
  readonly onError?: (error: Error) => void;
  /** The loop that takes jobs has ended without `close()`: the process must exit rather than look alive. */
  readonly onDead?: (error: Error) => void;
}

export interface JobWorker {
  /** Takes no new job; waits for the running ones. */
  close(): Promise<void>;
  isRunning(): boolean;
}

/** Takes jobs from now on. A payload that does not parse fails for good: trying again cannot help. */
export function createWorker<N extends QueueName>(name: N, options: WorkerOptions<N>): JobWorker {
  const { schema } = QUEUES[name];
  let closing = false;
  const worker = new Worker(
    name,
    async (job, _token, signal) => {
      const parsed = schema.safeParse(job.data);
      if (!parsed.success) {
        const where = parsed.error.issues[0]?.path.join('.') ?? '';
        throw new UnrecoverableError(
          `Cannot run ${name} job: its payload must fit the schema, got another at "${where}"`,
        );
      }
      const context = { jobId: job.id ?? '', attempt: job.attemptsMade + 1, signal };
      await options.process(parsed.data as QueuePayload<N>, context);
    },
    {
      connection: options.redis,
      autorun: false,
      concurrency: options.concurrency ?? 1,
      lockDuration: options.lockDurationMs ?? 30_000,
      stalledInterval: 5_000,
      maxStalledCount: 5,
    },
  );
  worker.on('error', (error) => options.onError?.(error));
  worker.on('failed', (job, error) => {
    // A job may be over long before its last try: what cannot be read, what has ended workers too often. One that is no
    // longer there is not tried again either.
    const last = job === undefined || typeof job.finishedOn === 'number';
    options.onJobFailed?.(error, { jobId: job?.id ?? '', attempt: job?.attemptsMade ?? 0, last });
  });
  worker.run().then(
    () => {
      if (!closing)
        options.onDead?.(new Error(`Cannot run ${name} jobs: the loop must not end by itself, got its end`));
    },
    (error: unknown) => {
      if (!closing) options.onDead?.(error instanceof Error ? error : new Error(String(error)));
    },
  );
  return {
    close: async () => {
      closing = true;
      await worker.close();
    },
    isRunning: () => worker.isRunning(),
  };
}
