/**
 * The functions in Postgres against a model of them, over random histories of takings, returns, settlements, fences
 * and changed limits.
 */
import { newId } from '@tollgate/ids';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditBudgets } from './audit-budgets.ts';
import { type GrantStore, postgresGrants } from './grant-store.ts';
import { type TestGateway, World } from './testing-gateways.ts';

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

type Step =
  | { readonly kind: 'take'; readonly gateway: number; readonly amount: number }
  | { readonly kind: 'return'; readonly gateway: number; readonly keep: number }
  | { readonly kind: 'settle'; readonly gateway: number; readonly amount: number }
  | { readonly kind: 'fence'; readonly gateway: number }
  | { readonly kind: 'release'; readonly gateway: number }
  | { readonly kind: 'limit'; readonly limit: number };

const gateway = fc.nat(2);
const amount = fc.nat(60);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('take'), gateway, amount }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('return'), gateway, keep: amount }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle'), gateway, amount }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fence'), gateway }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release'), gateway }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('limit'), limit: fc.integer({ min: 50, max: 250 }) }),
  },
);

interface ModelGrant {
  readonly id: string;
  total: bigint;
  settled: bigint;
  state: 'open' | 'fenced' | 'ended';
}

class Model {
  limit: bigint;
  settled = 0n;
  overrun = 0n;
  readonly grants: ModelGrant[][] = [[], [], []];

  constructor(limit: bigint) {
    this.limit = limit;
  }

  open(index: number): ModelGrant | undefined {
    return this.grants[index]!.find((each) => each.state === 'open');
  }

  rest(state: ModelGrant['state']): bigint {
    return this.grants
      .flat()
      .reduce((sum, each) => sum + (each.state === state ? each.total - each.settled : 0n), 0n);
  }

  fits(needed: bigint): boolean {
    return this.settled + this.rest('open') + this.rest('fenced') + needed <= this.limit;
  }
}

class Run {
  readonly model: Model;
  readonly budgetId: string;
  readonly keyId: string;
  readonly gateways: readonly TestGateway[];
  readonly stores: readonly GrantStore[];

  constructor(budgetId: string, keyId: string, limit: bigint, gateways: readonly TestGateway[]) {
    this.budgetId = budgetId;
    this.keyId = keyId;
    this.model = new Model(limit);
    this.gateways = gateways;
    this.stores = gateways.map((each) => postgresGrants(each.database, each.epochId));
  }

  get period() {
    const now = new Date();
    return {
      periodStartMs: Date.UTC(now.getUTCFullYear(), now.getUTCMonth()),
      periodEndMs: Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1),
    };
  }

  async apply(step: Step): Promise<void> {
    switch (step.kind) {
      case 'take':
        return this.#take(step.gateway, BigInt(step.amount));
      case 'return':
        return this.#return(step.gateway, BigInt(step.keep));
      case 'settle':
        return this.#settle(step.gateway, BigInt(step.amount));
      case 'fence':
      case 'release':
        return this.#end(step.gateway, step.kind);
      case 'limit':
        this.model.limit = BigInt(step.limit);
        await world.console.tenant(world.organizationId, (tx) =>
          tx.budget.updateMany({ where: { id: this.budgetId }, data: { limitPicoUsd: String(step.limit) } }),
        );
    }
  }

  async #take(index: number, needed: bigint): Promise<void> {
    const wish = {
      budgetId: this.budgetId,
      scopeValue: this.keyId,
      ...this.period,
      previousStartMs: null,
      minimum: needed,
      // So large that nothing is given beyond the minimum, which the model does not know.
      unit: 1_000n,
      wanted: needed,
      grantId: newId('grant', Date.now()),
    };
    const answer = await this.stores[index]!.take(
      world.organizationId,
      this.gateways[index]!.policy!.zoneVersion,
      [[wish]],
      60_000,
    );
    const item = answer.groups[0]?.items[0];
    const isGiven = needed === 0n || this.model.fits(needed);
    expect(item?.kind).toBe(isGiven ? 'given' : 'refused');
    if (!isGiven || item?.kind !== 'given' || item.grant === undefined) return;
    let grant = this.model.open(index);
    if (grant === undefined) {
      grant = { id: item.grant.id, total: 0n, settled: 0n, state: 'open' };
      this.model.grants[index]!.push(grant);
    }
    grant.total += needed;
    expect(item.grant).toMatchObject({ id: grant.id, total: grant.total });
  }

  async #return(index: number, keep: bigint): Promise<void> {
    const grant = this.model.grants[index]!.at(-1);
    if (grant === undefined) return;
    // Twice: the second changes nothing.
    for (let i = 0; i < 2; i++) {
      await this.stores[index]!.giveBack(world.organizationId, [{ grantId: grant.id, keep, close: false }]);
    }
    if (grant.state === 'ended') return;
    const kept = keep > grant.settled ? keep : grant.settled;
    if (kept < grant.total) grant.total = kept;
  }

  async #settle(index: number, spent: bigint): Promise<void> {
    const grant = this.model.grants[index]!.at(-1);
    if (grant === undefined) return;
    const hold = {
      budgetId: this.budgetId,
      scopeValue: this.keyId,
      periodStart: this.period.periodStartMs,
      grantId: grant.id,
      amountPicoUsd: '0',
    };
    const line = this.gateways[index]!.line({ holds: [hold] }, spent, { subject: { keyId: this.keyId } });
    await world.ingest([line]);
    await world.ingest([line]);
    const left = grant.state === 'ended' ? 0n : grant.total - grant.settled;
    const moved = spent < left ? spent : left;
    grant.settled += moved;
    this.model.settled += spent;
    this.model.overrun += spent - moved;
  }

  async #end(index: number, kind: 'fence' | 'release'): Promise<void> {
    const outcome = kind === 'fence' ? 'fenced' : 'closed';
    await world.worker.tenant(
      world.organizationId,
      (tx) => tx.$queryRaw`SELECT * FROM end_grants(${this.gateways[index]!.epochId}, ${outcome})`,
    );
    for (const grant of this.model.grants[index]!) {
      if (kind === 'release') grant.state = 'ended';
      else if (grant.state === 'open') grant.state = 'fenced';
    }
  }

  async check(): Promise<void> {
    const { model } = this;
    const [standing] = await world.standing(this.budgetId);
    if (standing === undefined) return;
    expect(standing).toEqual({
      settled: model.settled,
      granted: model.rest('open'),
      unreconciled: model.rest('fenced'),
      overrun: model.overrun,
      assumed: 0n,
      unheld: 0n,
    });
  }
}

describe('grants in Postgres', () => {
  it('[M2, M3] follow the model over every history', { timeout: 180_000 }, async () => {
    const gateways = await Promise.all([world.gateway(), world.gateway(), world.gateway()]);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const keyId = newId('virtualKey', Date.now());
        const budgetId = await world.budget({ scope: 'key', scopeId: keyId, limit: 150n });
        const run = new Run(budgetId, keyId, 150n, gateways);
        for (const each of steps) {
          await run.apply(each);
          await run.check();
        }
        // The rest belongs to nobody, so that the next history starts from nothing.
        for (const index of [0, 1, 2]) await run.apply({ kind: 'release', gateway: index });
        await run.check();
      }),
      { numRuns: 60, endOnFailure: true },
    );
    expect(await auditBudgets(world.worker, world.organizationId)).toEqual([]);
  });
});
