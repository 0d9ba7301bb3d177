/** What the operator lets an organization spend on its credentials, as clients meet it: by HTTP, over several gateways. */
import { ensureResoldBudget, RESOLD_ACTOR, raiseResoldBudget } from '@tollgate/limits';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LimitsWorld } from './testing/limits-world.ts';
import type { SeededKey } from './testing/seed.ts';

const FEE = 1_000_000_000n;
const NOWHERE = { ipAddress: '', userAgent: '', requestId: '' };

let world: LimitsWorld;
beforeAll(async () => {
  world = await LimitsWorld.open({
    gateways: 3,
    allowedOrigins: ['http://127.0.0.1:1'],
    budgets: { nearIdleMs: 100, idleMs: 500 },
  });
});
afterAll(() => world?.close());

/** A tenant whose request costs `FEE` at whoever serves it, and what it may spend on the operator's credentials. */
async function bounded(limitPicoUsd: bigint): Promise<{ key: SeededKey; budgetId: string }> {
  const key = await world.tenant();
  await world.seed.fee(key.organizationId, 'sim-small', FEE);
  const budgetId = await world.seed.budget({ ...key, counts: 'resold', name: 'Resold models', limitPicoUsd });
  return { key, budgetId };
}

function ownCredential({ organizationId }: SeededKey, baseUrl = `${world.simulator.url}/v1`) {
  return world.seed.credential({ organizationId, baseUrl, models: ['sim-small'] });
}

function framesOf({ keyId }: SeededKey) {
  return world.members.flatMap(({ log }) =>
    log.dispatches().filter(({ subject }) => subject.keyId === keyId),
  );
}

async function codeOf(response: Response): Promise<unknown> {
  const body = (await response.json()) as { error?: { code: string } };
  return body.error?.code ?? response.status;
}

/** Everything is in the ledger, nothing idle is granted any more, and the books agree. */
async function atRest({ organizationId }: SeededKey, budgetId: string) {
  await world.ship();
  await waitFor(async () => (await world.standing(organizationId, budgetId)).granted === 0n, {
    description: 'grants given back',
  });
  expect(await world.audit(organizationId)).toEqual([]);
  expect(await world.findBroken(organizationId)).toEqual([]);
  return world.standing(organizationId, budgetId);
}

describe('what is resold', () => {
  it.each([
    ['one below', FEE + 1n, 200],
    ['at', FEE, 200],
    ['one above', FEE - 1n, 'request_exceeds_budget'],
  ])('[M3] passes by the bound: %s it', async (_name, limit, expected) => {
    const { key, budgetId } = await bounded(limit);
    expect(await codeOf(await world.ask(key))).toBe(expected);
    expect(await atRest(key, budgetId)).toMatchObject({ settled: expected === 200 ? FEE : 0n });
  });

  it('[M3, G6] is refused when it is spent, and told whose bound it is and what to do', async () => {
    const { key, budgetId } = await bounded(FEE);
    expect((await world.ask(key)).status).toBe(200);
    await world.ship();
    const refused = await world.ask(key);
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({
      error: {
        code: 'budget_exceeded',
        message: expect.stringMatching(/credential of your own, or ask the operator/),
        tollgate: {
          rule_id: budgetId,
          scope: { type: 'organization', id: key.organizationId, name: 'Resold models' },
          limit: '0.001',
          used: '0.001',
          resets_at: expect.stringMatching(/-01T00:00:00/),
        },
      },
    });
    expect(framesOf(key)).toHaveLength(1);
  });

  it('[M3] of 500 at once exactly 7 pass where there is room for 7', async () => {
    const { key, budgetId } = await bounded(7n * FEE + FEE / 2n);
    await Promise.all(world.members.map((member) => world.isKnown(key, member)));
    const answers = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const response = await world.ask(key, {}, { member: world.members[index % 3]! });
        await response.text();
        return response.status;
      }),
    );
    expect(answers.filter((status) => status === 200)).toHaveLength(7);
    expect(answers.filter((status) => status !== 200 && status !== 402 && status !== 429)).toEqual([]);
    expect(await atRest(key, budgetId)).toMatchObject({ settled: 7n * FEE, overrun: 0n, unreconciled: 0n });
  });

  it('passes within a second when the operator raises the bound', async () => {
    const { key, budgetId } = await bounded(FEE - 1n);
    expect(await codeOf(await world.ask(key))).toBe('request_exceeds_budget');
    await world.seed.changeLimit(key.organizationId, budgetId, FEE);
    const raisedMs = performance.now();
    await waitFor(async () => (await world.ask(key)).status === 200);
    expect(performance.now() - raisedMs).toBeLessThan(1_500);
  });
});

describe('who has not shown yet that they can pay', () => {
  const FIRST = 15_000_000_000_000n;

  /** A request costs so much; bounded as whoever founds an organization is. */
  async function founded(fee: bigint) {
    const key = await world.tenant();
    const { organizationId } = key;
    await world.seed.fee(organizationId, 'sim-small', fee);
    await inTurn(organizationId, (change) => ensureResoldBudget(change, true));
    const [budget] = await world.worker.tenant(organizationId, (tx) => tx.budget.findMany());
    return { key, budgetId: budget!.id };
  }

  async function inTurn(
    organizationId: string,
    run: (change: Parameters<typeof raiseResoldBudget>[0]) => Promise<unknown>,
  ): Promise<void> {
    const given = { organizationId, actor: RESOLD_ACTOR, origin: NOWHERE, nowMs: Date.now() };
    await world.worker.tenant(organizationId, (tx) => run({ ...given, tx }));
    await world.seed.changed(organizationId, 'policy-changed', organizationId);
  }

  it.each([
    ['one below', FIRST - 1n, 200],
    ['at', FIRST, 200],
    ['one above', FIRST + 1n, 402],
  ])('[M3] passes by the first figure: %s it', async (_name, fee, expected) => {
    const { key, budgetId } = await founded(fee);
    await waitFor(async () => (await world.ask(key)).status === expected);
    expect(await atRest(key, budgetId)).toMatchObject({ settled: expected === 200 ? fee : 0n });
  });

  it('[M3, G6] is told what raises it, and passes once that is done, up to the usual figure', async () => {
    const { key, budgetId } = await founded(FIRST);
    const { organizationId } = key;
    expect((await world.ask(key)).status).toBe(200);
    await world.ship();
    const refused = await world.ask(key);
    expect(await refused.json()).toMatchObject({
      error: {
        code: 'budget_exceeded',
        message: expect.stringContaining('add a payment method (Settings, Billing)'),
        tollgate: { rule_id: budgetId, limit: '15.00' },
      },
    });
    await world.worker.tenant(organizationId, (tx) =>
      tx.billingProfile.create({
        data: { organizationId, addressLines: [], paymentMethod: { type: 'card' } },
      }),
    );
    await inTurn(organizationId, raiseResoldBudget);
    await waitFor(async () => (await world.ask(key)).status === 200);
    // The third is 45 of the 50 that are usual.
    expect((await world.ask(key)).status).toBe(200);
    await world.ship();
    const last = await world.ask(key);
    expect(last.status).toBe(402);
    // Money is Postgres's to say at once, words follow with the policy.
    await waitFor(async () => !(await (await world.ask(key)).text()).includes('payment method'));
    expect(await atRest(key, budgetId)).toMatchObject({ settled: 3n * FIRST, overrun: 0n, unreconciled: 0n });
  });
});

describe('what the organization’s own credentials serve', () => {
  it('[M3] is neither held for, nor counted, nor refused when the bound is spent', async () => {
    const { key, budgetId } = await bounded(0n);
    expect(await codeOf(await world.ask(key))).toBe('budget_exceeded');
    await ownCredential(key);
    await waitFor(async () => (await world.ask(key)).status === 200);
    const [frame] = framesOf(key);
    expect(frame).toMatchObject({ target: { credentialOwner: 'organization' } });
    expect(frame?.holds).toBeUndefined();
    expect(await atRest(key, budgetId)).toMatchObject({ settled: 0n });
  });

  it('[M3] is held for by a budget of all that is spent alone, beside the bound', async () => {
    const { key, budgetId } = await bounded(0n);
    const all = await world.seed.budget({ ...key, limitPicoUsd: FEE });
    await ownCredential(key);
    await waitFor(async () => (await world.ask(key)).status === 200);
    expect(framesOf(key)[0]?.holds).toMatchObject([{ budgetId: all }]);
    expect(await atRest(key, all)).toMatchObject({ settled: FEE });
    expect(await world.standing(key.organizationId, budgetId)).toMatchObject({ settled: 0n });
  });

  it('[M3] both hold for what is resold, and both have it afterwards', async () => {
    const { key, budgetId } = await bounded(10n * FEE);
    const all = await world.seed.budget({ ...key, limitPicoUsd: 10n * FEE });
    expect((await world.ask(key)).status).toBe(200);
    expect(
      framesOf(key)[0]
        ?.holds?.map((hold) => hold.budgetId)
        .toSorted(),
    ).toEqual([budgetId, all].toSorted());
    expect(await atRest(key, all)).toMatchObject({ settled: FEE });
    expect(await atRest(key, budgetId)).toMatchObject({ settled: FEE });
  });

  it('answers behind a resold model whose bound is spent, by a route', async () => {
    const { key, budgetId } = await bounded(0n);
    const { organizationId } = key;
    await world.seed.credential({
      organizationId,
      baseUrl: `${world.simulator.url}/v1`,
      models: ['sim-large'],
    });
    const rules = [{ targets: [{ model: 'sim-small' }] }];
    await world.seed.route({
      organizationId,
      name: 'both',
      rules,
      fallbacks: ['sim-large'],
      allowResold: true,
    });
    const answer = await world.ask(key, { model: 'both' });
    expect([answer.status, answer.headers.get('x-tollgate-model')]).toEqual([200, 'sim-large']);
    expect(framesOf(key).map(({ target }) => target.credentialOwner)).toEqual(['organization']);
    expect(await atRest(key, budgetId)).toMatchObject({ settled: 0n });
  });

  it('where it fails, a resold one behind it is passed over while the bound is spent', async () => {
    const { key, budgetId } = await bounded(FEE);
    const { organizationId } = key;
    await world.seed.credential({ organizationId, baseUrl: 'http://127.0.0.1:1/v1', models: ['own-model'] });
    const rules = [{ targets: [{ model: 'own-model' }] }];
    await world.seed.route({
      organizationId,
      name: 'both',
      rules,
      fallbacks: ['sim-small'],
      allowResold: true,
    });
    expect((await world.ask(key, { model: 'both' })).status).toBe(200);
    await world.ship();
    // What the provider said is why there is no answer: it is not the operator's bound that failed first.
    expect(await codeOf(await world.ask(key, { model: 'both' }))).toBe('upstream_unavailable');
    expect(await atRest(key, budgetId)).toMatchObject({ settled: FEE });
  });
});
