/** Two workers and slow receivers: who holds what, and what becomes of an answer that comes too late. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createTestDatabase, type TestDatabase, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChannel } from './channels/channel-store.ts';
import { deliverAlerts } from './channels/deliver.ts';
import { deliverWebhooks } from './webhooks/deliver.ts';
import { createEndpoint, createTestDelivery } from './webhooks/endpoint-store.ts';

const NOW_MS = Date.now();
const MINUTE_MS = 60_000;
const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
let testDatabase: TestDatabase;
let consoleDatabase: Database;
let worker: Database;
let receiver: Server;
let url: string;
let organizationId: string;
/** Requests that nobody has answered yet, in the order in which they came. */
const pending: ServerResponse[] = [];
let count = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const open = (databaseUrl: string) => openDatabase({ url: databaseUrl, applicationName: 'leases-test' });
  [consoleDatabase, worker] = [open(testDatabase.urls.console), open(testDatabase.urls.worker)];
  receiver = createServer((request, response) => {
    request.resume();
    count += 1;
    pending.push(response);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterAll(async () => {
  receiver?.closeAllConnections();
  receiver?.close();
  await Promise.all([consoleDatabase?.close(), worker?.close()]);
  await testDatabase?.drop();
});
beforeEach(async () => {
  pending.length = 0;
  count = 0;
  organizationId = newId('organization', NOW_MS);
  await consoleDatabase.tenant(
    organizationId,
    (tx) =>
      tx.$executeRaw`INSERT INTO organizations (id, name, slug) VALUES (${organizationId}, 'Acme', ${organizationId.toLowerCase()})`,
  );
});

const change = (tx: Parameters<Parameters<Database['tenant']>[1]>[0]) => ({
  tx,
  organizationId,
  actor: { kind: 'user' as const, id: 'usr_1', name: 'Ada' },
  origin: { ipAddress: '', userAgent: '', requestId: '' },
  nowMs: NOW_MS,
});
/** @param aheadMs How far this worker's clock is ahead of the others'. */
const round = (aheadMs = 0) => ({
  ring,
  consoleUrl: 'https://console.example',
  allowedPrivateOrigins: [url],
  organizationId,
  nowMs: NOW_MS + aheadMs,
});
/** As if the time of a lease had passed, at Postgres. */
const endLeases = () =>
  worker.tenant(organizationId, async (tx) => {
    const past = new Date(Date.now() - 1_000);
    await tx.webhookDelivery.updateMany({ where: { state: 'waiting' }, data: { leaseUntil: past } });
    await tx.alertDelivery.updateMany({ where: { state: 'waiting' }, data: { leaseUntil: past } });
  });
const asked = (times: number) => waitFor(() => count === times, { description: `${times} requests` });
const answerNext = (status: number) => void pending.shift()?.writeHead(status).end();

/** What is told: a webhook, and a message to Slack. */
const KINDS = [
  {
    name: 'webhooks',
    deliver: (aheadMs?: number) => deliverWebhooks(worker, round(aheadMs)),
    prepare: async () => {
      await consoleDatabase.tenant(organizationId, async (tx) => {
        const { endpoint } = await createEndpoint(change(tx), ring, { name: '', url, events: ['*'] });
        await tx.webhookDelivery.create({
          data: {
            id: newId('webhookDelivery', NOW_MS),
            organizationId,
            endpointId: endpoint.id,
            eventId: newId('event', NOW_MS),
            eventType: 'key.created',
            payload: {},
            state: 'waiting',
            nextTryAt: new Date(NOW_MS),
          },
          select: { id: true },
        });
      });
    },
    read: () => worker.tenant(organizationId, (tx) => tx.webhookDelivery.findFirstOrThrow()),
  },
  {
    name: 'messages to Slack',
    deliver: (aheadMs?: number) => deliverAlerts(worker, round(aheadMs)),
    prepare: async () => {
      const channelId = await consoleDatabase.tenant(organizationId, async (tx) => {
        const channel = await createChannel(change(tx), ring, 'slack', { name: 'Slack', url });
        return channel.id;
      });
      await worker.tenant(organizationId, async (tx) => {
        const alertId = newId('alert', NOW_MS);
        const now = new Date(NOW_MS);
        await tx.alert.create({
          data: {
            id: alertId,
            organizationId,
            ruleId: 'rule_1',
            kind: 'credits-low',
            causeKey: 'credits',
            periodKey: '',
            severity: 'critical',
            state: 'firing',
            figures: { availableUsd: '1.00', thresholdUsd: '5.00' },
            firedAt: now,
          },
          select: { id: true },
        });
        await tx.alertDelivery.create({
          data: {
            id: newId('alertDelivery', NOW_MS),
            organizationId,
            alertId,
            channelId,
            occurrence: 1,
            event: 'fired',
            state: 'waiting',
            nextTryAt: now,
          },
          select: { id: true },
        });
      });
    },
    read: () => worker.tenant(organizationId, (tx) => tx.alertDelivery.findFirstOrThrow()),
  },
];

describe.each(KINDS)('$name', ({ deliver, prepare, read }) => {
  it('are not taken over by a worker whose clock is ahead', async () => {
    await prepare();
    const first = deliver();
    await asked(1);
    expect(await deliver(10 * MINUTE_MS)).toBe(0);
    answerNext(200);
    await first;
    expect([count, (await read()).state]).toEqual([1, 'delivered']);
  });

  it('are taken over when the lease is over; the late answer of who had it changes nothing', async () => {
    await prepare();
    const first = deliver();
    await asked(1);
    await endLeases();
    const second = deliver(2 * MINUTE_MS);
    await asked(2);
    const [late, good] = pending;
    good!.writeHead(200).end();
    await second;
    late!.writeHead(500).end();
    await first;
    expect(await read()).toMatchObject({
      state: 'delivered',
      tries: 2,
      responseStatus: 200,
      lastError: null,
    });
  });

  it('are free again at once when a try has failed', async () => {
    await prepare();
    const first = deliver();
    await asked(1);
    answerNext(500);
    await first;
    const { nextTryAt } = await read();
    const second = deliver(nextTryAt!.getTime() - NOW_MS);
    await asked(2);
    answerNext(200);
    await second;
    expect(await read()).toMatchObject({ state: 'delivered', tries: 2 });
  });
});

it('a test that the console sends is not sent by a worker whose clock is ahead as well', async () => {
  await consoleDatabase.tenant(organizationId, async (tx) => {
    const { endpoint } = await createEndpoint(change(tx), ring, { name: '', url, events: ['*'] });
    await createTestDelivery(tx, endpoint, NOW_MS);
  });
  expect(await deliverWebhooks(worker, round(10 * MINUTE_MS))).toBe(0);
  await endLeases();
  const late = deliverWebhooks(worker, round(10 * MINUTE_MS));
  await asked(1);
  answerNext(200);
  expect(await late).toBe(1);
});
