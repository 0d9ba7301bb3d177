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

import { readTruth, type TruthRecord } from '@tollgate/simulator';
import {
  createTestDatabase,
  createTestRedis,
  type Entries,
  type FaultProxy,
  findLastingPort,
  openRunBundles,
  startFaultProxy,
  type TestDatabase,
  type TestRedis,
  type TestServices,
  waitFor,
} from '@tollgate/testing';
import { type Kill, ManagedProcess } from './managed-process.ts';
import type { Random } from './random.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { createTenant, type ExtraKey, type Tenant, type TenantLimits } from './tenant.ts';

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
  /** One for each gateway's state; only where they were asked for and this machine lets us. */
  readonly disks: readonly SmallDisk[] | undefined;
  /** Of one gateway, as Prometheus reads it. @throws {Error} It does not answer. */
  readMetrics(gatewayIndex: number): Promise<string>;
  /** When the gateway that had this life was killed, in all of its lives. */
  readKills(): Promise<(gatewayEpochId: string) => readonly Kill[]>;
  /** As the processes have them in their environment. */
  readonly secrets: { readonly keyPeppers: string; readonly encryptionKeys: string };
  /** The simulator as credentials name it. */
  readonly upstream: { readonly baseUrl: string; readonly apiKey: string };
  /** Moves the wall clock of one gateway; 0 puts it right. */
  setClockOffset(gatewayIndex: number, offsetMs: number): void;
  /** The same for all workers. */
  setWorkerClockOffset(offsetMs: number): void;
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
  /** What is run; unless told, the bundles of the run of vitest, and elsewhere the workspace's own source. */
  readonly entries?: Entries;
  /** Where it does not run under vitest. */
  readonly services?: TestServices;
  /** Gateways and workers reach Postgres, Redis and the simulator through fault proxies. */
  readonly throughProxies?: boolean;
  readonly limits?: TenantLimits;
  /** Of the tenant, beside its first. */
  readonly extraKeys?: readonly ExtraKey[];
  /** The state of each gateway lies on a small file system of its own. */
  readonly smallDisks?: boolean;
  /** Of each gateway, behind one port; one unless told. */
  readonly processesPerGateway?: number;
  /** How long granted money may be spent without Postgres; the product's own default unless told. */
  readonly grantTtlMs?: number;
  /** How late a gateway may come before it sheds load; the product's own default unless told. */
  readonly maxLoopLagMs?: number;
}

const SOURCES: Entries = {
  simulator: join(ROOT, 'packages/simulator/src/main.ts'),
  gateway: join(ROOT, 'apps/gateway/src/main.ts'),
  worker: join(ROOT, 'apps/worker/src/main.ts'),
};

export async function startSystem({
  gatewayCount,
  workerCount,
  services,
  entries: givenEntries,
  throughProxies = false,
  limits,
  extraKeys = [],
  smallDisks = false,
  processesPerGateway = 1,
  grantTtlMs,
  maxLoopLagMs,
}: SystemOptions): Promise<System> {
  const entries = givenEntries ?? (services === undefined ? await openRunBundles() : SOURCES);
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-faults-'));
  mkdirSync(join(folder, 'logs'));
  const [testDatabase, redis] = await Promise.all([createTestDatabase(services), createTestRedis(services)]);
  const ring = (): string => `1:${randomBytes(32).toString('base64url')}`;
  const secrets = { keyPeppers: ring(), encryptionKeys: ring() };
  const truthFile = join(folder, 'truth.jsonl');

  const simulatorPort = await findLastingPort();
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
  const workerClockFile = join(folder, 'clock-workers');
  const stateFolder = (index: number): string => join(folder, `gateway-${index}`);
  const disks = smallDisks ? mountDisks(gatewayCount, stateFolder) : undefined;
  const metricsPorts = await Promise.all(Array.from({ length: gatewayCount }, () => findLastingPort()));
  const common = {
    REDIS_URL: proxies?.redis.url ?? redis.url,
    TOLLGATE_ENCRYPTION_KEYS: secrets.encryptionKeys,
    TOLLGATE_LOG_LEVEL: 'info',
    // What is killed two hundred times need not be compiled two hundred times.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  };
  const gateways = await Promise.all(
    Array.from({ length: gatewayCount }, async (_, index) => {
      const port = await findLastingPort();
      return new ManagedProcess({
        name: `gateway-${index}`,
        entry: entries.gateway,
        environment: {
          ...common,
          DATABASE_URL: databaseUrl('gateway'),
          TOLLGATE_CLOCK_OFFSET_FILE: clockFile(index),
          ...(grantTtlMs === undefined ? {} : { TOLLGATE_GRANT_TTL_MS: String(grantTtlMs) }),
          ...(maxLoopLagMs === undefined ? {} : { TOLLGATE_MAX_LOOP_LAG_MS: String(maxLoopLagMs) }),
          TOLLGATE_KEY_PEPPERS: secrets.keyPeppers,
          TOLLGATE_STATE_DIR: stateFolder(index),
          TOLLGATE_GATEWAY_PROCESSES: String(processesPerGateway),
          TOLLGATE_GATEWAY_NAME: `gateway-${index}`,
          TOLLGATE_GATEWAY_HOST: '127.0.0.1',
          TOLLGATE_GATEWAY_PORT: String(port),
          TOLLGATE_METRICS_PORT: String(metricsPorts[index]),
          TOLLGATE_ALLOWED_PRIVATE_ORIGINS: upstreamUrl,
        },
        healthUrl: `http://127.0.0.1:${port}/readyz`,
        logPath: join(folder, `logs/gateway-${index}.log`),
      });
    }),
  );
  const workers = await Promise.all(
    Array.from({ length: workerCount }, async (_, index) => {
      const port = await findLastingPort();
      return new ManagedProcess({
        name: `worker-${index}`,
        entry: entries.worker,
        environment: {
          ...common,
          DATABASE_URL: databaseUrl('worker'),
          TOLLGATE_STATE_DIR: join(folder, `worker-${index}`),
          TOLLGATE_WORKER_HEALTH_PORT: String(port),
          TOLLGATE_CLOCK_OFFSET_FILE: workerClockFile,
          TOLLGATE_ALLOWED_PRIVATE_ORIGINS: upstreamUrl,
        },
        healthUrl: `http://127.0.0.1:${port}/healthz`,
        logPath: join(folder, `logs/worker-${index}.log`),
      });
    }),
  );

  const database = openDatabase({
    url: testDatabase.urls.worker,
    applicationName: 'faults',
    maxConnections: 4,
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
    extraKeys,
    ...(limits === undefined ? {} : { limits }),
  });

  let isKept = false;
  const all = [simulator, ...gateways, ...workers];
  const tearDown = async (): Promise<void> => {
    await Promise.all(all.map((process) => process.kill()));
    await Promise.all(Object.values(proxies ?? {}).map((proxy) => proxy.stop()));
    await database.close();
    await testDatabase.drop();
    for (const disk of disks ?? []) disk.unmount();
  };
  try {
    await Promise.all(all.map((process) => process.start()));
  } catch (error) {
    // Nobody has a system to stop; its processes must not outlive that.
    await tearDown();
    throw error;
  }

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
    disks,
    secrets,
    upstream: { baseUrl: `${upstreamUrl}/v1`, apiKey: SIMULATOR_API_KEY },
    readMetrics: async (index) => {
      const response = await fetch(`http://127.0.0.1:${metricsPorts[index]}/metrics`, {
        signal: AbortSignal.timeout(2_000),
      });
      return response.text();
    },
    readKills: () => readKills(database, gateways),
    setClockOffset: (index, offsetMs) => writeFileSync(clockFile(index), String(offsetMs)),
    setWorkerClockOffset: (offsetMs) => writeFileSync(workerClockFile, String(offsetMs)),
    tenant,
    testDatabase,
    redis,
    database,
    readTruth: () => readTruth(truthFile),
    whenShipped: async (timeoutMs) => {
      await waitFor(() => everythingIsShipped(database, gatewayCount * processesPerGateway), {
        timeoutMs,
        intervalMs: 100,
        description: 'all earlier lives of gateways shipped to their end',
      });
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
      await tearDown();
      if (!isKept) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Earlier lives are closed; what is left is the present life of each gateway, idle and at its end. */
async function everythingIsShipped(database: Database, gatewayCount: number): Promise<boolean> {
  const open = await database.platform((tx) => tx.gatewayEpoch.count({ where: { state: 'open' } }));
  return open <= gatewayCount;
}

function mountDisks(count: number, folderOf: (index: number) => string): SmallDisk[] | undefined {
  const disks: SmallDisk[] = [];
  for (let index = 0; index < count; index += 1) {
    const disk = mountSmallDisk(folderOf(index));
    if (disk === undefined) return undefined;
    disks.push(disk);
  }
  return disks;
}

async function readKills(
  database: Database,
  gateways: readonly ManagedProcess[],
): Promise<(gatewayEpochId: string) => readonly Kill[]> {
  const epochs = await database.platform((tx) =>
    tx.gatewayEpoch.findMany({ select: { id: true, gateway: { select: { name: true } } } }),
  );
  // A process's own name is its gateway's and its slot.
  const killsByEpoch = new Map(
    epochs.map(({ id, gateway: { name } }) => [
      id,
      gateways.find(({ plan }) => name.startsWith(`${plan.name}-`))?.kills ?? [],
    ]),
  );
  return (epochId) => killsByEpoch.get(epochId) ?? [];
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
