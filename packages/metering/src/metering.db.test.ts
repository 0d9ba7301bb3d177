import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { priceToRow } from '@tollgate/catalog/store';
import { systemClock } from '@tollgate/clock';
import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createQueue, createWorker, openRedis } from '@tollgate/queues';
import { createTestDatabase, createTestRedis, startFaultProxy, waitFor } from '@tollgate/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DispatchFrame } from './frame.ts';
import { BatchIngest } from './ingest/ingest-batch.ts';
import { inWindow, withLedgerCursor } from './ledger/cursor.ts';
import { openMetering } from './open-metering.ts';
import { queuePublisher } from './ship/queue-publisher.ts';
import { testFolder } from './testing/folder.ts';
import { dispatch, PRICE, request, settle, subject } from './testing/frames.ts';

/** A gateway's books, a real queue and a real ledger, with faults between them. */
async function startWorld() {
  const test = await createTestDatabase();
  const redis = await createTestRedis();
  const postgresProxy = await startFaultProxy({ target: test.urls.gateway });
  const redisProxy = await startFaultProxy({ target: redis.url });
  const gateway = openDatabase({
    url: postgresProxy.url,
    applicationName: 'test-gateway',
    connectTimeoutMs: 10_000,
  });
  const worker = openDatabase({ url: test.urls.worker, applicationName: 'test-worker' });
  const console_ = openDatabase({ url: test.urls.console, applicationName: 'test-console' });
  await console_.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
    tx.priceVersion.create({ data: priceToRow(PRICE) }),
  );
  const producer = openRedis({ url: redisProxy.url, manner: 'producer', name: 'test-producer' });
  const queue = createQueue('usage-ingest', producer);
  const consumer = openRedis({ url: redis.url, manner: 'worker', name: 'test-consumer' });
  const ingest = new BatchIngest(worker);
  const startWorker = () =>
    createWorker('usage-ingest', {
      redis: consumer,
      concurrency: 4,
      process: async (payload) => {
        const outcome = await ingest.ingest(payload, { now: new Date() });
        if (outcome.kind === 'early') throw new Error('early');
      },
    });
  let jobs = startWorker();
  onTestFinished(async () => {
    await jobs.close();
    await queue.close();
    producer.disconnect();
    consumer.disconnect();
    await Promise.all([gateway.close(), worker.close(), console_.close()]);
    await Promise.all([postgresProxy.stop(), redisProxy.stop()]);
    await test.drop();
  });
  return {
    test,
    redis,
    gateway,
    worker,
    queue,
    postgresProxy,
    redisProxy,
    publisher: queuePublisher(queue),
    stopWorker: () => jobs.close(),
    restartWorker: () => {
      jobs = startWorker();
    },
  };
}

type World = Awaited<ReturnType<typeof startWorld>>;

async function openTestMetering(world: World, stateDirectory: string) {
  const errors: Error[] = [];
  const metering = await openMetering({
    stateDirectory,
    slot: 'gateway-0',
    database: world.gateway,
    publisher: world.publisher,
    clock: systemClock,
    onError: (error) => errors.push(error),
    log: { segmentMaxBytes: 64 * 1024, reserveBytes: 64 * 1024 },
    shipper: { intervalMs: 50, resendAfterMs: 500 },
    adoptIntervalMs: 200,
  });
  return { metering, errors };
}

function serve(
  log: { append(frame: ReturnType<typeof settle> | DispatchFrame | ReturnType<typeof request>): number },
  organizationId: string,
): string {
  const sent = dispatch(subject({ organizationId, startedAtMs: Date.now() }));
  log.append(sent);
  log.append(settle(sent));
  log.append(request(sent.subject));
  return sent.subject.requestId;
}

async function ledgerIds(worker: Database, organizationId: string): Promise<string[]> {
  const rows = await worker.tenant(organizationId, (tx) =>
    tx.usageEntry.findMany({ where: { organizationId }, select: { requestId: true } }),
  );
  return rows.map(({ requestId }) => requestId).sort();
}

describe('openMetering()', () => {
  it('[M1] [M2] Redis loses everything, Postgres and Redis are cut, the worker is away: each attempt arrives once', async () => {
    const world = await startWorld();
    const organizationId = newId('organization', Date.now());
    const { metering } = await openTestMetering(world, testFolder());
    const served: string[] = [];
    const serveSome = () => {
      for (let i = 0; i < 50; i++) served.push(serve(metering.log, organizationId));
    };
    serveSome();
    await waitFor(async () => (await ledgerIds(world.worker, organizationId)).length === served.length);

    await world.stopWorker();
    serveSome();
    await waitFor(async () => (await world.queue.counts()).waiting > 0);
    await world.redis.flush();
    serveSome();
    world.restartWorker();
    await waitFor(async () => (await ledgerIds(world.worker, organizationId)).length === served.length);

    world.redisProxy.setMode({ kind: 'reset' });
    world.postgresProxy.setMode({ kind: 'reset' });
    serveSome();
    await waitFor(() => metering.state().unconfirmedFrames >= 150);
    expect(metering.log.writable).toBe(true);
    world.redisProxy.setMode({ kind: 'pass' });
    world.postgresProxy.setMode({ kind: 'pass' });
    await waitFor(() => metering.state().unconfirmedFrames === 0);
    expect(await ledgerIds(world.worker, organizationId)).toEqual(served.sort());

    await metering.close(5_000);
    const epoch = await world.worker.platform((tx) =>
      tx.gatewayEpoch.findUniqueOrThrow({ where: { id: metering.epochId } }),
    );
    expect(epoch).toMatchObject({ state: 'closed', shippedSequence: 600n });
  });

  it('[M1] the next process of the slot settles and ships what a dead one left, and removes its log', async () => {
    const world = await startWorld();
    const organizationId = newId('organization', Date.now());
    const stateDirectory = testFolder();
    world.redisProxy.setMode({ kind: 'reset' });
    const first = await openTestMetering(world, stateDirectory);
    const served = serve(first.metering.log, organizationId);
    const open = dispatch(subject({ organizationId, startedAtMs: Date.now() }));
    first.metering.log.append(open);
    await first.metering.log.sync();
    // Gives the directory up with an attempt that is open, as a death would.
    await first.metering.close(0);
    world.redisProxy.setMode({ kind: 'pass' });

    const second = await openTestMetering(world, stateDirectory);
    expect(second.metering.gatewayId).toBe(first.metering.gatewayId);
    const expected = [served, open.subject.requestId].sort();
    await waitFor(async () => (await ledgerIds(world.worker, organizationId)).length === 2);
    expect(await ledgerIds(world.worker, organizationId)).toEqual(expected);
    const slot = join(stateDirectory, 'wal', second.metering.gatewayId);
    await waitFor(() => readdirSync(slot).every((name) => name === second.metering.epochId));
    const row = await world.worker.tenant(organizationId, (tx) =>
      tx.usageEntry.findFirstOrThrow({ where: { organizationId, requestId: open.subject.requestId } }),
    );
    expect(row).toMatchObject({
      status: 'interrupted',
      usageSource: 'counted',
      estimated: true,
      inputTokens: 11n,
    });
    const closed = await world.worker.platform((tx) =>
      tx.gatewayEpoch.findUniqueOrThrow({ where: { id: first.metering.epochId } }),
    );
    expect(closed.state).toBe('closed');
    await second.metering.close(2_000);
    expect(existsSync(join(slot, second.metering.epochId))).toBe(false);
  });

  it('[M1] a log that cannot be read keeps no other one from being shipped', async () => {
    const world = await startWorld();
    const organizationId = newId('organization', Date.now());
    const stateDirectory = testFolder();
    world.redisProxy.setMode({ kind: 'reset' });
    const first = await openTestMetering(world, stateDirectory);
    const served = serve(first.metering.log, organizationId);
    await first.metering.close(0);
    world.redisProxy.setMode({ kind: 'pass' });
    // Before all others, and a folder where a file must be.
    const broken = join(stateDirectory, 'wal', first.metering.gatewayId, 'gwe_0');
    mkdirSync(join(broken, 'segment-00000001.log'), { recursive: true });

    const { metering, errors } = await openTestMetering(world, stateDirectory);
    await waitFor(async () => (await ledgerIds(world.worker, organizationId)).length === 1);
    expect(await ledgerIds(world.worker, organizationId)).toEqual([served]);
    expect(errors.map(({ message }) => message)).toContainEqual(expect.stringContaining('gwe_0'));
    await metering.close(2_000);
  });

  it('starts and takes frames while neither Postgres nor Redis answers', async () => {
    const world = await startWorld();
    world.redisProxy.setMode({ kind: 'reset' });
    world.postgresProxy.setMode({ kind: 'reset' });
    const { metering, errors } = await openTestMetering(world, testFolder());
    serve(metering.log, 'org_a');
    await metering.log.sync();
    expect(metering.log.syncedSequence).toBe(3);
    await waitFor(() => errors.length > 0);
    await metering.close(0);
  });
});

describe('withLedgerCursor()', () => {
  it('misses no row of a transaction that commits late, and gives no row twice', async () => {
    const world = await startWorld();
    const { worker } = world;
    const organizationId = newId('organization', Date.now());
    const insert = (id: string) =>
      worker.tenant(organizationId, (tx) =>
        tx.outboxEvent.create({ data: { id, organizationId, kind: 'test', targetId: id } }),
      );
    const seen: string[] = [];
    const read = () =>
      withLedgerCursor(worker, { organizationId, name: 'test', now: new Date() }, async (tx, window) => {
        const rows = await tx.$queryRaw<{ id: string }[]>`
          SELECT id FROM outbox_events WHERE organization_id = ${organizationId} AND ${inWindow(window)} ORDER BY id`;
        seen.push(...rows.map(({ id }) => id));
      });
    await insert('a');
    let commit = (): void => undefined;
    const mayCommit = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let inserted = (): void => undefined;
    const hasInserted = new Promise<void>((resolve) => {
      inserted = resolve;
    });
    const late = worker.tenant(organizationId, async (tx) => {
      await tx.outboxEvent.create({ data: { id: 'b-late', organizationId, kind: 'test', targetId: 'b' } });
      inserted();
      await mayCommit;
    });
    await hasInserted;
    await insert('c');
    await read();
    expect(seen).not.toContain('b-late');
    commit();
    await late;
    // Other tests of the run share the server; their transactions may hold the window back for a moment.
    await waitFor(async () => {
      await read();
      return seen.length >= 3;
    });
    await read();
    expect(seen.sort()).toEqual(['a', 'b-late', 'c']);
  });

  it('leaves the cursor where it was when the reader fails', async () => {
    const { worker } = await startWorld();
    const organizationId = newId('organization', Date.now());
    const windows: string[] = [];
    const options = { organizationId, name: 'test', now: new Date() };
    await expect(
      withLedgerCursor(worker, options, (_tx, window) => {
        windows.push(window.from);
        return Promise.reject(new Error('mine'));
      }),
    ).rejects.toThrow('mine');
    await withLedgerCursor(worker, options, async (_tx, window) => void windows.push(window.from));
    expect(windows).toEqual(['0', '0']);
  });
});
