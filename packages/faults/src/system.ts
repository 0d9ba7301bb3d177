/**
 * The data plane as it runs in production, on loopback: a simulator, gateways and workers as processes of their
 * own, one Postgres, one Redis. Everything can be killed and started again while load runs.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { seedPriceBook } from '@tollgate/catalog/store';
import { type Database, openDatabase } from '@tollgate/db';
import { findFreePort } from '@tollgate/local-services';
import { readTruth, type TruthRecord } from '@tollgate/simulator';
import {
  createTestDatabase,
  createTestRedis,
  type FaultProxy,
  startFaultProxy,
  type TestDatabase,
  type TestRedis,
  type TestServices,
  waitFor,
} from '@tollgate/testing';
import { ManagedProcess } from './managed-process.ts';
import type { Random } from './random.ts';
import { createTenant, type Tenant, type TenantLimits } from './tenant.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SIMULATOR_API_KEY = `sim-${randomBytes(12).toString('hex')}`;

/** What stands between the product and what it needs; each can be cut, slowed and silenced. */
export interface SystemProxies {
  readonly postgres: FaultProxy;
  readonly redis: FaultProxy;
  readonly upstream: FaultProxy;
}

export interface System {
  readonly simulator: ManagedProcess;
  readonly gateways: readonly ManagedProcess[];
  readonly workers: readonly ManagedProcess[];
  /** One of the gateways that run now, waiting for one where none does. */
  pickUrl(random: Random): Promise<string>;
  /** Only where they were asked for. */
  readonly proxies: SystemProxies | undefined;
  /** Moves the wall clock of one gateway; 0 puts it right. */
  setClockOffset(gatewayIndex: number, offsetMs: number): void;
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
  /** What the processes wrote; gone with the system unless it is kept. */
  readonly logFolder: string;
  keepLogs(): void;
  stop(): Promise<void>;
}

export interface SystemOptions {
  readonly gatewayCount: number;
  readonly workerCount: number;
  /** What is run instead of the workspace's own source: the bundles of the images. */
  readonly entries?: Readonly<Record<'simulator' | 'gateway' | 'worker', string>>;
  /** Where it does not run under vitest. */
  readonly services?: TestServices;
  /** Gateways and workers reach Postgres, Redis and the simulator through fault proxies. */
  readonly throughProxies?: boolean;
  readonly limits?: TenantLimits;
  /** How long granted money may be spent without Postgres; the product's own default unless told. */
  readonly grantTtlMs?: number;
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
  throughProxies = false,
  limits,
  grantTtlMs,
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
  const proxies = throughProxies
    ? await startProxies(testDatabase.urls.gateway, redis.url, simulatorUrl)
    : undefined;
  const upstreamUrl = proxies === undefined ? simulatorUrl : `http://${proxies.upstream.address}`;
  const databaseUrl = (role: 'gateway' | 'worker'): string =>
    proxies === undefined ? testDatabase.urls[role] : at(testDatabase.urls[role], proxies.postgres.address);
  const clockFile = (index: number): string => join(folder, `clock-${index}`);
  const common = {
    REDIS_URL: proxies?.redis.url ?? redis.url,
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
          DATABASE_URL: databaseUrl('gateway'),
          TOLLGATE_CLOCK_OFFSET_FILE: clockFile(index),
          ...(grantTtlMs === undefined ? {} : { TOLLGATE_GRANT_TTL_MS: String(grantTtlMs) }),
          TOLLGATE_KEY_PEPPERS: secrets.keyPeppers,
          TOLLGATE_STATE_DIR: join(folder, `gateway-${index}`),
          TOLLGATE_GATEWAY_NAME: `gateway-${index}`,
          TOLLGATE_GATEWAY_HOST: '127.0.0.1',
          TOLLGATE_GATEWAY_PORT: String(port),
          TOLLGATE_METRICS_PORT: String(await findFreePort()),
          TOLLGATE_ALLOWED_PRIVATE_ORIGINS: upstreamUrl,
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
          DATABASE_URL: databaseUrl('worker'),
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
    simulatorBaseUrl: `${upstreamUrl}/v1`,
    simulatorApiKey: SIMULATOR_API_KEY,
    nowMs: Date.now(),
    ...(limits === undefined ? {} : { limits }),
  });

  let isKept = false;
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
    proxies,
    setClockOffset: (index, offsetMs) => writeFileSync(clockFile(index), String(offsetMs)),
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
    logFolder: join(folder, 'logs'),
    keepLogs: () => {
      isKept = true;
    },
    stop: async () => {
      await Promise.all(all.map((process) => process.kill()));
      await Promise.all(Object.values(proxies ?? {}).map((proxy) => proxy.stop()));
      await database.close();
      await testDatabase.drop();
      if (!isKept) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Earlier lives are closed; what is left is the present life of each gateway, idle and at its end. */
async function everythingIsShipped(database: Database, gatewayCount: number): Promise<boolean> {
  const open = await database.platform((tx) => tx.gatewayEpoch.count({ where: { state: 'open' } }));
  return open <= gatewayCount;
}

async function startProxies(postgres: string, redis: string, upstream: string): Promise<SystemProxies> {
  const start = (target: string): Promise<FaultProxy> => startFaultProxy({ target });
  const [first, second, third] = await Promise.all([start(postgres), start(redis), start(upstream)]);
  return { postgres: first, redis: second, upstream: third };
}

function at(url: string, address: string): string {
  const moved = new URL(url);
  moved.host = address;
  return moved.href;
}
