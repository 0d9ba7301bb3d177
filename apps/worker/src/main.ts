/** The worker as a process. */
import { join } from 'node:path';
import { createCheckpointSigner } from '@tollgate/audit';
import { openPaymentProcessor } from '@tollgate/billing';
import { createClock } from '@tollgate/clock';
import { ConfigurationError, readEnvironment, type WorkerConfig, workerConfig } from '@tollgate/config';
import { assertLeastPrivilege, openDatabase } from '@tollgate/db';
import { createLogger, type Logger } from '@tollgate/logging';
import { openSmtpTransport } from '@tollgate/mail';
import { startHealthServer } from './health-server.ts';
import { createWorkerApp } from './worker-app.ts';
import { WorkerMetrics } from './worker-metrics.ts';

const STOP_TIMEOUT_MS = 25_000;

async function main(): Promise<void> {
  const config = workerConfig(readEnvironment());
  const logger = createLogger({ name: 'worker', level: config.logLevel });
  const fail = (error: unknown): void => {
    logger.fatal({ err: error }, 'the worker cannot go on');
    process.exit(1);
  };
  process.on('unhandledRejection', fail);
  const stop = await runWorker(config, logger, fail);
  stopOnSignals(stop, logger);
}

async function runWorker(
  config: WorkerConfig,
  logger: Logger,
  onFatal: (error: Error) => void,
): Promise<() => Promise<void>> {
  const database = openDatabase({
    url: config.databaseUrl,
    applicationName: 'tollgate-worker',
    maxConnections: config.concurrency * 2 + 6,
    statementTimeoutMs: 120_000,
    onError: (error) => logger.warn({ err: error }, 'an idle connection to Postgres was lost'),
  });
  await assertLeastPrivilege(database);
  const ring = config.encryptionKeys;
  const transport =
    config.smtpUrl === undefined
      ? undefined
      : openSmtpTransport({ url: config.smtpUrl, from: config.mailFrom });
  const metrics = new WorkerMetrics();
  const app = await createWorkerApp({
    metrics,
    database,
    redisUrl: config.redisUrl,
    clock: createClock(config.clockOffsetFile),
    logger,
    concurrency: config.concurrency,
    signer: createCheckpointSigner(ring),
    exportsFolder: join(config.stateDirectory, 'exports'),
    retention: config.retention,
    ...(transport === undefined ? {} : { mail: { transport, ring } }),
    ...(config.stripe === undefined ? {} : { payments: openPaymentProcessor(config.stripe) }),
    accounts: {
      ring,
      allowedPrivateOrigins: config.allowedPrivateOrigins,
      operatorPrivateOrigins: config.operatorPrivateOrigins,
    },
    notify: { ring, consoleUrl: config.consoleUrl, allowedPrivateOrigins: config.allowedPrivateOrigins },
    onFatal,
  });
  const health = await startHealthServer(config.healthPort, app.health, metrics);
  logger.info({ healthPort: health.port }, 'the worker takes jobs');
  return async () => {
    await health.close();
    await app.stop();
    transport?.close();
    await database.close();
  };
}

function stopOnSignals(stop: () => Promise<void>, logger: Logger): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'the worker finishes its jobs');
    // Whatever is still running then is taken over by another worker: every job is safe to run twice.
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.fatal({ err: error }, 'the worker could not end properly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

main().catch((error: unknown) => {
  if (error instanceof ConfigurationError) process.stderr.write(`${error.message}\n`);
  else createLogger({ name: 'worker' }).fatal({ err: error }, 'the worker could not start');
  process.exit(1);
});
