/**
 * The data plane as it runs in production, on loopback: a simulator, gateways and workers as processes of their
 * own, one Postgres, one Redis. Everything can be killed and started again while load runs.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { seedPriceBook } from '@tollgate/catalog/store';
import { type Database, openDatabase } from '@tollgate/db';
import { findFreePort } from '@tollgate/local-services';
import { readTruth, type TruthRecord } from '@tollgate/simulator';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
  type TestServices,
  waitFor,
} from '@tollgate/testing';
import { ManagedProcess } from './managed-process.ts';
import type { Random } from './random.ts';
import { createTenant, type Tenant } from './tenant.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SIMULATOR_API_KEY = `sim-${randomBytes(12).toString('hex')}`;

export interface System {
  readonly simulator: ManagedProcess;
  readonly gateways: readonly ManagedProcess[];
  readonly workers: readonly ManagedProcess[];
  /** One of the gateways that run now, waiting for one where none does. */
  pickUrl(random: Random): Promise<string>;
  readonly tenant: Tenant;
  readonly testDatabase: TestDatabase;
  readonly redis: TestRedis;
  /** As the worker's role: may read the ledger of a tenant. */
  readonly database: Database;
  readTruth(): Promise<TruthRecord[]>;
  /** Resolves when every life of every gateway has brought all it logged into the ledger. */
  whenShipped(timeoutMs: number): Promise<void>;
  /** Resolves when the ledger holds at least this many entries of the tenant. */
  whenRecorded(entryCount: number, timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface SystemOptions {
  readonly gatewayCount: number;
  readonly workerCount: number;
  /** What is run instead of the workspace's own source: the bundles of the images. */
  readonly entries?: Readonly<Record<'simulator' | 'gateway' | 'worker', string>>;
  /** Where it does not run under vitest. */
  readonly services?: TestServices;
}

const SOURCES = {
  simulator: join(ROOT, 'packages/simulator/src/main.ts'),
  gateway: join(ROOT, 'apps/gateway/src/main.ts'),
  worker: join(ROOT, 'apps/worker/src/main.ts'),
} as const;

export async function startSystem({
  gatewayCount,
  workerCount,
  entries = SOURCES,
  services,
}: SystemOptions): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-faults-'));
  mkdirSync(join(folder, 'logs'));
  const [testDatabase, redis] = await Promise.all([createTestDatabase(services), createTestRedis(services)]);
  const ring = (): string => `1:${randomBytes(32).toString('base64url')}`;
  const secrets = { keyPeppers: ring(), encryptionKeys: ring() };
  const truthFile = join(folder, 'truth.jsonl');

  const simulatorPort = await findFreePort();
  const simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
  const simulator = new ManagedProcess({
    name: 'simulator',
    entry: entries.simulator,
    args: ['--port', String(simulatorPort), '--api-key', SIMULATOR_API_KEY, '--truth-file', truthFile],
    environment: {},
    healthUrl: `${simulatorUrl}/healthz`,
    logPath: join(folder, 'logs/simulator.log'),
  });
  const common = {
    REDIS_URL: redis.url,
    TOLLGATE_ENCRYPTION_KEYS: secrets.encryptionKeys,
    TOLLGATE_LOG_LEVEL: 'info',
  };
  const gateways = await Promise.all(
    Array.from({ length: gatewayCount }, async (_, index) => {
      const port = await findFreePort();
      return new ManagedProcess({
        name: `gateway-${index}`,
        entry: entries.gateway,
        environment: {
          ...common,
          DATABASE_URL: testDatabase.urls.gateway,
          TOLLGATE_KEY_PEPPERS: secrets.keyPeppers,
          TOLLGATE_STATE_DIR: join(folder, `gateway-${index}`),
          TOLLGATE_GATEWAY_NAME: `gateway-${index}`,
          TOLLGATE_GATEWAY_HOST: '127.0.0.1',
          TOLLGATE_GATEWAY_PORT: String(port),
          TOLLGATE_METRICS_PORT: String(await findFreePort()),
          TOLLGATE_ALLOWED_PRIVATE_ORIGINS: simulatorUrl,
        },
        healthUrl: `http://127.0.0.1:${port}/readyz`,
        logPath: join(folder, `logs/gateway-${index}.log`),
      });
    }),
  );
  const workers = await Promise.all(
    Array.from({ length: workerCount }, async (_, index) => {
      const port = await findFreePort();
      return new ManagedProcess({
        name: `worker-${index}`,
        entry: entries.worker,
        environment: {
          ...common,
          DATABASE_URL: testDatabase.urls.worker,
          TOLLGATE_STATE_DIR: join(folder, `worker-${index}`),
          TOLLGATE_WORKER_HEALTH_PORT: String(port),
        },
        healthUrl: `http://127.0.0.1:${port}/healthz`,
        logPath: join(folder, `logs/worker-${index}.log`),
      });
    }),
  );

  const database = openDatabase({
    url: testDatabase.urls.worker,
    applicationName: 'faults',
    maxConnections: 2,
  });
  const setUpDatabase = openDatabase({
    url: testDatabase.urls.migrator,
    applicationName: 'faults',
    maxConnections: 1,
  });
  await seedPriceBook(setUpDatabase);
  await setUpDatabase.close();
  const tenant = await createTenant({
    consoleUrl: testDatabase.urls.console,
    ...secrets,
    simulatorBaseUrl: `${simulatorUrl}/v1`,
    simulatorApiKey: SIMULATOR_API_KEY,
    nowMs: Date.now(),
  });

  const all = [simulator, ...gateways, ...workers];
  await Promise.all(all.map((process) => process.start()));

  return {
    simulator,
    gateways,
    workers,
    pickUrl: async (random) => {
      await waitFor(() => gateways.some((gateway) => gateway.isReady), { timeoutMs: 30_000 });
      const ready = gateways.filter((gateway) => gateway.isReady);
      return new URL(random.pick(ready).plan.healthUrl).origin;
    },
    tenant,
    testDatabase,
    redis,
    database,
    readTruth: () => readTruth(truthFile),
    whenShipped: async (timeoutMs) => {
      await waitFor(() => everythingIsShipped(database, gatewayCount), { timeoutMs });
    },
    whenRecorded: async (entryCount, timeoutMs) => {
      const count = () => database.tenant(tenant.organizationId, (tx) => tx.usageEntry.count());
      await waitFor(async () => (await count()) >= entryCount, { timeoutMs });
    },
    stop: async () => {
      await Promise.all(all.map((process) => process.kill()));
      await database.close();
      await testDatabase.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Earlier lives are closed; what is left is the present life of each gateway, idle and at its end. */
async function everythingIsShipped(database: Database, gatewayCount: number): Promise<boolean> {
  const open = await database.platform((tx) => tx.gatewayEpoch.count({ where: { state: 'open' } }));
  return open <= gatewayCount;
}
