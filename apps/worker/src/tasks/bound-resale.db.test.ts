/** Organizations from before something was resold are bounded by the worker, each once, and told to gateways. */
import { openPaymentProcessor } from '@tollgate/billing';
import { fixedClock } from '@tollgate/clock';
import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { auditBudgets } from '@tollgate/limits';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkerContext } from '../worker-context.ts';
import { WorkerMetrics } from '../worker-metrics.ts';
import { boundResale } from './bound-resale.ts';
import { collect } from './collect.ts';
import { getTask } from './index.ts';

const NEVER = new AbortController().signal;
const NOON = Date.UTC(2026, 10, 21, 12);
const IDS = ['org_a', 'org_b', 'org_c', 'org_d', 'org_e'];
let testDatabase: TestDatabase;
let console: Database;
let context: WorkerContext;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  console = openDatabase({ url: testDatabase.urls.console, applicationName: 'resale' });
  context = {
    database: openDatabase({ url: testDatabase.urls.worker, applicationName: 'resale' }),
    clock: fixedClock(NOON),
    logger: createLogger({ name: 'test', level: 'silent' }),
    metrics: new WorkerMetrics(),
  };
  for (const id of IDS) {
    await console.tenant(id, (tx) => tx.organization.create({ data: { id, name: id, slug: id } }));
  }
  await console.tenant('org_c', (tx) =>
    tx.organization.update({ where: { id: 'org_c' }, data: { closedAt: new Date(NOON) } }),
  );
});
afterEach(async () => {
  await Promise.all([console.close(), context.database.close()]);
  await testDatabase.drop();
});

function resell(disabledAt: Date | null = null) {
  const organizationId = OPERATOR_ORGANIZATION_ID;
  return console.tenant(organizationId, (tx) =>
    tx.providerCredential.upsert({
      where: { id: 'cred_resold' },
      create: {
        ...{ id: 'cred_resold', organizationId, provider: 'openai', name: 'Resold', baseUrl: '' },
        ...{ models: [], disabledAt },
      },
      update: { disabledAt },
    }),
  );
}

async function limitsOf(ids: readonly string[] = [...IDS, OPERATOR_ORGANIZATION_ID]) {
  const limits: Record<string, string[]> = {};
  for (const id of ids) {
    const rows = await console.tenant(id, (tx) =>
      tx.budget.findMany({ where: { organizationId: id, counts: 'resold' } }),
    );
    if (rows.length > 0) limits[id] = rows.map((row) => String(row.limitPicoUsd));
  }
  return limits;
}

function spend(organizationId: string, owner: 'organization' | 'operator', amount: string) {
  return context.database.tenant(
    organizationId,
    (tx) => tx.$executeRaw`
      INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, key_id, team_id, team_path, end_user, tags,
        requested_model, model, provider, credential_id, credential_owner, endpoint, streamed, livemode, cost_pico_usd, charge_pico_usd, status, usage_source)
      VALUES (${organizationId}, ${new Date(NOON - 1_000)}, ${`req_${owner}`}, 1, 0, '', '', '', '', '{}', 'm', 'm', 'p', 'c', ${owner},
        'chat/completions', false, false, ${amount}::numeric, ${owner === 'operator' ? amount : '0'}::numeric, 'succeeded', 'provider')`,
  );
}

describe('where a payment can be shown', () => {
  const customer = {
    ...{ object: 'customer', id: 'cus_a' },
    invoice_settings: { default_payment_method: { object: 'payment_method', id: 'pm_a', type: 'card' } },
  };
  beforeEach(() => {
    const settings = { secretKey: 'sk_test_unused', webhookSecrets: ['whsec_unused'] };
    context = { ...context, payments: openPaymentProcessor(settings, async () => Response.json(customer)) };
  });

  const FIRST = ['15000000000000'];
  const USUAL = ['50000000000000'];

  it('new ones begin with the first figure, those from before the two figures with the usual one', async () => {
    await console.tenant('org_a', (tx) =>
      tx.organization.update({ where: { id: 'org_a' }, data: { mustShowPayment: false } }),
    );
    await resell();
    await boundResale(context, NEVER, 2);
    expect(await limitsOf()).toEqual({ org_a: USUAL, org_b: FIRST, org_d: FIRST, org_e: FIRST });
  });

  it('[M3] whose card Stripe accepts is raised with the event, told to gateways, and counts on', async () => {
    await spend('org_a', 'operator', '24000000000000');
    await resell();
    await boundResale(context, NEVER);
    const stripeCustomerId = customer.id;
    await console.tenant('org_a', (tx) =>
      tx.billingProfile.create({ data: { organizationId: 'org_a', addressLines: [], stripeCustomerId } }),
    );
    const payload = { data: { object: { object: 'customer', id: stripeCustomerId } } };
    await context.database.platform((tx) =>
      tx.stripeEvent.create({
        data: {
          ...{ id: 'evt_1', type: 'customer.updated', payload },
          ...{ receivedAt: new Date(NOON), nextTryAt: new Date(NOON) },
        },
      }),
    );
    await collect(context, NEVER);
    expect(await limitsOf()).toEqual({ org_a: USUAL, org_b: FIRST, org_d: FIRST, org_e: FIRST });
    expect(await console.tenant('org_a', (tx) => tx.outboxEvent.count())).toBe(2);
    const [period] = await console.tenant('org_a', (tx) => tx.budgetPeriod.findMany());
    expect(String(period?.settledPicoUsd)).toBe('24000000000000');
    expect(await auditBudgets(context.database, 'org_a')).toEqual([]);
    await boundResale(context, NEVER);
    expect(await console.tenant('org_a', (tx) => tx.outboxEvent.count())).toBe(2);
  });

  it('by another way is raised by the next round, page by page, also where Stripe is no more', async () => {
    await resell();
    await boundResale(context, NEVER);
    for (const organizationId of ['org_a', 'org_b', 'org_e']) {
      await console.tenant(organizationId, (tx) =>
        tx.creditLedgerEntry.create({
          data: {
            id: `cre_${organizationId}`,
            organizationId,
            amountPicoUsd: 1,
            kind: 'grant',
            causeId: 'c',
          },
        }),
      );
    }
    const { payments: _, ...without } = context;
    await boundResale(without, NEVER, 1);
    // Whoever has shown nothing is not raised by a worker that lacks its key.
    expect(await limitsOf()).toEqual({ org_a: USUAL, org_b: USUAL, org_d: FIRST, org_e: USUAL });
    const log = await console.tenant('org_b', (tx) =>
      tx.auditEvent.findMany({ where: { action: 'budget-updated' } }),
    );
    expect(log).toMatchObject([{ actorKind: 'system', actorId: 'resold-spend' }]);
  });
});

it('does nothing while nothing is resold', async () => {
  await boundResale(context, NEVER);
  await resell(new Date(NOON));
  await boundResale(context, NEVER);
  expect(await limitsOf()).toEqual({});
});

it('[M3] bounds all of them, page by page, counts what they spent this month, and tells gateways and the log', async () => {
  await spend('org_a', 'operator', '4000000000000');
  await spend('org_a', 'organization', '9000000000000');
  await resell();
  await boundResale(context, NEVER, 2);
  const usual = ['50000000000000'];
  expect(await limitsOf()).toEqual({ org_a: usual, org_b: usual, org_d: usual, org_e: usual });
  const [period] = await console.tenant('org_a', (tx) => tx.budgetPeriod.findMany());
  expect(String(period?.settledPicoUsd)).toBe('4000000000000');
  expect(await auditBudgets(context.database, 'org_a')).toEqual([]);
  const told = await console.tenant('org_b', (tx) => tx.outboxEvent.findMany());
  expect(told.map(({ kind }) => kind)).toEqual(['policy-changed']);
  const log = await console.tenant('org_b', (tx) => tx.auditEvent.findMany());
  expect(log).toMatchObject([{ action: 'budget-created', actorKind: 'system', actorId: 'resold-spend' }]);
  await getTask('resold-spend').run(context, NEVER);
  expect(await console.tenant('org_b', (tx) => tx.outboxEvent.count())).toBe(1);
});

it('leaves alone of whom the operator has said something', async () => {
  await console.tenant('org_a', (tx) =>
    tx.budget.create({
      data: {
        ...{
          id: 'bud_a',
          organizationId: 'org_a',
          scopeType: 'organization',
          scopeId: 'org_a',
          counts: 'resold',
        },
        ...{ period: 'month', kind: 'hard', limitPicoUsd: '0', thresholds: [], archivedAt: new Date(NOON) },
      },
      select: { id: true },
    }),
  );
  await resell();
  await Promise.all([boundResale(context, NEVER), boundResale(context, NEVER)]);
  expect(await limitsOf(['org_a', 'org_b'])).toEqual({ org_a: ['0'], org_b: ['50000000000000'] });
});

it('one that fails does not keep the others waiting, and is tried again', async () => {
  await resell();
  // Its zone is of no version of the tz database: periods cannot be told.
  await console.tenant('org_a', (tx) =>
    tx.organizationTimeZone.create({
      data: { organizationId: 'org_a', validFrom: new Date(0), timeZone: 'Nowhere/Land' },
    }),
  );
  await expect(boundResale(context, NEVER, 1)).rejects.toThrow('1 organizations failed');
  await expect(boundResale(context, NEVER)).rejects.toThrow('1 organizations failed');
  expect(Object.keys(await limitsOf())).toEqual(['org_b', 'org_d', 'org_e']);
  await console.tenant('org_a', (tx) =>
    tx.organizationTimeZone.updateMany({ where: { organizationId: 'org_a' }, data: { timeZone: 'UTC' } }),
  );
  await boundResale(context, NEVER);
  expect(Object.keys(await limitsOf())).toEqual(['org_a', 'org_b', 'org_d', 'org_e']);
});
