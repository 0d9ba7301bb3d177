/** The gateway as processes of its bundle: real log, real shipping, signals. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tollgate/clock';
import { type Database, openDatabase } from '@tollgate/db';
import { auditBudgets, releaseEndedEpochs, settleEntries } from '@tollgate/limits';
import { BatchIngest, findRequest } from '@tollgate/metering';
import { createWorker, type JobWorker, openRedis } from '@tollgate/queues';
import { type Simulator, startSimulator } from '@tollgate/simulator';
import {
  createTestDatabase,
  createTestRedis,
  endWithThisProcess,
  findLastingPort,
  openRunBundles,
  startFaultProxy,
  type TestDatabase,
  type TestRedis,
  waitFor,
} from '@tollgate/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Seed, type SeededKey, TEST_ENCRYPTION_KEYS, TEST_PEPPERS } from './testing/seed.ts';

let main: string;
let database: TestDatabase;
let redis: TestRedis;
let simulator: Simulator;
let seed: Seed;
let key: SeededKey;
let folder: string;
let workerDatabase: Database;
let ingest: JobWorker;
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tg-'));
  [database, redis, { gateway: main }] = await Promise.all([
    createTestDatabase(),
    createTestRedis(),
    openRunBundles(),
  ]);
  simulator = await startSimulator({ pacing: 'instant' });
  seed = new Seed(database);
  await seed.platform(`${simulator.url}/v1`);
  key = await seed.key({ organizationId: await seed.organization() });
  workerDatabase = openDatabase({ url: database.urls.worker, applicationName: 'test-worker' });
  ingest = startIngest();
}, 180_000);
afterEach(async () => {
  for (const child of running.splice(0)) await endOf(child, 'SIGKILL');
});
afterAll(async () => {
  await ingest?.close();
  await workerDatabase?.close();
  await seed?.close();
  await simulator?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Process {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
}

/** Ready on return, and knows the key. */
async function startProcess(environment: Record<string, string> = {}): Promise<Process> {
  const started = await spawnProcess(environment);
  const { child, url, output } = started;
  await waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(output());
      return (await fetch(`${url}/readyz`)).ok;
    },
    { timeoutMs: 40_000, description: 'the gateway' },
  ).catch((error: unknown) => {
    throw new Error(`Cannot start a gateway: ${output()}`, { cause: error });
  });
  await isKnown(url, key);
  return started;
}

/** The first look-up of a key may take too long on a busy machine; it is told to come again. */
function isKnown(url: string, { secret }: SeededKey): Promise<unknown> {
  const headers = { authorization: `Bearer ${secret}` };
  return waitFor(async () => (await fetch(`${url}/v1/models`, { headers })).ok, {
    description: 'a key that is known',
  });
}

async function spawnProcess(environment: Record<string, string> = {}): Promise<Process> {
  const [port, metricsPort] = [await findLastingPort(), await findLastingPort()];
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      DATABASE_URL: database.urls.gateway,
      REDIS_URL: redis.url,
      TOLLGATE_KEY_PEPPERS: ringText(TEST_PEPPERS.keys),
      TOLLGATE_ENCRYPTION_KEYS: ringText(TEST_ENCRYPTION_KEYS.keys),
      TOLLGATE_STATE_DIR: folder,
      TOLLGATE_GATEWAY_PORT: String(port),
      TOLLGATE_GATEWAY_HOST: '127.0.0.1',
      TOLLGATE_METRICS_PORT: String(metricsPort),
      TOLLGATE_METRICS_TOKEN: 'a token for this test only',
      TOLLGATE_ALLOWED_PRIVATE_ORIGINS: simulator.url,
      TOLLGATE_DRAIN_TIMEOUT_MS: '5000',
      // Machines that run tests are late as a rule.
      TOLLGATE_MAX_LOOP_LAG_MS: '10000',
      ...environment,
    },
  });
  running.push(child);
  endWithThisProcess(child);
  let output = `metrics ${metricsPort}\n`;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return { child, url: `http://127.0.0.1:${port}`, output: () => output };
}

function ringText(keys: ReadonlyMap<number, Uint8Array>): string {
  return [...keys]
    .map(([version, bytes]) => `${version}:${Buffer.from(bytes).toString('base64url')}`)
    .join(',');
}

function ask(url: string, content: string, stream = false): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}` },
    body: JSON.stringify({ model: 'sim-small', stream, messages: [{ role: 'user', content }] }),
  });
}

function startIngest(): JobWorker {
  const batches = new BatchIngest(workerDatabase);
  return createWorker('usage-ingest', {
    redis: openRedis({ url: redis.url, manner: 'worker', name: 'test-ingest' }),
    process: async (batch) => {
      await batches.ingest(batch, {
        now: systemClock.now(),
        onNewEntries: async (tx, organizationId, entries) => {
          await settleEntries(tx, organizationId, entries);
        },
      });
    },
  });
}

function inLedger(response: Response) {
  const requestId = response.headers.get('x-tollgate-request-id')!;
  return waitFor(
    async () => {
      const found = await findRequest(workerDatabase, key.organizationId, requestId);
      return found?.request !== null && found !== undefined && found.entries.length > 0 && found;
    },
    { timeoutMs: 40_000, description: 'the ledger entry' },
  );
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await new Promise((resolve) => child.once('exit', resolve));
  }
  return child.exitCode;
}

describe('a gateway process', () => {
  it('[M1] brings what it answered to the ledger, at the cost that the client was told', async () => {
    const { url } = await startProcess();
    const response = await ask(url, 'Hello');
    expect(response.status).toBe(200);
    const { entries, costPicoUsd, request } = await inLedger(response);
    expect(Number(response.headers.get('x-tollgate-cost-usd'))).toBeCloseTo(Number(costPicoUsd) / 1e12, 12);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      status: 'succeeded',
      usageSource: 'provider',
      keyId: key.keyId,
      livemode: false,
    });
    expect(request).toMatchObject({ status: 200, attempts: 1 });
    const quarantined = await workerDatabase.tenant(key.organizationId, (tx) => tx.quarantinedEntry.count());
    expect(quarantined).toBe(0);
  });

  it('tells one key about its request from the ledger when another process served it', async () => {
    const first = await startProcess();
    const response = await ask(first.url, 'Hello');
    await inLedger(response);
    const second = await startProcess({ TOLLGATE_GATEWAY_NAME: 'other' });
    const id = response.headers.get('x-tollgate-request-id');
    const report = await fetch(`${second.url}/v1/tollgate/requests/${id}`, {
      headers: { authorization: `Bearer ${key.secret}` },
    });
    expect(report.status).toBe(200);
    expect(await report.json()).toMatchObject({ id, state: 'done', model: 'sim-small', status: 200 });
  });

  it('[G7] keeps what was translated, and what could not be said, for whoever asks later', async () => {
    const { url } = await startProcess();
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': key.secret, 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({
        model: 'sim-small',
        max_tokens: 50,
        top_k: 5,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    });
    expect(response.headers.get('x-tollgate-unsupported')).toBe('top_k');
    const { request } = await inLedger(response);
    expect(request).toMatchObject({
      dialect: 'anthropic',
      providerFormat: 'openai-chat',
      translated: true,
      unsupported: ['top_k'],
    });
    const other = await startProcess({ TOLLGATE_GATEWAY_NAME: 'third' });
    const id = response.headers.get('x-tollgate-request-id');
    const report = await fetch(`${other.url}/v1/tollgate/requests/${id}`, {
      headers: { authorization: `Bearer ${key.secret}` },
    });
    expect(await report.json()).toMatchObject({
      dialect: 'anthropic',
      provider_format: 'openai-chat',
      translated: true,
      unsupported: ['top_k'],
    });
  });

  it('[G8] lets streams finish on SIGTERM, ends with 0, and leaves nothing unbilled', async () => {
    const { child, url } = await startProcess();
    const response = await ask(url, '[[sim tokens=60 interval=20]] Hello', true);
    const text = response.text();
    const exited = endOf(child, 'SIGTERM');
    expect(await text).toMatch(/data: \[DONE\]\n\n$/);
    expect(await exited).toBe(0);
    const { entries } = await inLedger(response);
    expect(entries[0]).toMatchObject({ status: 'succeeded', usageSource: 'provider', outputTokens: 60n });
  });

  it('[G4] [G8] ends streams with an error event when they outlast the drain', async () => {
    const { child, url } = await startProcess({ TOLLGATE_DRAIN_TIMEOUT_MS: '300' });
    const response = await ask(url, '[[sim tokens=5000 interval=20]] Hello', true);
    const text = response.text();
    const exited = endOf(child, 'SIGTERM');
    const last = (await text).trimEnd().split('\n\n').at(-1)!;
    expect(JSON.parse(last.slice('data: '.length))).toMatchObject({ error: { code: 'service_unavailable' } });
    expect(await exited).toBe(0);
    const { entries } = await inLedger(response);
    expect(entries[0]).toMatchObject({ status: 'aborted', usageSource: 'counted', estimated: true });
  });

  it('[G8] does not listen before it has its policy, however slow Postgres is', async () => {
    const proxy = await startFaultProxy({
      target: database.urls.gateway,
      mode: { kind: 'delay', delayMs: 50 },
    });
    try {
      const { url } = await spawnProcess({ DATABASE_URL: proxy.url });
      // A refused connection is what a balancer knows to go round; an answer is not.
      const first = await waitFor(() => fetch(`${url}/readyz`), { timeoutMs: 40_000, intervalMs: 10 });
      expect(first.status).toBe(200);
      await isKnown(url, key);
      expect((await ask(url, 'Hello')).status).toBe(200);
    } finally {
      for (const child of running.splice(0)) await endOf(child, 'SIGKILL');
      await proxy.stop();
    }
  });

  it('[M1] killed in the middle of a stream, has it settled by the next process of its slot', async () => {
    const { child, url } = await startProcess();
    const response = await ask(url, '[[sim tokens=5000 interval=10]] Hello', true);
    const reader = response.body!.getReader();
    for (let chunks = 0; chunks < 20; chunks += 1) await reader.read();
    await endOf(child, 'SIGKILL');
    await reader.cancel().catch(() => undefined);
    await startProcess();
    const { entries } = await inLedger(response);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ status: 'interrupted', usageSource: 'counted', estimated: true });
    expect(entries[0]!.outputTokens).toBeGreaterThanOrEqual(10n);
  });

  it('[M1, M3] killed with money held, has it settled at what was spent and the rest freed', async () => {
    const tenant = await seed.key({ organizationId: await seed.organization() });
    const { organizationId } = tenant;
    const budgetId = await seed.budget({ organizationId, limitPicoUsd: 1_000_000_000_000n });
    const standing = async () => {
      const row = await workerDatabase.tenant(organizationId, (tx) =>
        tx.budgetPeriod.findFirstOrThrow({ where: { budgetId } }),
      );
      return [row.settledPicoUsd, row.grantedPicoUsd, row.unreconciledPicoUsd].map((each) => each.toFixed(0));
    };
    const { child, url } = await startProcess();
    await isKnown(url, tenant);
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.secret}` },
      body: JSON.stringify({
        model: 'sim-small',
        stream: true,
        max_tokens: 5_000,
        messages: [{ role: 'user', content: '[[sim tokens=5000 interval=10]] Hello' }],
      }),
    });
    const reader = response.body!.getReader();
    for (let chunks = 0; chunks < 20; chunks += 1) await reader.read();
    const [settledBefore, grantedBefore] = await standing();
    expect([settledBefore, BigInt(grantedBefore!) >= 10_000_000_000n]).toEqual(['0', true]);
    await endOf(child, 'SIGKILL');
    await reader.cancel().catch(() => undefined);
    await startProcess();
    const requestId = response.headers.get('x-tollgate-request-id')!;
    await waitFor(
      async () => {
        await releaseEndedEpochs(workerDatabase);
        return (await standing())[1] === '0';
      },
      { timeoutMs: 40_000, intervalMs: 200, description: 'the dead gateway’s money' },
    );
    const found = await findRequest(workerDatabase, organizationId, requestId);
    expect(found?.entries).toHaveLength(1);
    expect(await standing()).toEqual([String(found?.costPicoUsd), '0', '0']);
    expect(await auditBudgets(workerDatabase, organizationId)).toEqual([]);
  });

  it('shows its metrics to those who have the token', async () => {
    const { url, output } = await startProcess();
    await ask(url, 'Hello');
    const metrics = `http://127.0.0.1:${/metrics (\d+)/.exec(output())![1]}/metrics`;
    expect((await fetch(metrics)).status).toBe(401);
    const text = await (
      await fetch(metrics, { headers: { authorization: 'Bearer a token for this test only' } })
    ).text();
    expect(text).toContain('tollgate_gateway_requests_total{endpoint="chat.completions",status="200"} 1');
  });

  it('refuses to start without its secrets, and names them', async () => {
    const child = spawn(process.execPath, [main], { stdio: ['ignore', 'ignore', 'pipe'], env: {} });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(1);
    expect(output).toContain('TOLLGATE_KEY_PEPPERS');
  });
});

describe('several gateway processes', () => {
  it('[G8] share a port, survive the crash of one, and restart it', async () => {
    // A path that no socket's address has room for.
    const stateFolder = join(folder, 'deep'.repeat(30));
    const { child, url, output } = await startProcess({
      TOLLGATE_GATEWAY_PROCESSES: '2',
      TOLLGATE_STATE_DIR: stateFolder,
    });
    const listening = () => output().match(/the gateway is listening/g)?.length ?? 0;
    await waitFor(() => listening() === 2);
    const pids = [...output().matchAll(/"msg":"the gateway is listening"/g)];
    expect(pids).toHaveLength(2);
    const { execFileSync } = await import('node:child_process');
    const workers = execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)])
      .toString()
      .trim()
      .split(/\s+/);
    process.kill(Number(workers[0]), 'SIGKILL');
    for (let round = 0; round < 20; round += 1) {
      const response = await ask(url, 'Hello').catch((error: unknown) => error);
      // A connection that the dead process had accepted is lost; every other request is served.
      if (response instanceof Response) expect(response.status).toBe(200);
    }
    await waitFor(() => listening() === 3);
    expect((await ask(url, 'Hello')).status).toBe(200);
    expect(await endOf(child, 'SIGTERM')).toBe(0);
  });
});
