/** The gateway as a process: one, or a parent with several. */
import cluster from 'node:cluster';
import { ConfigurationError, gatewayConfig, readEnvironment } from '@tollgate/config';
import { createLogger, type Logger } from '@tollgate/logging';
import { startParent } from './processes/parent.ts';
import { runGateway } from './processes/run-gateway.ts';

async function main(): Promise<void> {
  const config = gatewayConfig(readEnvironment());
  const logger = createLogger({ name: 'gateway', level: config.logLevel });
  // One request's bug must not take everybody's streams along; what is broken for good shows in /healthz.
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a promise was rejected unseen'));
  const running =
    config.processes > 1 && cluster.isPrimary
      ? startParent(config, logger)
      : await runGateway(config, logger);
  stopOnSignals(() => running.stop(), logger);
}

function stopOnSignals(stop: () => Promise<void>, logger: Logger): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'the gateway is draining');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.fatal({ err: error }, 'the gateway could not end properly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

main().catch((error: unknown) => {
  if (error instanceof ConfigurationError) process.stderr.write(`${error.message}\n`);
  else createLogger({ name: 'gateway' }).fatal({ err: error }, 'the gateway could not start');
  process.exit(1);
});
