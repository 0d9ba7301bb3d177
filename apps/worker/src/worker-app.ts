/**
 * The worker: consumers of the queues, the schedule of rounds, and their orderly end.
 *
 * Redis only says when; what was done stands in Postgres. So a lost Redis loses no work: rounds find it again.
 * Not here: what jobs do (packages), reading the environment (main.ts).
 */
import { rollUp } from '@tollgate/billing';
import { RedisRecall } from '@tollgate/limits';
import { SendingMails } from '@tollgate/mail';
import {
  createQueue,
  createWorker,
  type JobWorker,
  jobId,
  openRedis,
  type QueueName,
  type QueuePayload,
} from '@tollgate/queues';
import { announceFirstRequests } from './announce-first-requests.ts';
import { tellOfExcess } from './budget-excess.ts';
import { watchClock } from './clock-watch.ts';
import { createIngest, EarlyBatchError } from './ingest.ts';
import { createTaskRunner, onePlaceEach } from './task-runner.ts';
import { lookForAlerts } from './tasks/alerts.ts';
import { closeInvoices } from './tasks/close-invoices.ts';
import { getTask, isTaskName, TASK_NAMES, type TaskName } from './tasks/index.ts';
import { sealAudit } from './tasks/seal-audit.ts';
import { Turns } from './turns.ts';
import type { WorkerContext } from './worker-context.ts';

export interface WorkerAppOptions extends Omit<WorkerContext, 'turns' | 'sending'> {
  readonly redisUrl: string;
  /** Jobs of one queue at once. */
  readonly concurrency?: number;
  /** How long rounds wait for one organization's own servers. For tests. */
  readonly turnMs?: number;
  /** Something that cannot heal inside this process: it must exit and be started again. */
  readonly onFatal: (error: Error) => void;
}

export interface WorkerHealth {
  readonly healthy: boolean;
  /** Consumers that take jobs. */
  readonly running: readonly string[];
  readonly stopped: readonly string[];
  readonly redis: string;
}

export interface WorkerApp {
  health(): WorkerHealth;
  /** Runs a round now, in this process. */
  runTask(name: TaskName): Promise<void>;
  /** Takes no new job, finishes the running ones, closes its connections; the database stays the caller's. */
  stop(): Promise<void>;
}

const ROLL_UP_DELAY_MS = 250;
const SCHEDULE_CHECK_MS = 3_000;

/** Starts consuming. @throws {Error} Postgres does not answer: without partitions no usage can be taken. */
export async function createWorkerApp(options: WorkerAppOptions): Promise<WorkerApp> {
  const { database, clock, logger, concurrency = 4 } = options;
  const stopping = new AbortController();
  const onRedisError = (error: Error): void =>
    logger.warn({ err: error }, 'the connection to Redis had an error');
  const producer = openRedis({
    url: options.redisUrl,
    manner: 'producer',
    name: 'worker-producer',
    onError: onRedisError,
  });
  const consumer = openRedis({
    url: options.redisUrl,
    manner: 'worker',
    name: 'worker',
    onError: onRedisError,
  });
  const recall = new RedisRecall({ publisher: producer, subscriber: producer, sender: 'worker' });
  const rollups = createQueue('rollup', producer);
  const maintenance = createQueue('maintenance', producer);
  const workers = new Map<QueueName, JobWorker>();

  const consume = <N extends QueueName>(
    name: N,
    process: (payload: QueuePayload<N>) => Promise<void>,
    own = concurrency,
  ): void => {
    const worker = createWorker(name, {
      redis: consumer,
      concurrency: own,
      process,
      onJobFailed: (error, job) => {
        if (error instanceof EarlyBatchError && !job.last) return;
        const detail = { err: error, queue: name, ...job };
        if (job.last) logger.error({ alarm: true, ...detail }, 'a job failed for good');
        else logger.warn(detail, 'a job failed and will be tried again');
      },
      onError: (error) => logger.warn({ err: error, queue: name }, 'a consumer had an error'),
      onDead: (error) => options.onFatal(error),
    });
    workers.set(name, worker);
  };

  /** Best effort: the sweep finds whatever is not asked for here. */
  const askForRollUps = async (organizationIds: readonly string[]): Promise<void> => {
    const slot = Math.floor(clock.monotonicMs() / ROLL_UP_DELAY_MS);
    for (const organizationId of organizationIds) {
      try {
        await rollups.add(
          { version: 1, organizationId },
          { jobId: jobId('rollup', organizationId, slot), delayMs: ROLL_UP_DELAY_MS },
        );
      } catch (error) {
        logger.warn(
          { err: error, organizationId },
          'a roll-up could not be asked for; the next sweep does it',
        );
      }
    }
  };

  const turns = new Turns(logger, options.turnMs === undefined ? {} : { turnMs: options.turnMs });
  const sending = new SendingMails();
  const context: WorkerContext = {
    ...options,
    turns,
    sending,
    tellOfExcess: tellOfExcess(options, recall),
  };
  const runTask = createTaskRunner((name) => getTask(name).run(context, stopping.signal));

  const runScheduled = onePlaceEach(runTask);

  await runTask('partitions');
  consume(
    'usage-ingest',
    createIngest(
      options,
      askForRollUps,
      (first) => announceFirstRequests(producer, options, first),
      tellOfExcess(options, recall),
    ),
  );
  consume('rollup', async ({ organizationId }) => {
    await rollUp(database, { organizationId, nowMs: clock.nowMs(), signal: stopping.signal });
    // Right after what it looks at is up to date; the sweep finds whatever is missed here.
    await lookForAlerts(options, organizationId);
  });
  consume('invoice-close', ({ organizationId }) => closeInvoices(options, organizationId), 1);
  consume('audit-seal', ({ organizationId }) => sealAudit(options, organizationId), 1);
  consume('mail', () => runTask('mail'), 1);
  consume(
    'maintenance',
    async ({ task }) => {
      // Asked for by an older or newer release.
      if (!isTaskName(task)) return logger.warn({ task }, 'a round of this name is unknown here');
      await runScheduled(task);
    },
    TASK_NAMES.length,
  );

  const schedule = keepSchedule(maintenance, stopping.signal, (error) =>
    logger.warn({ err: error }, 'the schedule could not be written; trying again'),
  );
  const onClockMoved = (): void => {
    for (const name of TASK_NAMES.filter((candidate) => getTask(candidate).onClockMoved === true)) {
      runTask(name).catch((error: unknown) =>
        logger.error({ err: error, task: name }, 'a round after a clock change failed'),
      );
    }
  };
  const endWatch = watchClock(clock, onClockMoved);

  return {
    health: () => {
      const names = [...workers.keys()];
      const alive = names.filter((name) => workers.get(name)?.isRunning() === true);
      const stopped = names.filter((name) => !alive.includes(name));
      const healthy = stopped.length === 0 && consumer.status === 'ready' && !stopping.signal.aborted;
      return { healthy, running: alive, stopped, redis: consumer.status };
    },
    runTask,
    stop: async () => {
      stopping.abort();
      endWatch();
      await Promise.all([...workers.values()].map((worker) => worker.close()));
      await Promise.all([turns.ended(), sending.ended()]);
      await schedule;
      await Promise.all([rollups.close(), maintenance.close()]);
      await recall.close();
      consumer.disconnect();
    },
  };
}

/**
 * Redis may come later than we do, and may lose everything while we run: what is missing of the schedule is
 * written again and again.
 */
async function keepSchedule(
  maintenance: ReturnType<typeof createQueue<'maintenance'>>,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  // What an earlier release left there has its intervals.
  let known = new Set<string>();
  while (!signal.aborted) {
    try {
      for (const name of TASK_NAMES.filter((each) => !known.has(each)))
        await maintenance.schedule(name, getTask(name).everyMs, { version: 1, task: name });
      await abortableDelay(SCHEDULE_CHECK_MS, signal);
      if (!signal.aborted) known = new Set(await maintenance.listSchedules());
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      await abortableDelay(1_000, signal);
    }
  }
}

function abortableDelay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
