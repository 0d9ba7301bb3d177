import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createBudget, settleEntries, updateBudget } from '@tollgate/limits';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChannel, updateChannel } from './channels/channel-store.ts';
import { deliverAlerts } from './channels/deliver.ts';
import { evaluateAlerts } from './evaluate.ts';
import { deliverWebhooks } from './webhooks/deliver.ts';
import { createEndpoint, replayDelivery, rotateEndpointSecret } from './webhooks/endpoint-store.ts';
import { WEBHOOK_DATA } from './webhooks/event-schemas.ts';
import { WEBHOOK_EVENT_TYPES, type WebhookEvent } from './webhooks/event-types.ts';
import { verifyWebhook } from './webhooks/signature.ts';

const TODAY = new Date();
/** Never in the last hour of a month, when budgets would begin anew between two steps of a test. */
const START_MS = Math.min(
  TODAY.getTime(),
  Date.UTC(TODAY.getUTCFullYear(), TODAY.getUTCMonth() + 1) - 3_600_000,
);
const USD = 1_000_000_000_000n;
const MINUTE_MS = 60_000;
const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);

interface Received {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

let testDatabase: TestDatabase;
let consoleDatabase: Database;
let worker: Database;
let receiver: Server;
let receiverUrl: string;
const received: Received[] = [];
let answer: { status: number; body: string };
let organizationId: string;
let email: string;
let nowMs: number;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  consoleDatabase = openDatabase({ url: testDatabase.urls.console, applicationName: 'alerts-test' });
  worker = openDatabase({
    url: testDatabase.urls.worker,
    applicationName: 'alerts-test',
    maxConnections: 16,
  });
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', body, headers: request.headers });
      response
        .writeHead(answer.status, answer.status === 302 ? { location: 'http://127.0.0.1:1/' } : {})
        .end(answer.body);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await Promise.all([consoleDatabase?.close(), worker?.close()]);
  receiver?.close();
  await testDatabase?.drop();
});
beforeEach(async () => {
  received.length = 0;
  answer = { status: 200, body: 'ok' };
  nowMs = START_MS;
  organizationId = newId('organization', nowMs);
  const userId = newId('user', nowMs);
  email = `${randomBytes(6).toString('hex')}@example.com`;
  await consoleDatabase.person({ userId, organizationId }, async (tx) => {
    await tx.user.create({ data: { id: userId, email, name: 'Ada', locale: 'en' }, select: { id: true } });
    await tx.$executeRaw`INSERT INTO organizations (id, name, slug) VALUES (${organizationId}, 'Acme', ${organizationId.toLowerCase()})`;
    await tx.membership.create({
      data: { id: newId('member', nowMs), organizationId, userId, role: 'owner' },
      select: { id: true },
    });
  });
});

/** Whatever a test here has sent is as the description of the API says. */
afterEach(() => {
  for (const { body, headers } of received) {
    if (headers['tollgate-event-type'] === undefined) continue;
    const { type, data } = JSON.parse(body) as WebhookEvent;
    expect(WEBHOOK_DATA[type].safeParse(data).error, `${type} ${body}`).toBeUndefined();
  }
});

const inConsole = <T>(run: Parameters<Database['tenant']>[1]): Promise<T> =>
  consoleDatabase.tenant(organizationId, run) as Promise<T>;
const change = (tx: Parameters<Parameters<Database['tenant']>[1]>[0]) => ({
  tx,
  organizationId,
  actor: { kind: 'user' as const, id: 'usr_1', name: 'Ada' },
  origin: { ipAddress: '', userAgent: '', requestId: '' },
  nowMs,
});
const evaluate = () => evaluateAlerts(worker, { organizationId, nowMs });
const notifySettings = () => ({
  ring,
  consoleUrl: 'https://console.example',
  allowedPrivateOrigins: [receiverUrl],
});
const round = () => ({ ...notifySettings(), organizationId, nowMs });

async function makeBudget(fields: { limit?: bigint; kind?: 'hard' | 'soft'; name?: string } = {}) {
  return consoleDatabase.tenant(organizationId, (tx) =>
    createBudget(change(tx), {
      name: fields.name ?? 'Everything',
      scope: { type: 'organization', id: organizationId },
      period: 'month',
      anchorAt: null,
      limitPicoUsd: fields.limit ?? 100n * USD,
      kind: fields.kind ?? 'hard',
      thresholds: [50, 80, 100],
      onExceeded: 'refuse',
      carryOver: false,
      carryOverCapPicoUsd: null,
      paused: false,
    }),
  );
}

const spend = (picoUsd: bigint) =>
  worker.tenant(organizationId, (tx) =>
    settleEntries(tx, organizationId, [
      {
        subject: {
          organizationId,
          teamId: '',
          teamPath: '',
          keyId: 'key_1',
          memberId: '',
          serviceAccountId: '',
          endUser: '',
          tags: {},
          startedAtMs: nowMs,
        },
        target: { model: 'sim-small', credentialOwner: 'organization' },
        settle: { costPicoUsd: String(picoUsd), chargePicoUsd: '0' },
      } as Parameters<typeof settleEntries>[2][number],
    ]),
  );

const listAlerts = () =>
  consoleDatabase.tenant(organizationId, (tx) =>
    tx.alert.findMany({ where: { organizationId, kind: 'budget-threshold' } }),
  );
const listDeliveries = () =>
  consoleDatabase.tenant(organizationId, (tx) => tx.webhookDelivery.findMany({ orderBy: { id: 'asc' } }));

async function readMails(): Promise<OutgoingMail[]> {
  const sent: OutgoingMail[] = [];
  const transport = { send: async (mail: OutgoingMail) => void sent.push(mail) };
  while ((await deliverPendingMail(worker, transport, { ring, nowMs, limit: 100 })).sent > 0);
  return sent.filter(({ recipient }) => recipient === email);
}

const addEndpoint = (events: string[] = ['*'], path = '/hook') =>
  consoleDatabase.tenant(organizationId, (tx) =>
    createEndpoint(change(tx), ring, { name: '', url: `${receiverUrl}${path}`, events }),
  );

describe('a budget', () => {
  it.each([
    [79_999_999_999_999n, '50'],
    [80n * USD, '80'],
    [80n * USD + 1n, '80'],
    [100n * USD - 1n, '80'],
    [100n * USD, '100'],
  ])('of 100 USD with %s pico-USD spent has passed %s %%', async (amount, level) => {
    await makeBudget();
    await spend(amount);
    await evaluate();
    expect(await listAlerts()).toMatchObject([{ state: 'firing', figures: { level } }]);
  });

  it('tells the owner by mail without anything being set up, with its numbers and a link to the budget', async () => {
    const budget = await makeBudget();
    await spend(85n * USD);
    await evaluate();
    await deliverAlerts(worker, round());
    const [mail, ...more] = await readMails();
    expect(more).toEqual([]);
    expect(mail?.subject).toBe('The budget of “Everything” has passed 80%');
    expect(mail?.text).toContain('$85.00 of $100.00 are spent this month.');
    expect(mail?.text).toContain(`https://console.example/budgets?open=${budget.id}`);
    expect(mail?.html).toContain(`href="https://console.example/budgets?open=${budget.id}"`);
  });

  it('tells once, though many workers look and send at the same time', async () => {
    await makeBudget();
    await spend(85n * USD);
    await Promise.all(Array.from({ length: 8 }, evaluate));
    await Promise.all(Array.from({ length: 8 }, () => deliverAlerts(worker, round())));
    expect(await listAlerts()).toHaveLength(1);
    expect(await readMails()).toHaveLength(1);
    nowMs += 2 * MINUTE_MS;
    await evaluate();
    await deliverAlerts(worker, round());
    expect(await readMails()).toEqual([]);
  });

  it('is told again when the next share is passed, and not in between', async () => {
    await makeBudget();
    for (const amount of [55n, 10n, 20n, 20n]) {
      await spend(amount * USD);
      await evaluate();
      await deliverAlerts(worker, round());
      nowMs += 1;
    }
    const subjects = (await readMails()).map(({ subject }) => subject).toSorted();
    expect(subjects).toEqual([
      'The budget of “Everything” has passed 50%',
      'The budget of “Everything” has passed 80%',
      'The budget of “Everything” is used up',
    ]);
    expect(await listAlerts()).toMatchObject([
      { occurrence: 3, severity: 'critical', figures: { share: '105' } },
    ]);
  });

  it('recovers when it is raised, which is told to those who heard of it', async () => {
    const budget = await makeBudget();
    await spend(85n * USD);
    await evaluate();
    await deliverAlerts(worker, round());
    await readMails();
    await consoleDatabase.tenant(organizationId, (tx) =>
      updateBudget(change(tx), budget, { limitPicoUsd: 1_000n * USD }),
    );
    nowMs += MINUTE_MS;
    await evaluate();
    expect(await listAlerts()).toMatchObject([{ state: 'recovered', recoveryReason: 'below' }]);
    await deliverAlerts(worker, round());
    expect((await readMails()).map(({ subject }) => subject)).toEqual([
      'Over: The budget of “Everything” has passed 80%',
    ]);
  });

  it('ends its alert with its period, without a word', async () => {
    await makeBudget();
    await spend(85n * USD);
    await evaluate();
    await deliverAlerts(worker, round());
    await readMails();
    nowMs += 32 * 86_400_000;
    await evaluate();
    await deliverAlerts(worker, round());
    expect(await listAlerts()).toMatchObject([{ state: 'recovered', recoveryReason: 'period-ended' }]);
    expect(await readMails()).toEqual([]);
  });

  it('is silent under a rule that was switched off, and leaves nothing open', async () => {
    await makeBudget();
    await spend(55n * USD);
    await evaluate();
    await consoleDatabase.tenant(organizationId, (tx) =>
      tx.alertRule.updateMany({
        where: { organizationId, preset: 'budget-threshold' },
        data: { enabled: false },
      }),
    );
    nowMs += MINUTE_MS;
    await spend(40n * USD);
    await evaluate();
    expect(await listAlerts()).toMatchObject([
      { state: 'recovered', recoveryReason: 'rule-off', occurrence: 1 },
    ]);
  });
});

describe('a prepaid balance', () => {
  /** As billing writes it (credits/low-balance.ts). */
  const say = (kind: 'credits.low' | 'credits.recovered', availableUsd: string) =>
    worker.tenant(organizationId, async (tx) => {
      const payload = JSON.stringify({ availableUsd, thresholdUsd: '5.00' });
      await tx.$executeRaw`
        INSERT INTO outbox_events (id, organization_id, kind, target_id, payload, created_at)
        VALUES (${newId('event', nowMs)}, ${organizationId}, ${kind}, ${organizationId}, ${payload}::jsonb, ${new Date(nowMs)})`;
    });
  const look = async () => {
    nowMs += MINUTE_MS;
    await evaluate();
    await deliverAlerts(worker, round());
    return (await readMails()).map(({ subject, text }) => [subject, text] as const);
  };
  const states = () =>
    inConsole<{ state: string; recoveryReason: string }[]>((tx) =>
      tx.alert.findMany({
        where: { organizationId, kind: 'credits-low' },
        select: { state: true, recoveryReason: true },
      }),
    );

  it('is low once, with what is left, and its recovery is told to who heard of it', async () => {
    await inConsole((tx) =>
      tx.billingProfile.create({
        data: { organizationId, addressLines: [], balanceLowSince: new Date(nowMs) },
        select: { organizationId: true },
      }),
    );
    await say('credits.low', '4.25');
    const [[subject, body] = ['', '']] = await look();
    expect(subject).toBe('The prepaid balance is low');
    expect(body).toContain('$4.25 are left.');
    expect(await look()).toEqual([]);
    await say('credits.recovered', '54.25');
    expect((await look()).map(([told]) => told)).toEqual(['Over: The prepaid balance is low']);
    expect(await states()).toEqual([{ state: 'recovered', recoveryReason: 'above' }]);
  });

  it('that was low and is not by the time of the look is nobody’s news; one whose end nobody read closes all the same', async () => {
    await say('credits.low', '4.25');
    nowMs += 1;
    await say('credits.recovered', '54.25');
    expect(await look()).toEqual([]);
    expect(await states()).toEqual([]);
    await say('credits.low', '3.00');
    await look();
    // No profile says that it is low, and no event that it is over: it was read too late.
    await look();
    expect(await states()).toEqual([{ state: 'recovered', recoveryReason: 'above' }]);
  });
});

describe('channels', () => {
  it('hold in quiet hours, and send one summary when they end', async () => {
    await evaluate();
    await consoleDatabase.tenant(organizationId, async (tx) => {
      const channel = await tx.notificationChannel.findFirstOrThrow({
        where: { organizationId, preset: 'owners' },
      });
      const minute = new Date(nowMs).getUTCHours() * 60 + new Date(nowMs).getUTCMinutes();
      const quiet = { quietFromMinute: minute, quietToMinute: (minute + 60) % 1_440 };
      await updateChannel(change(tx), ring, channel, quiet);
    });
    await makeBudget({ name: 'One', kind: 'soft' });
    await makeBudget({ name: 'Two', kind: 'soft' });
    await spend(55n * USD);
    nowMs += MINUTE_MS;
    await evaluate();
    await deliverAlerts(worker, round());
    expect(await readMails()).toEqual([]);
    nowMs += 60 * MINUTE_MS;
    await deliverAlerts(worker, round());
    const [summary, ...more] = await readMails();
    expect(more).toEqual([]);
    expect(summary?.text).toContain('While it was quiet:');
    expect(summary?.text).toContain('“One” has passed 50%');
    expect(summary?.text).toContain('“Two” has passed 50%');
  });

  it('post to Slack, keep its URL sealed, and try again when it fails', async () => {
    const channel = await consoleDatabase.tenant(organizationId, (tx) =>
      createChannel(change(tx), ring, 'slack', {
        name: 'Ops',
        url: `${receiverUrl}/services/T0/secret-part`,
      }),
    );
    await evaluate();
    await inConsole((tx) =>
      tx.alertRule.updateMany({
        where: { organizationId, preset: 'budget-threshold' },
        data: { channelIds: [channel.id] },
      }),
    );
    await makeBudget({ name: '<!channel>' });
    await spend(85n * USD);
    await evaluate();
    answer = { status: 500, body: 'no' };
    await deliverAlerts(worker, round());
    answer = { status: 200, body: 'ok' };
    await deliverAlerts(worker, round());
    expect(received).toHaveLength(1);
    nowMs += MINUTE_MS;
    await deliverAlerts(worker, round());
    expect(received).toHaveLength(2);
    const message = JSON.parse(received[1]!.body) as { text: string; blocks: unknown[] };
    expect(message.text).toBe('The budget of “&lt;!channel&gt;” has passed 80%');
    expect(message.blocks.length).toBeGreaterThan(1);
    const stored = await inConsole(
      (tx) => tx.$queryRaw`SELECT row_to_json(c)::text AS row FROM notification_channels c`,
    );
    expect(JSON.stringify(stored)).not.toContain('secret-part');
  });

  it('make one message of a flood', async () => {
    for (const name of ['A', 'B', 'C', 'D', 'E']) await makeBudget({ name });
    await spend(85n * USD);
    await evaluate();
    await deliverAlerts(worker, round());
    expect((await readMails()).map(({ subject }) => subject)).toEqual(['5 alerts']);
  });
});

describe('webhooks', () => {
  it('send an alert once, signed, to those who asked for it, however many workers there are', async () => {
    const { secret } = await addEndpoint(['budget.threshold_reached']);
    await addEndpoint(['key.created'], '/other');
    await makeBudget();
    await spend(85n * USD);
    await Promise.all(Array.from({ length: 4 }, evaluate));
    await Promise.all(Array.from({ length: 8 }, () => deliverWebhooks(worker, round())));
    expect(received).toHaveLength(1);
    const { body, headers, path } = received[0]!;
    expect(path).toBe('/hook');
    expect(verifyWebhook(secret, String(headers['tollgate-signature']), body, nowMs)).toBe(true);
    expect(JSON.parse(body)).toMatchObject({
      id: headers['tollgate-event-id'],
      type: 'budget.threshold_reached',
      organizationId,
      data: { threshold: 80, spentUsd: '85.00', limitUsd: '100.00' },
    });
  });

  it('tell what the description of the API says, event by event', async () => {
    expect(Object.keys(WEBHOOK_DATA)).toEqual([...WEBHOOK_EVENT_TYPES]);
    await addEndpoint(['*']);
    const budget = await makeBudget();
    await consoleDatabase.tenant(organizationId, (tx) => updateBudget(change(tx), budget, { name: 'All' }));
    // As billing writes them (lifecycle/finalize.ts, issue-note.ts, settle-invoice.ts, credits/low-balance.ts).
    const told: Record<string, object> = {
      'invoice-finalized': { state: 'open', number: 'TG-1', totalPicoUsd: '12500000000000' },
      'invoice-paid': { state: 'paid', number: 'TG-1' },
      'invoice-voided': { state: 'void', number: 'TG-1' },
      'invoice-uncollectible': { state: 'uncollectible', number: 'TG-1' },
      'credit-note-issued': { state: 'issued', number: 'TG-D-1', invoiceId: 'inv_1' },
      'credits.low': { availableUsd: '4.00', thresholdUsd: '5.00' },
      'credits.recovered': { availableUsd: '54.00', thresholdUsd: '5.00' },
    };
    await worker.tenant(organizationId, async (tx) => {
      for (const [kind, payload] of Object.entries(told)) {
        await tx.$executeRaw`
          INSERT INTO outbox_events (id, organization_id, kind, target_id, payload, created_at)
          VALUES (${newId('event', nowMs)}, ${organizationId}, ${kind}, 'inv_1', ${JSON.stringify(payload)}::jsonb, ${new Date(nowMs + 1)})`;
      }
    });
    await spend(85n * USD);
    nowMs += MINUTE_MS;
    await evaluate();
    await deliverWebhooks(worker, { ...round(), limit: 100 });
    const types = new Set(received.map(({ body }) => (JSON.parse(body) as WebhookEvent).type));
    for (const type of [
      'alert.fired',
      'budget.threshold_reached',
      'budget.created',
      'budget.updated',
      'invoice.finalized',
      'invoice.paid',
      'invoice.voided',
      'invoice.uncollectible',
      'credit_note.issued',
      'credits.low',
      'credits.recovered',
    ] as const) {
      expect(types).toContain(type);
    }
  });

  it('take over what a killed sender had claimed, with the same ids', async () => {
    await addEndpoint(['budget.created']);
    await makeBudget();
    await evaluate();
    const [before] = await listDeliveries();
    // What is left of a worker that died while it sent: a lease.
    await worker.tenant(organizationId, (tx) =>
      tx.webhookDelivery.update({
        where: { id: before!.id },
        data: { tries: 1, nextTryAt: new Date(nowMs + MINUTE_MS) },
      }),
    );
    await deliverWebhooks(worker, round());
    expect(received).toEqual([]);
    nowMs += MINUTE_MS;
    await deliverWebhooks(worker, round());
    expect(received.map(({ headers }) => headers['tollgate-event-id'])).toEqual([before!.eventId]);
  });

  it('try again with a growing pause, log what came back, and can be sent again', async () => {
    await addEndpoint(['budget.created']);
    await makeBudget();
    await evaluate();
    answer = { status: 503, body: 'x'.repeat(10_000) };
    await deliverWebhooks(worker, round());
    const [failed] = await listDeliveries();
    expect(failed).toMatchObject({
      state: 'waiting',
      tries: 1,
      responseStatus: 503,
      lastError: 'It answered 503',
    });
    expect(failed!.responseExcerpt).toHaveLength(4_096);
    await deliverWebhooks(worker, round());
    expect(received).toHaveLength(1);
    answer = { status: 200, body: 'ok' };
    nowMs = failed!.nextTryAt!.getTime();
    await deliverWebhooks(worker, round());
    expect(await listDeliveries()).toMatchObject([{ state: 'delivered', responseExcerpt: 'ok' }]);
    await inConsole((tx) => replayDelivery(tx, organizationId, failed!.id, nowMs));
    await deliverWebhooks(worker, round());
    expect(received.map(({ headers }) => headers['tollgate-event-id'])).toEqual(
      Array(3).fill(failed!.eventId),
    );
  });

  it('of a slow endpoint go on in the next round, with no try used up and nobody else kept waiting', async () => {
    await addEndpoint(['budget.created']);
    for (const name of ['A', 'B', 'C']) await makeBudget({ name });
    await evaluate();
    await deliverWebhooks(worker, { ...round(), endpointRoundMs: 0 });
    expect(received).toHaveLength(1);
    const waiting = (await listDeliveries()).filter(({ state }) => state === 'waiting');
    expect(waiting).toMatchObject([{ tries: 0 }, { tries: 0 }]);
    await deliverWebhooks(worker, round());
    expect(received).toHaveLength(3);
  });

  it('[X4] reach no private address and follow no redirect, whatever was saved', async () => {
    await addEndpoint(['budget.created']);
    await makeBudget();
    await evaluate();
    await deliverWebhooks(worker, { ...round(), allowedPrivateOrigins: [] });
    expect(received).toEqual([]);
    expect(await listDeliveries()).toMatchObject([{ state: 'waiting', responseStatus: null }]);
    answer = { status: 302, body: '' };
    nowMs += MINUTE_MS;
    await deliverWebhooks(worker, round());
    expect(received).toHaveLength(1);
    expect(await listDeliveries()).toMatchObject([{ state: 'waiting', responseStatus: 302 }]);
  });

  it('are signed with both secrets while a rotation overlaps, and with the new one afterwards', async () => {
    const first = await addEndpoint(['budget.created']);
    const rotated = await consoleDatabase.tenant(organizationId, (tx) =>
      rotateEndpointSecret(change(tx), ring, first.endpoint, 3_600),
    );
    await makeBudget();
    await evaluate();
    await deliverWebhooks(worker, round());
    nowMs += 3_600_000;
    await makeBudget({ name: 'Second' });
    await evaluate();
    await deliverWebhooks(worker, round());
    const isGood = (secret: string) =>
      received.map(({ body, headers }) =>
        verifyWebhook(secret, String(headers['tollgate-signature']), body, nowMs, 10_000),
      );
    expect(isGood(first.secret)).toEqual([true, false]);
    expect(isGood(rotated.secret)).toEqual([true, true]);
  });

  it('give an endpoint up after three days of failures, and tell so by mail', async () => {
    const { endpoint } = await addEndpoint(['budget.created']);
    await makeBudget();
    await evaluate();
    answer = { status: 500, body: '' };
    await deliverWebhooks(worker, round());
    nowMs += 3 * 86_400_000;
    await deliverWebhooks(worker, round());
    const row = await consoleDatabase.tenant(organizationId, (tx) =>
      tx.webhookEndpoint.findFirstOrThrow({ where: { organizationId, id: endpoint.id } }),
    );
    expect(row.disabledReason).toBe('failing');
    expect(await listDeliveries()).toMatchObject([{ state: 'dead' }]);
    expect((await readMails()).map(({ subject }) => subject)).toEqual([
      expect.stringContaining('was switched off'),
    ]);
  });

  it('[X2] keep no secret in any row', async () => {
    const { secret } = await addEndpoint();
    await makeBudget();
    await evaluate();
    await deliverWebhooks(worker, round());
    const rows = await inConsole(
      (tx) => tx.$queryRaw`
      SELECT row_to_json(w)::text FROM webhook_endpoints w UNION ALL SELECT row_to_json(d)::text FROM webhook_deliveries d
      UNION ALL SELECT row_to_json(a)::text FROM audit_events a`,
    );
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(secret).toString('hex'));
  });
});

describe('[X1] another organization', () => {
  it('gets nothing of what happens in this one', async () => {
    const own = organizationId;
    await addEndpoint(['*'], '/own');
    organizationId = newId('organization', nowMs);
    await consoleDatabase.person({ userId: newId('user', nowMs), organizationId }, async (tx) => {
      await tx.$executeRaw`INSERT INTO organizations (id, name, slug) VALUES (${organizationId}, 'Other', ${organizationId.toLowerCase()})`;
    });
    await addEndpoint(['*'], '/foreign');
    organizationId = own;
    await makeBudget();
    await spend(85n * USD);
    await evaluate();
    await worker.platform(
      (tx) => tx.$queryRaw`SELECT * FROM list_organizations_to_notify(${new Date(nowMs)})`,
    );
    await deliverWebhooks(worker, round());
    expect(new Set(received.map(({ path }) => path))).toEqual(new Set(['/own']));
  });
});
