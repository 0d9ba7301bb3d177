/**
 * `npm run bench`: Tollgate beside a bare proxy, in one run, in front of the same upstream.
 *
 * Rates on a shared machine wander; CPU time per request, from the kernel's account, does not. So both are told,
 * and the promise is about the second. Arguments: `--seconds N`, `--rounds N`, `--case NAME`,
 * `--profile`, `--features` (one feature off at a time), `--portkey` (Portkey's gateway from npm beside them),
 * `--translation` (only what translating costs).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createTestDatabase, startTestServices, waitFor } from '@tollgate/testing';
import { type Child, cpuTimeUs, firstLineWith, residentMiB, startChild } from './child.ts';
import { hasWrk, type LoadResult, makeLoad } from './load.ts';
import { installPortkey } from './portkey.ts';
import { type BenchTenant, createTenant, VARIANTS, type Variant } from './tenant.ts';
import { benchTranslation } from './translation.ts';

/**
 * Until the compiler has seen enough; code that is still interpreted costs several times as much. Counted in
 * requests, because the slower one of two would else be measured colder.
 */
const WARM_UP_REQUESTS = 20_000;
const WARM_UP_ROUND_SECONDS = 5;
const MAX_WARM_UP_SECONDS = 60;
const TRICKLE_REQUESTS = 24;
const TRICKLE_INTERVAL_MS = 250;
const API_KEY = 'sk-simulator';
const GATEWAY = fileURLToPath(new URL('../../../apps/gateway/src/main.ts', import.meta.url));
const SIMULATOR = fileURLToPath(new URL('../../simulator/src/main.ts', import.meta.url));
const WORKER = fileURLToPath(new URL('../../../apps/worker/src/main.ts', import.meta.url));
const VARIANT_NAMES = Object.keys(VARIANTS) as Variant[];
const BARE = fileURLToPath(new URL('./bare-proxy.ts', import.meta.url));

interface Case {
  readonly name: string;
  readonly body: string;
  readonly connections: number;
}

const chat = (content: string, extra: Record<string, unknown> = {}): string =>
  JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content }], ...extra });

const CASES: readonly Case[] = [
  { name: 'small', body: chat('Say hello.'), connections: 32 },
  {
    name: '8-kb-body',
    body: chat('All work and no play makes Jack a dull boy. '.repeat(186)),
    connections: 32,
  },
  {
    name: '400-kb-body',
    body: chat('All work and no play makes Jack a dull boy. '.repeat(9_309)),
    connections: 16,
  },
  {
    name: 'stream',
    body: chat('[[sim tokens=50 interval=0 latency=0]] Say hello.', { stream: true }),
    connections: 32,
  },
];

interface Contender {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Measurement extends LoadResult {
  readonly cpuUs: number;
  /** Without what the process does by the clock: polls, heartbeats, rounds of shipping. */
  readonly netCpuUs: number;
  readonly residentMiB: number;
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    case: { type: 'string' },
    profile: { type: 'boolean', default: false },
    features: { type: 'boolean', default: false },
    portkey: { type: 'boolean', default: false },
    translation: { type: 'boolean', default: false },
  },
});

if (values.translation) {
  benchTranslation((line) => process.stdout.write(`${line}\n`));
  process.exit(0);
}

const services = await startTestServices();
const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'));
const children: Child[] = [];
try {
  const upstream = await startUpstream();
  const database = await createTestDatabase(services);
  const tenant = await createTenant(database, upstream, API_KEY);
  const bare = await startBare(upstream);
  startWorker(tenant, database.urls.worker);
  const gateway = await startGateway(upstream, tenant, database.urls.gateway);
  const variants: Contender[] = (values.features ? VARIANT_NAMES : (['everything'] as const)).map(
    (variant) => ({
      ...gateway,
      name: variant === 'everything' ? 'tollgate' : variant,
      headers: { authorization: `Bearer ${tenant.secrets[variant]}` },
    }),
  );
  const others = values.portkey ? [await startPortkey(upstream)] : [];
  process.stdout.write(`load by ${hasWrk ? 'wrk' : 'undici (install wrk for steadier figures)'}\n`);
  for (const each of CASES) {
    if (values.case === undefined || values.case === each.name)
      await compare(each, [bare, ...variants, ...others]);
  }
} finally {
  for (const child of children.toReversed()) await child.stop();
  await services.stop();
  if (!values.profile) rmSync(folder, { recursive: true, force: true });
  else process.stdout.write(`CPU profile in ${folder}\n`);
}

async function compare(each: Case, contenders: readonly Contender[]): Promise<void> {
  const measured = new Map<string, Measurement[]>();
  const startMiB = contenders.map(({ pid }) => residentMiB(pid));
  const byTheClock = new Map<string, number>();
  for (const contender of contenders) {
    await warmUp(each, contender);
    byTheClock.set(contender.name, await measureByTheClock(each, contender));
  }
  // Taken in turns, so that whatever else the machine does falls on both.
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const contender of contenders) {
      const list = measured.get(contender.name) ?? [];
      measured.set(contender.name, list);
      const clockUs = byTheClock.get(contender.name) ?? 0;
      list.push(await measure(each, contender, Number(values.seconds), clockUs));
    }
  }
  const [reference] = contenders;
  const base = median(measured.get(reference!.name)!.map(({ cpuUs }) => cpuUs));
  const netBase = median(measured.get(reference!.name)!.map(({ netCpuUs }) => netCpuUs));
  for (const [index, { name }] of contenders.entries()) {
    const list = measured.get(name)!;
    const cpuUs = median(list.map((one) => one.cpuUs));
    const netCpuUs = median(list.map((one) => one.netCpuUs));
    const errors = list.reduce((sum, one) => sum + one.errors, 0);
    process.stdout.write(
      `${each.name.padEnd(11)} ${name.padEnd(14)} ${median(list.map((one) => one.perSecond))
        .toFixed(0)
        .padStart(7)}/s ` +
        `${cpuUs.toFixed(1).padStart(7)} µs CPU/request (${(cpuUs / base).toFixed(2)} x) ` +
        `net ${netCpuUs.toFixed(1).padStart(7)} (${(netCpuUs / netBase).toFixed(2)} x) ` +
        `by the clock ${((byTheClock.get(name) ?? 0) / 1000).toFixed(1)} ms/s ` +
        `p50 ${median(list.map((one) => one.p50Ms)).toFixed(2)} ms p99 ${median(list.map((one) => one.p99Ms)).toFixed(2)} ms ` +
        `${startMiB[index]} to ${list.at(-1)!.residentMiB} MiB${errors === 0 ? '' : ` ${errors} ERRORS`}\n`,
    );
  }
}

async function warmUp(each: Case, contender: Contender): Promise<void> {
  let requests = 0;
  for (let seconds = 0; seconds < MAX_WARM_UP_SECONDS; seconds += WARM_UP_ROUND_SECONDS) {
    requests += (await measure(each, contender, WARM_UP_ROUND_SECONDS, 0)).requests;
    if (requests >= WARM_UP_REQUESTS) return;
  }
  process.stdout.write(`${contender.name} is not warm: ${requests} requests in ${MAX_WARM_UP_SECONDS} s\n`);
}

/**
 * Microseconds of CPU per second that do not depend on the number of requests: at one request in a quarter of a
 * second everything that runs by the clock runs, and the requests themselves are few.
 */
async function measureByTheClock(each: Case, contender: Contender): Promise<number> {
  const before = cpuTimeUs(contender.pid);
  const startedMs = performance.now();
  for (let sent = 0; sent < TRICKLE_REQUESTS; sent += 1) {
    await makeRequest(each, contender);
    await new Promise((resolve) => setTimeout(resolve, TRICKLE_INTERVAL_MS));
  }
  const seconds = (performance.now() - startedMs) / 1000;
  return (cpuTimeUs(contender.pid) - before) / seconds;
}

async function makeRequest({ body }: Case, { url, headers }: Contender): Promise<void> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
  await response.arrayBuffer();
}

async function measure(
  each: Case,
  contender: Contender,
  seconds: number,
  byTheClockUs: number,
): Promise<Measurement> {
  const before = cpuTimeUs(contender.pid);
  const startedMs = performance.now();
  const result = await makeLoad({
    url: `${contender.url}/v1/chat/completions`,
    headers: { ...contender.headers, 'content-type': 'application/json' },
    body: each.body,
    connections: each.connections,
    seconds,
  });
  const requests = Math.max(1, result.requests);
  const totalUs = cpuTimeUs(contender.pid) - before;
  const clockUs = (byTheClockUs * (performance.now() - startedMs)) / 1000;
  const [cpuUs, netCpuUs] = [totalUs / requests, Math.max(0, totalUs - clockUs) / requests];
  return { ...result, cpuUs, netCpuUs, residentMiB: residentMiB(contender.pid) };
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

async function startUpstream(): Promise<string> {
  const child = startChild(SIMULATOR, ['--port', '0', '--pacing', 'instant', '--api-key', API_KEY]);
  children.push(child);
  return (await firstLineWith<{ url: string }>(child, 'url')).url;
}

async function startBare(upstream: string): Promise<Contender> {
  const child = startChild(BARE, [upstream, API_KEY]);
  children.push(child);
  const { port } = await firstLineWith<{ port: number }>(child, 'port');
  return { name: 'bare', pid: child.pid, url: `http://127.0.0.1:${port}`, headers: {} };
}

async function startGateway(
  upstream: string,
  tenant: BenchTenant,
  databaseUrl: string,
): Promise<Pick<Contender, 'pid' | 'url'>> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const child = startChild(GATEWAY, [], {
    ...(values.profile ? { BENCH_NODE_ARGUMENTS: `--cpu-prof --cpu-prof-dir=${folder}` } : {}),
    DATABASE_URL: databaseUrl,
    REDIS_URL: services.redisUrl,
    TOLLGATE_KEY_PEPPERS: tenant.peppers,
    TOLLGATE_ENCRYPTION_KEYS: tenant.encryptionKeys,
    TOLLGATE_STATE_DIR: folder,
    TOLLGATE_GATEWAY_PORT: String(port),
    TOLLGATE_GATEWAY_HOST: '127.0.0.1',
    TOLLGATE_METRICS_PORT: String(metricsPort),
    TOLLGATE_ALLOWED_PRIVATE_ORIGINS: upstream,
    TOLLGATE_LOG_LEVEL: 'warn',
    TOLLGATE_DRAIN_TIMEOUT_MS: '1000',
  });
  children.push(child);
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, {
    timeoutMs: 60_000,
    description: 'the gateway',
  });
  return { pid: child.pid, url };
}

/** Does no keys, limits or metering: what it is asked for is the least that it can do. */
async function startPortkey(upstream: string): Promise<Contender> {
  const port = await freePort();
  const child = startChild(installPortkey(), [`--port=${port}`, '--headless'], { NODE_ENV: 'production' });
  children.push(child);
  child.process.stdout?.resume();
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(url)).status > 0, { timeoutMs: 60_000, description: 'Portkey' });
  return {
    name: 'portkey',
    pid: child.pid,
    url,
    headers: {
      authorization: `Bearer ${API_KEY}`,
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstream}/v1`,
    },
  };
}

/** Records what the gateway ships, so that batches are confirmed as in an installation. Not measured. */
function startWorker(tenant: BenchTenant, databaseUrl: string): void {
  const child = startChild(WORKER, [], {
    DATABASE_URL: databaseUrl,
    REDIS_URL: services.redisUrl,
    TOLLGATE_ENCRYPTION_KEYS: tenant.encryptionKeys,
    TOLLGATE_STATE_DIR: folder,
    TOLLGATE_LOG_LEVEL: 'warn',
  });
  children.push(child);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
