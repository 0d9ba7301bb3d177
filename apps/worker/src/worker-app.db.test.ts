import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { emptyUsage } from '@tollgate/catalog';
import { fixedClock } from '@tollgate/clock';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createLogger } from '@tollgate/logging';
import { createQueue, type JobQueue, openRedis, type QueuePayload } from '@tollgate/queues';
import {
  createTestDatabase,
  createTestRedis,
  endWithThisProcess,
  type TestDatabase,
  type TestRedis,
  waitFor,
} from '@tollgate/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHANGES_CHANNEL } from './announce-first-requests.ts';
import { startHealthServer } from './health-server.ts';
import { createWorkerApp, type WorkerApp } from './worker-app.ts';
import { WorkerMetrics } from './worker-metrics.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

let testDatabase: TestDatabase;
let testRedis: TestRedis;
let worker: Database;
let consoleDatabase: Database;
let redis: ReturnType<typeof openRedis>;
let ingest: JobQueue<'usage-ingest'>;
const apps: WorkerApp[] = [];
const logLines: string[] = [];
const metrics = new WorkerMetrics();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  testRedis = await createTestRedis();
  worker = openDatabase({
    url: testDatabase.urls.worker,
    applicationName: 'worker-test',
    maxConnections: 16,
  });
  consoleDatabase = openDatabase({ url: testDatabase.urls.console, applicationName: 'worker-test' });
  redis = openRedis({ url: testRedis.url, manner: 'producer', name: 'worker-test' });
  await waitFor(() => redis.status === 'ready');
  ingest = createQueue('usage-ingest', redis);
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.stop()));
});
afterAll(async () => {
  await ingest?.close();
  redis?.disconnect();
  await Promise.all([worker?.close(), consoleDatabase?.close()]);
  await testDatabase?.drop();
});

async function startApp(clock = fixedClock(NOW_MS)): Promise<WorkerApp> {
  const app = await createWorkerApp({
    database: worker,
    redisUrl: testRedis.url,
    clock,
    metrics,
    logger: createLogger({ name: 'worker', destination: { write: (line) => logLines.push(line) } }),
    onFatal: (error) => logLines.push(`fatal ${error.message}`),
  });
  apps.push(app);
  await waitFor(() => app.health().healthy);
  return app;
}

async function createOrganization(): Promise<string> {
  const id = newId('organization', NOW_MS);
  await consoleDatabase.tenant(id, (tx) =>
    tx.organization.create({ data: { id, name: 'Acme', slug: id.toLowerCase() } }),
  );
  return id;
}

function batch(
  organizationId: string,
  epochId: string,
  fromSequence: number,
  count: number,
): QueuePayload<'usage-ingest'> {
  const entries = Array.from({ length: count }, (_, index) => ({
    subject: {
      organizationId,
      requestId: newId('request', NOW_MS),
      startedAtMs: NOW_MS,
      keyId: 'key_1',
      teamId: '',
      teamPath: '',
      costCenter: '',
      memberId: '',
      serviceAccountId: '',
      endUser: '',
      tags: {},
      sessionId: '',
      routeId: '',
      requestedModel: 'm',
      endpoint: 'chat',
      dialect: 'openai',
      streamed: false,
    },
    target: {
      attempt: 1,
      model: 'm',
      provider: 'p',
      credentialId: 'cred_1',
      credentialOwner: 'organization',
      region: 'default',
      serviceTier: 'default',
      livemode: true,
      priceVersionId: '',
      markupRuleId: '',
      markupBasisPoints: 0,
    },
    settle: {
      status: 'succeeded',
      httpStatus: 200,
      errorCode: '',
      finishReason: 'stop',
      usage: emptyUsage(),
      usageSource: 'provider',
      estimated: false,
      components: [],
      costPicoUsd: null,
      chargePicoUsd: '0',
      totalMs: 1,
      firstTokenMs: null,
      overheadUs: 1,
      upstreamRequestId: '',
    },
    sequence: fromSequence + index + 1,
  }));
  return {
    version: 1,
    gatewayId: 'gw_1',
    epochId,
    fromSequence,
    toSequence: fromSequence + count,
    floorSequence: 0,
    entries,
    requests: [],
    orphans: [],
  };
}

/** A request as a gateway tells it, without whose it is. */
const ANSWERED = {
  model: 'm',
  provider: 'p',
  livemode: true,
  status: 200,
  errorCode: '',
  refusal: null,
  attempts: 1,
  totalMs: 1,
  firstTokenMs: null,
  overheadUs: 1,
  clientAddress: '127.0.0.1',
  userAgent: 'test',
};

async function rolledUp(organizationId: string): Promise<{ entries: number; requests: number }> {
  const { _sum } = await worker.tenant(organizationId, (tx) =>
    tx.usageRollup.aggregate({ _sum: { entries: true, requests: true } }),
  );
  return { entries: Number(_sum.entries ?? 0n), requests: Number(_sum.requests ?? 0n) };
}

/** What the log says of failed jobs with such a reason. */
function findFailures(reason: string): { alarm: boolean; msg: string }[] {
  return logLines
    .filter((line) => line.includes(reason) && line.includes('"queue"'))
    .map((line) => JSON.parse(line) as { alarm?: boolean; msg: string })
    .map(({ alarm = false, msg }) => ({ alarm, msg }));
}

describe('the worker', () => {
  it('[M2] records batches that come out of order and twice, once, and rolls them up without being asked', async () => {
    await startApp();
    await startApp();
    const organizationId = await createOrganization();
    const epochId = newId('gatewayEpoch', NOW_MS);
    const batches = [
      batch(organizationId, epochId, 0, 5),
      batch(organizationId, epochId, 5, 5),
      batch(organizationId, epochId, 10, 5),
    ];
    for (const each of [batches[2]!, batches[0]!, batches[1]!, batches[0]!]) await ingest.add(each);
    await waitFor(async () => (await rolledUp(organizationId)).entries === 15, {
      description: '15 entries in the roll-up',
    });
    expect(await rolledUp(organizationId)).toEqual({ entries: 15, requests: 15 });
    expect(await worker.tenant(organizationId, (tx) => tx.usageEntry.count())).toBe(15);
  });

  it('[M1] loses nothing when Redis forgets everything after the ledger was written', async () => {
    const organizationId = await createOrganization();
    const app = await startApp();
    await ingest.add(batch(organizationId, newId('gatewayEpoch', NOW_MS), 0, 3));
    await waitFor(async () => (await worker.tenant(organizationId, (tx) => tx.usageEntry.count())) === 3);
    await testRedis.flush();
    await waitFor(async () => {
      await app.runTask('rollup-sweep');
      return (await rolledUp(organizationId)).entries === 3;
    });
  });

  it('[M3] keeps its rounds when Redis forgets everything: gateways that are gone are still fenced', async () => {
    const maintenance = createQueue('maintenance', redis);
    await startApp();
    await waitFor(async () => (await maintenance.listSchedules()).includes('epochs'));
    await testRedis.flush();
    // Whatever is listed from here on was written anew, the first of it perhaps already.
    await waitFor(async () => (await maintenance.listSchedules()).includes('epochs'));
    await maintenance.close();
  });

  it('sets a job that cannot be read aside with an alarm, and goes on', async () => {
    await startApp();
    const organizationId = await createOrganization();
    await ingest.add({ version: 1, gatewayId: '' } as unknown as QueuePayload<'usage-ingest'>);
    await ingest.add(batch(organizationId, newId('gatewayEpoch', NOW_MS), 0, 1));
    await waitFor(async () => (await rolledUp(organizationId)).entries === 1);
    await waitFor(async () => (await ingest.counts()).failed === 1);
    await waitFor(() => findFailures('its payload must fit the schema').length > 0);
    expect(findFailures('its payload must fit the schema')).toEqual([
      { alarm: true, msg: 'a job failed for good' },
    ]);
  });

  it('raises an alarm over a job that has ended its worker too often, at whatever try', async () => {
    const rollups = createQueue('rollup', redis);
    await rollups.add({ version: 1, organizationId: await createOrganization() }, { jobId: 'poison' });
    // What is left of it where five workers died over it.
    await redis.hset('bull:rollup:poison', 'defa', 'job stalled more than allowable limit');
    await startApp();
    await waitFor(async () => (await rollups.counts()).failed === 1);
    await waitFor(() => findFailures('stalled more than').length > 0);
    expect(findFailures('stalled more than')).toEqual([{ alarm: true, msg: 'a job failed for good' }]);
    await rollups.close();
  });

  it('[M6] closes the month and stores its documents once the clock says so', async () => {
    const clock = fixedClock(NOW_MS);
    const organizationId = await createOrganization();
    const amount = '2500000000000';
    const app = await startApp(clock);
    await worker.tenant(organizationId, (tx) =>
      tx.usageEntry.create({
        data: {
          organizationId,
          startedAt: new Date(NOW_MS),
          requestId: newId('request', NOW_MS),
          attempt: 1,
          keyId: 'key_1',
          requestedModel: 'sim-small',
          model: 'sim-small',
          provider: 'simulator',
          credentialId: 'cred_1',
          credentialOwner: 'operator',
          endpoint: 'chat',
          streamed: false,
          livemode: false,
          components: [
            {
              component: 'input',
              quantity: 1,
              unitPricePicoUsd: amount,
              costPicoUsd: amount,
              chargePicoUsd: amount,
            },
          ],
          costPicoUsd: BigInt(amount),
          chargePicoUsd: BigInt(amount),
          status: 'succeeded',
          usageSource: 'provider',
        },
        select: { requestId: true },
      }),
    );
    clock.set(Date.parse('2026-12-04T00:00:01Z'));
    // Of earlier tests: their gateway is silent, and nobody fences it here.
    await worker.platform((tx) => tx.gatewayEpoch.updateMany({ data: { state: 'fenced' } }));
    const invoice = await waitFor(
      async () => {
        await app.runTask('rollup-sweep');
        await app.runTask('invoice-close');
        return worker.tenant(organizationId, (tx) =>
          tx.invoice.findFirst({
            // Documents follow the number, in a round of the app's own as well.
            where: {
              kind: 'invoice',
              state: 'open',
              documents: { some: { kind: 'pdf' } },
              AND: { documents: { some: { kind: 'csv' } } },
            },
            include: { documents: true },
          }),
        );
      },
      { description: 'a finalized invoice' },
    );
    expect(invoice.number).toMatch(/^TEST-TG-2026-/);
    expect(invoice.documents.map((document) => document.kind).toSorted()).toEqual(['csv', 'pdf']);
    await app.runTask('audit-seal');
    await waitFor(async () => {
      await app.runTask('audit-seal');
      return worker.tenant(organizationId, (tx) => tx.auditSeal.count());
    });
  });

  it('says so once when a key was answered for the first time', async () => {
    await startApp();
    const organizationId = await createOrganization();
    const keyId = newId('virtualKey', NOW_MS);
    await consoleDatabase.tenant(organizationId, (tx) =>
      tx.virtualKey.create({ data: { id: keyId, organizationId, name: 'first', createdById: 'usr_1' } }),
    );
    const subscriber = openRedis({ url: testRedis.url, manner: 'worker', name: 'worker-test-subscriber' });
    const heard: unknown[] = [];
    subscriber.on('message', (_channel, message: string) => heard.push(JSON.parse(message)));
    await subscriber.subscribe(CHANGES_CHANNEL);
    const epochId = newId('gatewayEpoch', NOW_MS);
    const answered = (fromSequence: number) => {
      const payload = batch(organizationId, epochId, fromSequence, 1);
      const requests = payload.entries.map((line) => {
        const { subject } = line as { subject: object };
        return { ...ANSWERED, subject: { ...subject, keyId } };
      });
      return { ...payload, requests };
    };
    try {
      await ingest.add(answered(0));
      await ingest.add(answered(1));
      await waitFor(async () => (await worker.tenant(organizationId, (tx) => tx.requestLog.count())) === 2);
      await waitFor(() => heard.length > 0);
      expect(heard).toEqual([
        { organizationId, kind: 'first-request', targetId: keyId, eventId: expect.stringMatching(/^evt_/) },
      ]);
    } finally {
      subscriber.disconnect();
    }
  });

  it('takes a new time zone up when its month begins, and tells gateways', async () => {
    const organizationId = await createOrganization();
    await consoleDatabase.tenant(organizationId, (tx) =>
      tx.organizationTimeZone.createMany({
        data: [
          { organizationId, validFrom: new Date(0), timeZone: 'UTC' },
          { organizationId, validFrom: new Date('2026-11-30T11:00:00Z'), timeZone: 'Pacific/Auckland' },
        ],
      }),
    );
    const zone = async () =>
      (await worker.tenant(organizationId, (tx) => tx.organization.findFirstOrThrow())).timeZone;
    const clock = fixedClock(Date.parse('2026-11-30T10:59:59Z'));
    const app = await startApp(clock);
    await app.runTask('time-zones');
    expect(await zone()).toBe('UTC');
    clock.set(Date.parse('2026-11-30T11:00:00Z'));
    await app.runTask('time-zones');
    await app.runTask('time-zones');
    expect(await zone()).toBe('Pacific/Auckland');
    const changes = await consoleDatabase.tenant(organizationId, (tx) =>
      tx.outboxEvent.findMany({ select: { kind: true, targetId: true } }),
    );
    expect(changes).toEqual([{ kind: 'organization-changed', targetId: organizationId }]);
  });

  it('[G8] finishes what it has begun when it is stopped, and another one does the rest', async () => {
    const organizationId = await createOrganization();
    const epochId = newId('gatewayEpoch', NOW_MS);
    const batches = Array.from({ length: 20 }, (_, index) => batch(organizationId, epochId, index * 10, 10));
    const first = await startApp();
    for (const each of batches) await ingest.add(each);
    await waitFor(async () => (await worker.tenant(organizationId, (tx) => tx.usageEntry.count())) > 0);
    await first.stop();
    expect(first.health().healthy).toBe(false);
    const second = await startApp();
    await waitFor(
      async () => {
        await second.runTask('rollup-sweep');
        const epoch = await worker.platform((tx) => tx.gatewayEpoch.findUnique({ where: { id: epochId } }));
        const shipped = Number(epoch?.shippedSequence ?? 0n);
        // As its gateway does: what Postgres has not confirmed is sent again.
        const unconfirmed = batches.find((each) => each.fromSequence === shipped);
        if (unconfirmed !== undefined) await ingest.add(unconfirmed);
        return shipped === 200 && (await rolledUp(organizationId)).entries === 200;
      },
      { timeoutMs: 50_000, intervalMs: 100, description: '200 entries, each once' },
    );
    expect(await worker.tenant(organizationId, (tx) => tx.usageEntry.count())).toBe(200);
  });

  it('answers for its health on loopback', async () => {
    const app = await startApp();
    const server = await startHealthServer(0, app.health, metrics);
    try {
      expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200);
      expect((await fetch(`http://127.0.0.1:${server.port}/other`)).status).toBe(404);
      const told = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
      expect(told).toContain('\ntollgate_worker_budget_differences 0\n');
      await app.stop();
      expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(503);
    } finally {
      await server.close();
    }
  });

  it('[G8] runs as a process, says that it is healthy, and ends with 0 on SIGTERM', async () => {
    const child = spawn(process.execPath, [new URL('./main.ts', import.meta.url).pathname], {
      env: {
        DATABASE_URL: testDatabase.urls.worker,
        REDIS_URL: testRedis.url,
        TOLLGATE_ENCRYPTION_KEYS: `1:${randomBytes(32).toString('base64url')}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithThisProcess(child);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      output += String(chunk);
    });
    const ended = once(child, 'exit');
    try {
      const port = await waitFor(() => /"healthPort":(\d+)/.exec(output)?.[1], {
        description: 'a health port',
      });
      await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status === 200);
      child.kill('SIGTERM');
      expect(await ended, output).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
    expect(output).not.toContain(testDatabase.urls.worker);
  });
});
