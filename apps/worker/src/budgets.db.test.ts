/** What the worker does about budgets: settles with the entry, fences who is gone, says what does not agree. */
import { emptyUsage, type PriceVersion } from '@tollgate/catalog';
import { systemClock } from '@tollgate/clock';
import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { loadBudgetPolicy, periodAt, postgresGrants } from '@tollgate/limits';
import { createLogger } from '@tollgate/logging';
import { type AttemptTarget, rateAttempt } from '@tollgate/metering';
import { createQueue, openRedis } from '@tollgate/queues';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
  waitFor,
} from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkerApp, type WorkerApp } from './worker-app.ts';
import { WorkerMetrics } from './worker-metrics.ts';

const LIMIT = 20_000_000n;
const PRICE = { input: 250_000n, output: 2_000_000n };
/** 10 tokens in, 5 out. */
const COST = 10n * PRICE.input + 5n * PRICE.output;

let testDatabase: TestDatabase;
let testRedis: TestRedis;
let worker: Database;
let consoleDatabase: Database;
let gateway: Database;
let migrator: Database;
let redis: ReturnType<typeof openRedis>;
let app: WorkerApp;
let organizationId: string;
let budgetId: string;
let target: AttemptTarget;
let price: PriceVersion;
const metrics = new WorkerMetrics();
const logLines: string[] = [];
const gatewayId = newId('gateway', Date.now());
const epochId = newId('gatewayEpoch', Date.now());

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  testRedis = await createTestRedis();
  const open = (url: string): Database => openDatabase({ url, applicationName: 'worker-test' });
  const { urls } = testDatabase;
  [worker, consoleDatabase, gateway, migrator] = [
    openDatabase({ url: urls.worker, applicationName: 'worker-test', maxConnections: 16 }),
    open(urls.console),
    open(urls.gateway),
    open(urls.migrator),
  ];
  redis = openRedis({ url: testRedis.url, manner: 'producer', name: 'worker-test' });
  await waitFor(() => redis.status === 'ready');
  const now = Date.now();
  organizationId = newId('organization', now);
  budgetId = newId('budget', now);
  await consoleDatabase.tenant(organizationId, async (tx) => {
    await tx.organization.create({
      data: { id: organizationId, name: 'Acme', slug: organizationId.toLowerCase() },
    });
    await tx.budget.create({
      data: {
        id: budgetId,
        organizationId,
        scopeType: 'organization',
        scopeId: organizationId,
        limitPicoUsd: String(LIMIT),
        period: 'month',
        kind: 'hard',
        thresholds: [],
      },
    });
  });
  await createPrice(now);
  await gateway.platform(async (tx) => {
    await tx.gateway.create({ data: { id: gatewayId, name: gatewayId } });
    await tx.gatewayEpoch.create({
      data: { id: epochId, gatewayId, state: 'open', lastSeenAt: new Date(now) },
    });
  });
  app = await createWorkerApp({
    database: worker,
    redisUrl: testRedis.url,
    clock: systemClock,
    metrics,
    logger: createLogger({ name: 'worker', destination: { write: (line) => logLines.push(line) } }),
    onFatal: (error) => logLines.push(`fatal ${error.message}`),
  });
  await waitFor(() => app.health().healthy);
});
afterAll(async () => {
  await app?.stop();
  redis?.disconnect();
  await Promise.all([worker, consoleDatabase, gateway, migrator].map((each) => each?.close()));
  await testDatabase?.drop();
});

async function createPrice(nowMs: number): Promise<void> {
  const id = newId('priceVersion', nowMs);
  const validFrom = new Date('2026-01-01T00:00:00Z');
  await migrator.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
    await tx.organization.upsert({
      where: { id: OPERATOR_ORGANIZATION_ID },
      create: { id: OPERATOR_ORGANIZATION_ID, name: 'Operator', slug: 'operator' },
      update: {},
    });
    await tx.priceVersion.create({
      data: {
        id,
        layer: 'catalogue',
        organizationId: OPERATOR_ORGANIZATION_ID,
        provider: 'p',
        model: 'm',
        validFrom,
        components: { input: String(PRICE.input), output: String(PRICE.output) },
      },
    });
  });
  price = {
    id,
    layer: 'catalogue',
    organizationId: null,
    provider: 'p',
    model: 'm',
    region: null,
    serviceTier: 'default',
    currency: 'USD',
    validFrom,
    components: PRICE,
    tiers: [],
    source: '',
    sourceDate: null,
  };
  target = {
    attempt: 1,
    model: 'm',
    provider: 'p',
    credentialId: 'cred_1',
    credentialOwner: 'organization',
    region: 'default',
    serviceTier: 'default',
    livemode: true,
    priceVersionId: id,
    markupRuleId: '',
    markupBasisPoints: 0,
  };
}

/** Frames 1 to N of the epoch. */
async function ship(holds: readonly (readonly object[])[]): Promise<void> {
  const usage = { ...emptyUsage(), inputTokens: 10, outputTokens: 5 };
  const startedAtMs = Date.now();
  const entries = holds.map((held, index) => ({
    subject: {
      organizationId,
      requestId: newId('request', startedAtMs),
      startedAtMs,
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
      endpoint: 'chat.completions',
      dialect: 'openai',
      streamed: false,
    },
    target,
    settle: {
      status: 'succeeded',
      httpStatus: 200,
      errorCode: '',
      finishReason: 'stop',
      usage,
      usageSource: 'provider',
      estimated: false,
      ...rateAttempt(target, price, usage),
      totalMs: 1,
      firstTokenMs: null,
      overheadUs: 1,
      upstreamRequestId: '',
    },
    sequence: index + 1,
    ...(held.length === 0 ? {} : { holds: held }),
  }));
  const queue = createQueue('usage-ingest', redis);
  await queue.add({
    version: 1,
    gatewayId,
    epochId,
    fromSequence: 0,
    toSequence: entries.length,
    floorSequence: 0,
    entries,
    requests: [],
    orphans: [],
  });
  await queue.close();
  await waitFor(
    async () => (await worker.tenant(organizationId, (tx) => tx.usageEntry.count())) === entries.length,
    { description: 'the entries' },
  );
}

async function standing(): Promise<{
  settled: string;
  granted: string;
  unreconciled: string;
  unheld: string;
}> {
  const row = await worker.tenant(organizationId, (tx) =>
    tx.budgetPeriod.findFirstOrThrow({ where: { budgetId } }),
  );
  return {
    settled: row.settledPicoUsd.toFixed(0),
    granted: row.grantedPicoUsd.toFixed(0),
    unreconciled: row.unreconciledPicoUsd.toFixed(0),
    unheld: row.unheldPicoUsd.toFixed(0),
  };
}

describe('the worker and budgets', () => {
  it('[M3] settles what a gateway held in the transaction that records it, and names what was not held', async () => {
    const policy = await gateway.tenant(organizationId, (tx) => loadBudgetPolicy(tx, organizationId));
    const { startMs, endMs } = periodAt(policy.budgets[0]!, policy.zones, Date.now());
    const grantId = newId('grant', Date.now());
    const wish = {
      budgetId,
      scopeValue: organizationId,
      periodStartMs: startMs,
      periodEndMs: endMs,
      previousStartMs: null,
      minimum: LIMIT,
      unit: LIMIT,
      wanted: LIMIT,
      grantId,
    };
    const taken = await postgresGrants(gateway, epochId).take(
      organizationId,
      policy.zoneVersion,
      [[wish]],
      1,
    );
    expect(taken.groups[0]?.ok).toBe(true);
    const hold = {
      budgetId,
      scopeValue: organizationId,
      periodStart: startMs,
      grantId,
      amountPicoUsd: String(LIMIT),
    };
    await ship([[hold], []]);
    expect(await standing()).toEqual({
      settled: String(2n * COST),
      granted: String(LIMIT - COST),
      unreconciled: '0',
      unheld: String(COST),
    });
    // Twice the cost, and the rest of the grant: more than the limit.
    await waitFor(() => metrics.budgetExcesses > 0, { description: 'word of it, which follows the commit' });
    expect(metrics.budgetExcesses).toBe(1);
    expect(logLines.some((line) => line.includes('a hard budget stands above its limit'))).toBe(true);
  });

  it('[M1] fences a gateway that is silent past its grants: its money stays charged, as unreconciled', async () => {
    await gateway.platform(
      (tx) =>
        tx.$executeRaw`UPDATE gateway_epochs SET last_seen_at = now() - interval '1 hour' WHERE id = ${epochId}`,
    );
    await waitFor(
      async () => {
        await app.runTask('epochs');
        return (await standing()).unreconciled !== '0';
      },
      { intervalMs: 200, description: 'the fence' },
    );
    expect(await standing()).toMatchObject({ granted: '0', unreconciled: String(LIMIT - COST) });
    await waitFor(() => metrics.epochsFenced > 0, { description: 'word of it, which follows the commit' });
    expect(metrics.epochsFenced).toBe(1);
  });

  it('[M3] frees the money once the gateway’s log is in the ledger to its end', async () => {
    await gateway.platform(
      (tx) => tx.$executeRaw`UPDATE gateway_epochs SET state = 'closed' WHERE id = ${epochId}`,
    );
    await app.runTask('epochs');
    expect(await standing()).toMatchObject({ settled: String(2n * COST), granted: '0', unreconciled: '0' });
  });

  it('says every difference between budgets, grants and ledger, and counts them', async () => {
    await app.runTask('budget-audit');
    expect(metrics.budgetDifferences).toBe(0);
    await migrator.tenant(
      organizationId,
      (tx) =>
        tx.$executeRaw`UPDATE budget_periods SET settled_pico_usd = settled_pico_usd - 1 WHERE budget_id = ${budgetId}`,
    );
    await app.runTask('budget-audit');
    expect(metrics.budgetDifferences).toBe(1);
    expect(logLines.some((line) => line.includes('budgets, grants and ledger disagree'))).toBe(true);
  });
});
