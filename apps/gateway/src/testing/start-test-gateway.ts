/** A gateway in this process on a free port, with what a test gives it. */
import type { AddressInfo } from 'node:net';
import { systemClock } from '@tollgate/clock';
import { type Database, openDatabase, type TransactionOptions } from '@tollgate/db';
import { createLogger } from '@tollgate/logging';
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

export interface TestGatewayOptions extends Partial<GatewayOptions> {
  readonly databaseUrl: string;
  /** Short where a test takes Postgres away without a word; else as patient as a busy machine needs. */
  readonly connectTimeoutMs?: number;
}

export async function startTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const logLines: string[] = [];
  const logger = createLogger({
    name: 'gateway',
    level: 'debug',
    destination: { write: (line) => logLines.push(line) },
  });
  const { databaseUrl, connectTimeoutMs = 20_000, ...more } = options;
  const database = openDatabase({ url: databaseUrl, applicationName: 'test-gateway', connectTimeoutMs });
  const log = new MemoryLog();
  const gateway = createGateway({
    clock: systemClock,
    logger,
    keyPeppers: TEST_PEPPERS,
    source: createPostgresPolicySource({
      database: patient(database, connectTimeoutMs),
      encryptionKeys: TEST_ENCRYPTION_KEYS,
      logger,
    }),
    log,
    stored: { find: () => Promise.resolve(undefined) },
    pollIntervalMs: 200,
    ...more,
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

/** What a gateway gives up after two seconds takes longer now and then where many tests share a core. */
function patient(database: Database, timeoutMs: number): Database {
  const long = (options: TransactionOptions = {}): TransactionOptions => ({
    ...options,
    timeoutMs: Math.max(options.timeoutMs ?? 0, timeoutMs),
  });
  return {
    tenant: (id, run, options) => database.tenant(id, run, long(options)),
    person: (person, run, options) => database.person(person, run, long(options)),
    platform: (run, options) => database.platform(run, long(options)),
    tenants: (run, options) => database.tenants(run, long(options)),
    close: () => database.close(),
  };
}
