/** An organization that changes its time zone stays under its hard budgets, its own and the operator's. */
import { type Database, OPERATOR_ORGANIZATION_ID, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import {
  auditBudgets,
  BudgetGate,
  type Hold,
  type HoldRequest,
  loadBudgetPolicy,
  lockTimeZones,
  postgresGrants,
  type SettledEntry,
  settleEntries,
} from '@tollgate/limits';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const today = new Date();
const MONTH_MS = Date.UTC(today.getUTCFullYear(), today.getUTCMonth());
const NEXT_MONTH_MS = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1);
const MONDAY_MS = MONTH_MS + ((8 - new Date(MONTH_MS).getUTCDay()) % 7) * DAY_MS;
/** A pico-USD per token of output: the cap is the worst case. */
const LINEAR = { kind: 'linear', fixed: 0n, perOutputToken: 10_000n, parts: 0n } as const;
/** Of one dollar. */
const [FOUR, SIX] = [400_000_000_000, 600_000_000_000];

let test: TestApi;
let worker: Database;
let gatewayDatabase: Database;
let owner: TestPerson;
let people = 0;

beforeAll(async () => {
  test = await startTestApi();
  worker = test.openAs('worker', 'test-worker');
  gatewayDatabase = test.openAs('gateway', 'test-gateway');
  const organizationId = OPERATOR_ORGANIZATION_ID;
  await test.database.tenant(organizationId, async (tx) => {
    const data = { id: 'cred_resold', organizationId, provider: 'openai', name: 'Resold', baseUrl: '' };
    await tx.providerCredential.create({ data: { ...data, models: [] } });
    const setting = { key: 'resold-spend', value: { limitUsd: '1' }, updatedAt: new Date() };
    await tx.platformSetting.create({ data: setting });
  });
});
afterAll(async () => {
  await Promise.all([worker.close(), gatewayDatabase.close()]);
  await test.close();
});

async function found(nowMs: number): Promise<void> {
  test.clock.set(nowMs);
  people += 1;
  owner = await test.signUp(`ada-${people}@example.com`);
}

class Gateway {
  readonly epochId = newId('gatewayEpoch', Date.now());
  readonly gate = new BudgetGate({
    store: postgresGrants(gatewayDatabase, this.epochId),
    clock: test.clock,
    onError: (error) => {
      throw error;
    },
  });

  static async start(): Promise<Gateway> {
    const gateway = new Gateway();
    const gatewayId = newId('gateway', Date.now());
    await gatewayDatabase.platform(async (tx) => {
      await tx.gateway.create({ data: { id: gatewayId, name: gatewayId } });
      await tx.gatewayEpoch.create({ data: { id: gateway.epochId, gatewayId, state: 'open' } });
    });
    await gateway.reload();
    return gateway;
  }

  async reload(): Promise<void> {
    const { organizationId } = owner;
    this.gate.use(await gatewayDatabase.tenant(organizationId, (tx) => loadBudgetPolicy(tx, organizationId)));
  }

  async ask(outputCap: number, credentialOwner: HoldRequest['owner'] = 'operator') {
    const outcome = this.gate.hold({
      subject: subject(),
      model: 'm',
      owner: credentialOwner,
      startedAtMs: test.clock.nowMs(),
      bound: LINEAR,
      outputCap,
      modelOutputMax: null,
    });
    return outcome.kind === 'pending' ? outcome.outcome : outcome;
  }

  async hold(outputCap: number, credentialOwner?: HoldRequest['owner']): Promise<Hold> {
    const outcome = await this.ask(outputCap, credentialOwner);
    if (outcome.kind !== 'held') throw new Error(`must be held, got ${outcome.code}`);
    return outcome.hold;
  }
}

const subject = () => ({
  organizationId: owner.organizationId,
  teamId: '',
  teamPath: '',
  keyId: 'key_1',
  memberId: '',
  serviceAccountId: '',
  endUser: '',
  tags: {},
});

/** As the worker records it. */
async function record(
  hold: Hold,
  cost: number,
  startedAtMs = test.clock.nowMs(),
  beforeCommit?: () => Promise<void>,
): Promise<void> {
  const { organizationId } = owner;
  const entry: SettledEntry = {
    subject: { ...subject(), startedAtMs },
    target: { model: 'm', credentialOwner: 'operator' },
    settle: { costPicoUsd: String(cost), chargePicoUsd: String(cost) },
    holds: hold.holds,
  };
  await worker.tenant(organizationId, async (tx) => {
    await tx.usageEntry.create({
      data: {
        organizationId,
        startedAt: new Date(startedAtMs),
        requestId: newId('request', startedAtMs),
        attempt: 1,
        keyId: 'key_1',
        requestedModel: 'm',
        model: 'm',
        provider: 'p',
        credentialId: 'cred_resold',
        credentialOwner: 'operator',
        endpoint: 'chat',
        streamed: false,
        livemode: true,
        costPicoUsd: cost,
        chargePicoUsd: cost,
        status: 'succeeded',
        usageSource: 'provider',
      },
      select: { requestId: true },
    });
    await settleEntries(tx, organizationId, [entry]);
    await beforeCommit?.();
  });
}

async function moveTo(timeZone: string): Promise<void> {
  const answer = await owner.call('PATCH', `/organizations/${owner.organizationId}`, { timeZone });
  expect(answer.status, answer.text).toBe(200);
}

async function makeBudget(fields: object): Promise<string> {
  const scope = { type: 'organization', id: '*' };
  const made = await owner.call('POST', '/budgets', { scope, limitUsd: '1', kind: 'hard', ...fields });
  expect(made.status, made.text).toBe(201);
  return made.body.id;
}

function periodsOf(budgetId: string) {
  const { organizationId } = owner;
  return worker.tenant(organizationId, async (tx) => {
    const rows = await tx.budgetPeriod.findMany({
      where: { organizationId, budgetId },
      orderBy: { periodStart: 'asc' },
    });
    return rows.map((row) => ({
      start: row.periodStart.toISOString(),
      end: row.periodEnd?.toISOString(),
      settled: row.settledPicoUsd.toFixed(0),
      held: String(toBigInt(row.grantedPicoUsd) + toBigInt(row.unreconciledPicoUsd)),
      carried: row.carriedPicoUsd.toFixed(0),
      overrun: row.overrunPicoUsd.toFixed(0),
      unheld: row.unheldPicoUsd.toFixed(0),
    }));
  });
}

/** For such a lock, in whatever role. */
async function isAnyWaiting(): Promise<boolean> {
  const rows = await test.database.platform(
    (tx) => tx.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows.length > 0;
}

const audit = () => auditBudgets(worker, owner.organizationId);

const CASES = [
  ['a month', 'month', MONTH_MS + 14 * DAY_MS + 12 * HOUR_MS, 'Asia/Tokyo'],
  ['a week', 'week', MONDAY_MS + 2 * DAY_MS + 12 * HOUR_MS, 'Asia/Tokyo'],
  ['a day', 'day', MONTH_MS + 14 * DAY_MS + 12 * HOUR_MS, 'Asia/Tokyo'],
  ['a month', 'month', MONTH_MS + 14 * DAY_MS + 12 * HOUR_MS, 'Europe/Berlin'],
  ['a month that has just begun', 'month', MONTH_MS + 3 * HOUR_MS, 'America/Los_Angeles'],
  ['a week that has just begun', 'week', MONDAY_MS + 3 * HOUR_MS, 'America/Los_Angeles'],
  ['a day that has just begun', 'day', MONTH_MS + 14 * DAY_MS + 3 * HOUR_MS, 'America/Los_Angeles'],
  ['a lifetime', 'lifetime', MONTH_MS + 14 * DAY_MS, 'Asia/Tokyo'],
] as const;

describe('before anything is metered, a new time zone', () => {
  it.each(CASES)('[M3] leaves a hard budget of %s (%s) in force', async (_name, period, nowMs, timeZone) => {
    await found(nowMs);
    // Of the organization's own: the operator's is beside it, a month.
    const budgetId = await makeBudget({ period });
    await moveTo(timeZone);
    const gateway = await Gateway.start();
    const own = await gateway.hold(SIX, 'organization');
    expect(own.holds).toMatchObject([{ budgetId }]);
    expect(await gateway.ask(SIX, 'organization')).toMatchObject({ kind: 'refused', ruleId: budgetId });
    own.release();
    const resold = await gateway.hold(SIX);
    expect(resold.holds).toHaveLength(2);
    resold.settle(BigInt(SIX));
    await record(resold, SIX);
    expect(await gateway.ask(SIX)).toMatchObject({ code: 'request_exceeds_budget' });
    await gateway.gate.close();
    const settled = { settled: String(SIX), held: '0', overrun: '0', unheld: '0' };
    expect(await periodsOf(budgetId)).toMatchObject([settled]);
    expect(await audit()).toEqual([]);
  });

  it('[M3] leaves what is resold bounded, back and forth as well', async () => {
    await found(MONTH_MS + 3 * HOUR_MS);
    for (const timeZone of ['Asia/Tokyo', 'America/Los_Angeles', 'Pacific/Kiritimati', 'UTC', 'Etc/GMT+12']) {
      await moveTo(timeZone);
      const gateway = await Gateway.start();
      (await gateway.hold(SIX)).release();
      const refused = await gateway.ask(2 * SIX);
      expect(refused, timeZone).toMatchObject({ code: 'request_exceeds_budget' });
      await gateway.gate.close();
    }
    expect(await audit()).toEqual([]);
  });

  it.each(['Asia/Tokyo', 'America/Los_Angeles'])('[M3] takes along what is held, to %s', async (timeZone) => {
    await found(MONTH_MS + 3 * HOUR_MS);
    const budgetId = await makeBudget({ period: 'day' });
    const gateway = await Gateway.start();
    const before = await gateway.hold(SIX);
    const startedAtMs = test.clock.nowMs();
    await moveTo(timeZone);
    await gateway.reload();
    // Whoever could leave it behind had the limit once more with every zone.
    expect(await gateway.ask(SIX)).toMatchObject({ kind: 'refused' });
    const after = await gateway.hold(FOUR);
    expect(await gateway.ask(1)).toMatchObject({ kind: 'refused' });
    expect(await audit()).toEqual([]);
    before.settle(BigInt(SIX));
    after.settle(BigInt(FOUR));
    await record(before, SIX, startedAtMs);
    await record(after, FOUR);
    expect(await gateway.ask(1)).toMatchObject({ code: 'budget_exceeded' });
    await gateway.gate.close();
    expect(await periodsOf(budgetId)).toMatchObject([
      { settled: String(SIX + FOUR), held: '0', overrun: '0', unheld: '0' },
    ]);
    expect(await audit()).toEqual([]);
  });

  it('[M3] gives back what was held for nothing', async () => {
    await found(MONTH_MS + 14 * DAY_MS + 3 * HOUR_MS);
    const gateway = await Gateway.start();
    const before = await gateway.hold(SIX);
    await moveTo('Asia/Tokyo');
    await gateway.reload();
    before.release();
    await gateway.gate.close();
    const next = await Gateway.start();
    (await next.hold(SIX + FOUR)).release();
    await next.gate.close();
    expect(await audit()).toEqual([]);
  });

  it('[M3] refuses grants of the periods of before to a gateway that has not heard of it', async () => {
    await found(MONTH_MS + 14 * DAY_MS + 3 * HOUR_MS);
    const gateway = await Gateway.start();
    await moveTo('Asia/Tokyo');
    expect(await gateway.ask(SIX)).toMatchObject({ code: 'service_unavailable' });
  });

  it('[M3] lets no gateway have grants of the periods of before beside it', async () => {
    await found(MONTH_MS + 14 * DAY_MS + 3 * HOUR_MS);
    const { organizationId } = owner;
    const gateway = await Gateway.start();
    const outcome = await test.database.tenant(organizationId, async (tx) => {
      await lockTimeZones(tx);
      const asked = gateway.ask(SIX);
      await waitFor(isAnyWaiting);
      await tx.organizationTimeZone.updateMany({
        where: { organizationId },
        data: { timeZone: 'Asia/Tokyo' },
      });
      return { asked };
    });
    expect(await outcome.asked).toMatchObject({ code: 'service_unavailable' });
  });

  it('[M3] waits for the first entry that is being recorded, and is one for the next month then', async () => {
    await found(MONTH_MS + 14 * DAY_MS + 3 * HOUR_MS);
    const gateway = await Gateway.start();
    const hold = await gateway.hold(SIX);
    hold.settle(BigInt(SIX));
    let moved: Promise<void> | undefined;
    await record(hold, SIX, test.clock.nowMs(), async () => {
      moved = moveTo('Asia/Tokyo');
      await waitFor(isAnyWaiting);
    });
    await moved;
    await gateway.reload();
    expect(await gateway.ask(SIX)).toMatchObject({ code: 'request_exceeds_budget' });
    await gateway.gate.close();
    expect((await owner.call('GET', `/organizations/${owner.organizationId}`)).body.timeZone).toBe('UTC');
    expect(await audit()).toEqual([]);
  });
});

describe('once something is metered, a new time zone', () => {
  beforeEach(() => found(NEXT_MONTH_MS - 3 * DAY_MS));

  it('[M3] leaves a budget in force whose anchor lies ahead, beyond the change', async () => {
    const anchorAt = new Date(NEXT_MONTH_MS + 10 * DAY_MS).toISOString();
    const budgetId = await makeBudget({ period: 'day', anchorAt });
    const gateway = await Gateway.start();
    const hold = await gateway.hold(FOUR);
    hold.settle(BigInt(FOUR));
    await record(hold, FOUR);
    await moveTo('Asia/Tokyo');
    await gateway.reload();
    const next = await gateway.hold(FOUR, 'organization');
    expect(next.holds).toMatchObject([{ budgetId }]);
    expect(await gateway.ask(FOUR, 'organization')).toMatchObject({ kind: 'refused', ruleId: budgetId });
    next.release();
    await gateway.gate.close();
    expect(await audit()).toEqual([]);
  });

  it('[M3] ends the running period where its successor begins', async () => {
    const budgetId = await makeBudget({ period: 'month', carryOver: true });
    const gateway = await Gateway.start();
    const hold = await gateway.hold(FOUR);
    hold.settle(BigInt(FOUR));
    await record(hold, FOUR);
    await moveTo('Asia/Tokyo');
    await gateway.reload();
    const end = new Date(NEXT_MONTH_MS - 9 * HOUR_MS).toISOString();
    expect(await periodsOf(budgetId)).toMatchObject([{ end, settled: String(FOUR) }]);
    test.clock.set(NEXT_MONTH_MS - HOUR_MS);
    const next = await gateway.hold(FOUR);
    next.settle(BigInt(FOUR));
    await record(next, FOUR);
    await gateway.gate.close();
    expect(await periodsOf(budgetId)).toMatchObject([
      { end, settled: String(FOUR), carried: '0' },
      { start: end, settled: String(FOUR), carried: String(SIX) },
    ]);
    expect(await audit()).toEqual([]);
  });
});
