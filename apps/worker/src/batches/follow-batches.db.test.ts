/** Batches followed to their end, with the simulator as the provider and a clock that is moved. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { evaluateAlerts } from '@tollgate/alerts';
import { emptyUsage } from '@tollgate/catalog';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { newId, parseId } from '@tollgate/ids';
import { sealSecret } from '@tollgate/keys';
import { auditBudgets, settleEntries } from '@tollgate/limits';
import { createLogger } from '@tollgate/logging';
import { type BatchModel, ingestBatch } from '@tollgate/metering';
import { type Simulator, startSimulator } from '@tollgate/simulator';
import { createTestDatabase, type TestDatabase, waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { WorkerContext } from '../worker-context.ts';
import { WorkerMetrics } from '../worker-metrics.ts';
import { followBatches } from './follow-batches.ts';

const RING = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Per token. */
const PRICES = {
  'sim-small': { input: 250_000n, output: 2_000_000n },
  'sim-large': { input: 2_500_000n, output: 10_000_000n },
} as const;
type Model = keyof typeof PRICES;
const LIMIT = 10n ** 15n;
const HELD = 10n ** 12n;
const ENDPOINT = '/v1/chat/completions';

let testDatabase: TestDatabase;
let simulator: Simulator;
let worker: Database;
let consoleDatabase: Database;
let organizationId: string;
let credentialId: string;
let context: WorkerContext;
let models: readonly BatchModel[];
const clock = fixedClock(Date.now());
const logLines: string[] = [];

beforeAll(async () => {
  [testDatabase, simulator] = await Promise.all([
    createTestDatabase(),
    startSimulator({ pacing: 'instant' }),
  ]);
  const open = (url: string): Database => openDatabase({ url, applicationName: 'batches-test' });
  [worker, consoleDatabase] = [open(testDatabase.urls.worker), open(testDatabase.urls.console)];
  context = {
    database: worker,
    clock,
    logger: createLogger({ name: 'worker', destination: { write: (line) => logLines.push(line) } }),
    metrics: new WorkerMetrics(),
    accounts: { ring: RING, allowedPrivateOrigins: [simulator.url] },
  };
});
afterAll(async () => {
  await Promise.all([worker?.close(), consoleDatabase?.close(), simulator?.close()]);
  await testDatabase?.drop();
});

beforeEach(async () => {
  clock.set(Date.now());
  const now = clock.nowMs();
  organizationId = newId('organization', now);
  credentialId = newId('providerCredential', now);
  const baseUrl = `${simulator.url}/v1`;
  const sealed = { organizationId, recordId: credentialId, field: 'secret', baseUrl };
  const names = Object.keys(PRICES) as Model[];
  models = names.map((name) => ({ name, model: name, priceVersionId: newId('priceVersion', now) }));
  await consoleDatabase.tenant(organizationId, async (tx) => {
    const slug = organizationId.toLowerCase();
    await tx.organization.create({ data: { id: organizationId, name: 'Acme', slug } });
    await tx.providerCredential.create({
      data: {
        id: credentialId,
        organizationId,
        provider: 'openai',
        name: 'own',
        baseUrl,
        livemode: false,
        models: names,
        secretCiphertext: sealSecret(RING, sealed, 'sk-simulator'),
      },
    });
    for (const { model, priceVersionId } of models) {
      const { input, output } = PRICES[model as Model];
      await tx.priceVersion.create({
        data: {
          id: priceVersionId,
          layer: 'organization',
          organizationId,
          provider: 'openai',
          model,
          validFrom: new Date(0),
          components: { input: String(input), output: String(output) },
          tiers: [],
        },
      });
    }
    await tx.budget.create({
      data: {
        id: newId('budget', now),
        organizationId,
        scopeType: 'organization',
        scopeId: organizationId,
        limitPicoUsd: String(LIMIT),
        period: 'lifetime',
        kind: 'hard',
        thresholds: [],
      },
    });
  });
});

const headers = { authorization: 'Bearer sk-simulator' };

/** Five lines, the first of each model in turn; one of them is refused. */
async function makeAtProvider(
  metadata?: Record<string, string>,
): Promise<{ batchId: string; fileId: string }> {
  const lines = Array.from({ length: 6 }, (_, index) => ({
    custom_id: `line-${index}`,
    method: 'POST',
    url: ENDPOINT,
    body: {
      model: index % 2 === 0 ? 'sim-small' : 'sim-large',
      messages: [{ role: 'user', content: `[[sim tokens=${index + 2}]] Line ${index}` }],
      ...(index === 4 ? { nonsense: true } : {}),
    },
  }));
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([lines.map((line) => `${JSON.stringify(line)}\n`).join('')]), 'lines.jsonl');
  const uploaded = await fetch(`${simulator.url}/v1/files`, { method: 'POST', headers, body: form });
  const { id: fileId } = (await uploaded.json()) as { id: string };
  const made = await fetch(`${simulator.url}/v1/batches`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ input_file_id: fileId, endpoint: ENDPOINT, completion_window: '24h', metadata }),
  });
  const { id: batchId } = (await made.json()) as { id: string };
  return { batchId, fileId };
}

interface Recorded {
  readonly batchId?: string;
  readonly fileId: string;
  readonly models?: readonly BatchModel[];
}

/** As the ingest of a gateway's log does. */
async function record({ batchId, fileId, models: asked = models }: Recorded): Promise<string> {
  const requestId = newId('request', clock.nowMs());
  const startedAtMs = parseId('request', requestId)!.timeMs;
  const [gatewayId, epochId] = [newId('gateway', clock.nowMs()), newId('gatewayEpoch', clock.nowMs())];
  const gateway = openDatabase({ url: testDatabase.urls.gateway, applicationName: 'batches-test' });
  await gateway.platform(async (tx) => {
    await tx.gateway.create({ data: { id: gatewayId, name: gatewayId } });
    await tx.gatewayEpoch.create({ data: { id: epochId, gatewayId, state: 'open' } });
  });
  await gateway.close();
  const entry = {
    subject: {
      ...{ organizationId, requestId, startedAtMs, keyId: 'key_a', teamId: '', teamPath: '', costCenter: '' },
      ...{ memberId: '', serviceAccountId: '', endUser: '', tags: {}, sessionId: '', routeId: '' },
      ...{ requestedModel: '', endpoint: 'batches', dialect: 'openai', streamed: false },
    },
    target: {
      ...{ attempt: 1, model: '', provider: 'openai', credentialId, credentialOwner: 'organization' },
      ...{ region: 'default', serviceTier: 'batch', livemode: false, priceVersionId: '', markupRuleId: '' },
      markupBasisPoints: 0,
    },
    settle: {
      ...{
        status: batchId === undefined ? 'interrupted' : 'succeeded',
        httpStatus: 200,
        errorCode: '',
        finishReason: '',
      },
      ...{ usage: emptyUsage(), usageSource: 'counted', estimated: true, components: [], costPicoUsd: null },
      ...{ chargePicoUsd: '0', budgetPicoUsd: String(HELD), totalMs: 1, firstTokenMs: null, overheadUs: 1 },
      ...{ upstreamRequestId: '', ...(batchId === undefined ? {} : { batchId }) },
    },
    sequence: 1,
    holds: [
      { budgetId: 'bud_x', scopeValue: 'x', periodStart: 0, grantId: 'grt_x', amountPicoUsd: String(HELD) },
    ],
    batch: { inputFileId: fileId, endpoint: ENDPOINT, models: asked },
  };
  const outcome = await ingestBatch(
    worker,
    {
      version: 1,
      gatewayId,
      epochId,
      fromSequence: 0,
      toSequence: 1,
      floorSequence: 0,
      entries: [entry],
      requests: [],
      orphans: [],
    },
    {
      now: clock.now(),
      onNewEntries: async (tx, id, entries) => {
        await settleEntries(tx, id, entries);
      },
    },
  );
  expect(outcome).toMatchObject({ kind: 'recorded', newEntries: 1, quarantined: 0 });
  return requestId;
}

async function round(afterMs: number): Promise<void> {
  clock.advance(afterMs);
  await followBatches(context, organizationId, new AbortController().signal);
}

const entriesOf = (requestId: string) =>
  worker.tenant(organizationId, (tx) =>
    tx.usageEntry.findMany({ where: { requestId }, orderBy: { entry: 'asc' } }),
  );
const batchOf = (requestId: string) =>
  worker.tenant(organizationId, (tx) => tx.providerBatch.findFirstOrThrow({ where: { requestId } }));

async function settled(): Promise<{ settled: string; assumed: string; differences: unknown[] }> {
  const period = await worker.tenant(organizationId, (tx) => tx.budgetPeriod.findFirst());
  return {
    settled: period?.settledPicoUsd.toFixed(0) ?? '0',
    assumed: period?.assumedPicoUsd.toFixed(0) ?? '0',
    differences: (await auditBudgets(worker, organizationId)).filter(({ kind }) => kind !== 'above-limit'),
  };
}

/** What the provider's own output file says, priced by hand. */
async function costAtProvider(batchId: string): Promise<bigint> {
  const batch = (await (await fetch(`${simulator.url}/v1/batches/${batchId}`, { headers })).json()) as {
    output_file_id: string | null;
  };
  if (batch.output_file_id === null) return 0n;
  const file = await fetch(`${simulator.url}/v1/files/${batch.output_file_id}/content`, { headers });
  let cost = 0n;
  for (const line of (await file.text()).trim().split('\n')) {
    const { custom_id, response } = JSON.parse(line) as {
      custom_id: string;
      response: { body: { usage: { prompt_tokens: number; completion_tokens: number } } };
    };
    const price = PRICES[Number(custom_id.slice(5)) % 2 === 0 ? 'sim-small' : 'sim-large'];
    const { prompt_tokens, completion_tokens } = response.body.usage;
    cost += BigInt(prompt_tokens) * price.input + BigInt(completion_tokens) * price.output;
  }
  return cost;
}

const sumOf = (entries: readonly { costPicoUsd: bigint | null }[]): bigint =>
  entries.reduce((sum, { costPicoUsd }) => sum + (costPicoUsd ?? 0n), 0n);

describe('a batch that is over', () => {
  it.each([
    ['completed', {}, 5],
    ['expired', { simulator_batch: 'expired' }, 3],
    ['failed', { simulator_batch: 'failed' }, 0],
  ])(
    '[M2] [M3] %s costs what its output says, to the pico-USD, once for all workers',
    async (outcome, metadata, answered) => {
      const made = await makeAtProvider(metadata);
      const requestId = await record(made);
      expect(await settled()).toEqual({ settled: String(HELD), assumed: String(HELD), differences: [] });
      await round(MINUTE_MS - 1);
      expect((await batchOf(requestId)).answeredAt).toBeNull();
      await round(1);
      expect(await batchOf(requestId)).toMatchObject({ state: 'following', note: '', failures: 0 });
      clock.advance(5 * MINUTE_MS);
      // Whoever takes it reads it; nobody else does meanwhile.
      await Promise.all([round(0), round(0)]);
      const cost = await costAtProvider(made.batchId);
      expect(cost > 0n).toBe(answered > 0);
      const [first, ...adjustments] = await entriesOf(requestId);
      expect(first).toMatchObject({ costPicoUsd: null });
      expect(sumOf(adjustments)).toBe(cost);
      expect(adjustments.map(({ model }) => model)).toEqual(
        answered > 0 ? ['', 'sim-small', 'sim-large'] : [''],
      );
      expect(adjustments.map(({ settlesUnknown }) => settlesUnknown)).toEqual(
        adjustments.map((_, index) => index === 0),
      );
      expect(await batchOf(requestId)).toMatchObject({ state: 'settled', outcome, answeredLines: answered });
      expect(await settled()).toEqual({ settled: String(cost), assumed: '0', differences: [] });
      await round(DAY_MS);
      expect(await entriesOf(requestId)).toHaveLength(adjustments.length + 1);
    },
  );

  it('[M2] [M3] cancelled costs what had been answered until then', async () => {
    const made = await makeAtProvider();
    const requestId = await record(made);
    await round(MINUTE_MS);
    await fetch(`${simulator.url}/v1/batches/${made.batchId}/cancel`, { method: 'POST', headers });
    await round(5 * MINUTE_MS);
    const cost = await costAtProvider(made.batchId);
    const [, ...adjustments] = await entriesOf(requestId);
    expect(adjustments.map(({ model }) => model)).toEqual(['', 'sim-small', 'sim-large']);
    expect(sumOf(adjustments)).toBe(cost);
    expect(await batchOf(requestId)).toMatchObject({
      state: 'settled',
      outcome: 'cancelled',
      answeredLines: 3,
    });
    expect(await settled()).toEqual({ settled: String(cost), assumed: '0', differences: [] });
  });

  it('[M2] of one model is corrected by one adjustment, with its tokens', async () => {
    const made = await makeAtProvider();
    const requestId = await record({ ...made, models: models.slice(0, 1) });
    await round(MINUTE_MS);
    await round(5 * MINUTE_MS);
    const [, adjustment, ...more] = await entriesOf(requestId);
    expect(more).toEqual([]);
    expect(adjustment).toMatchObject({
      usageSource: 'provider',
      estimated: false,
      priceVersionId: models[0]!.priceVersionId,
    });
    expect(adjustment!.outputTokens).toBe(BigInt(2 + 3 + 4 + 5 + 7));
  });

  it('[M7] keeps what was held where the cost of a line cannot be told, and says so', async () => {
    const made = await makeAtProvider();
    const unpriced = models.map((model, index) => (index === 0 ? model : { ...model, priceVersionId: '' }));
    const requestId = await record({ ...made, models: unpriced });
    await round(MINUTE_MS);
    await round(5 * MINUTE_MS);
    expect(await entriesOf(requestId)).toHaveLength(1);
    expect(await batchOf(requestId)).toMatchObject({ state: 'unknown', unknownLines: 3, answeredLines: 5 });
    expect(await settled()).toMatchObject({ settled: String(HELD), differences: [] });
    expect(logLines.at(-1)).toContain('"alarm":true');
    for (let look = 0; look < 2; look += 1) {
      await evaluateAlerts(worker, { organizationId, nowMs: clock.nowMs() });
      clock.advance(MINUTE_MS);
    }
    const alerts = await worker.tenant(organizationId, (tx) =>
      tx.alert.findMany({ where: { kind: 'batch-untold' } }),
    );
    expect(alerts).toMatchObject([{ targetKind: 'request', targetId: requestId, occurrence: 1 }]);
  });
});

describe('a batch whose making was never answered', () => {
  it('[M2] is found by its file, and costs what it costs', async () => {
    const made = await makeAtProvider();
    const requestId = await record({ fileId: made.fileId });
    await round(MINUTE_MS);
    expect(await batchOf(requestId)).toMatchObject({ providerBatchId: made.batchId });
    await round(5 * MINUTE_MS);
    expect(sumOf(await entriesOf(requestId))).toBe(await costAtProvider(made.batchId));
  });

  it('costs nothing where the provider has none of that file', async () => {
    const requestId = await record({ fileId: 'file-never-used' });
    await round(MINUTE_MS);
    expect(await batchOf(requestId)).toMatchObject({ state: 'following' });
    await round(60 * MINUTE_MS);
    expect(await batchOf(requestId)).toMatchObject({ state: 'settled', outcome: 'never made' });
    expect(await settled()).toEqual({ settled: '0', assumed: '0', differences: [] });
  });
});

it('a provider that cannot be asked is asked ever more seldom, and given up after a week at what was held', async () => {
  const requestId = await record({ fileId: 'file-x', batchId: 'batch_gone' });
  const waits: number[] = [];
  for (let look = 0; look < 9; look += 1) {
    const { nextLookAt } = await batchOf(requestId);
    waits.push((nextLookAt.getTime() - clock.nowMs()) / MINUTE_MS);
    await round(nextLookAt.getTime() - clock.nowMs());
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  const madeMs = (await batchOf(requestId)).createdAt.getTime();
  await round(madeMs + 7 * DAY_MS - clock.nowMs());
  expect(await batchOf(requestId)).toMatchObject({ state: 'following', failures: 10 });
  await round(60 * MINUTE_MS);
  expect(await batchOf(requestId)).toMatchObject({ state: 'lost', note: 'the provider answered 404' });
  expect(await entriesOf(requestId)).toHaveLength(1);
  expect(await settled()).toMatchObject({ settled: String(HELD), assumed: String(HELD), differences: [] });
});

it.each(['turn', 'worker'] as const)('a %s that is ended holds no batch any longer', async (ended) => {
  let asked = 0;
  const silent = createServer(() => (asked += 1));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const baseUrl = `${origin}/v1`;
  const names = { organizationId, recordId: credentialId, field: 'secret', baseUrl };
  const secretCiphertext = sealSecret(RING, names, 'sk');
  await consoleDatabase.tenant(organizationId, (tx) =>
    tx.providerCredential.updateMany({ where: { id: credentialId }, data: { baseUrl, secretCiphertext } }),
  );
  const first = await record({ fileId: 'file-1', batchId: 'batch_1' });
  clock.advance(1);
  const second = await record({ fileId: 'file-2', batchId: 'batch_2' });
  clock.advance(MINUTE_MS);
  const [stopping, turn] = [new AbortController(), new AbortController()];
  const accounts = { ring: RING, allowedPrivateOrigins: [origin] };
  const going = followBatches({ ...context, accounts }, organizationId, stopping.signal, turn.signal);
  await waitFor(() => asked === 1);
  (ended === 'turn' ? turn : stopping).abort();
  await going;
  expect(asked).toBe(1);
  const dueMs = async (id: string) => (await batchOf(id)).nextLookAt.getTime() - clock.nowMs();
  // Who made others wait has a pause.
  expect(await dueMs(first)).toBe(ended === 'turn' ? 2 * MINUTE_MS : 0);
  expect(await dueMs(second)).toBe(0);
  expect(await batchOf(second)).toMatchObject({ state: 'following', failures: 0, note: '' });
});
