/** A gateway in this process on a free port, with what a test gives it. */
import type { AddressInfo } from 'node:net';
import { systemClock } from '@tollgate/clock';
import { type Database, openDatabase } from '@tollgate/db';
import { createLogger } from '@tollgate/logging';
import type { UsageLog } from '../attempts/usage-log.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../create-gateway.ts';
import { createPostgresPolicySource } from '../policy/postgres-policy-source.ts';
import { MemoryLog } from './memory-log.ts';
import { TEST_ENCRYPTION_KEYS, TEST_PEPPERS } from './seed.ts';

export interface TestGateway {
  /** With `/v1`. */
  readonly baseUrl: string;
  readonly origin: string;
  readonly gateway: Gateway;
  readonly log: MemoryLog;
  readonly logLines: string[];
  close(): Promise<void>;
}

export async function startTestGateway(
  options: Partial<GatewayOptions> & { readonly databaseUrl: string; readonly log?: UsageLog },
): Promise<TestGateway> {
  const logLines: string[] = [];
  const logger = createLogger({
    name: 'gateway',
    level: 'debug',
    destination: { write: (line) => logLines.push(line) },
  });
  const database: Database = openDatabase({
    url: options.databaseUrl,
    applicationName: 'test-gateway',
    connectTimeoutMs: 500,
  });
  const log = new MemoryLog();
  const gateway = createGateway({
    clock: systemClock,
    logger,
    keyPeppers: TEST_PEPPERS,
    source: createPostgresPolicySource({ database, encryptionKeys: TEST_ENCRYPTION_KEYS, logger }),
    log,
    stored: { find: () => Promise.resolve(undefined) },
    pollIntervalMs: 200,
    ...options,
    // Machines that run tests are late as a rule.
    limits: { maxLoopLagMs: 10_000, ...options.limits },
  });
  await new Promise<void>((resolve) => gateway.server.listen(0, '127.0.0.1', resolve));
  const { port } = gateway.server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    baseUrl: `${origin}/v1`,
    origin,
    gateway,
    log,
    logLines,
    async close() {
      await gateway.close();
      await database.close();
    },
  };
}
