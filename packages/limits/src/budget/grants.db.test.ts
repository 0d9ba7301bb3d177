import { setTimeout as delay } from 'node:timers/promises';
import { fixedClock } from '@tollgate/clock';
import { startFaultProxy, waitFor } from '@tollgate/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { auditBudgets } from './audit-budgets.ts';
import { declareEpochLost, fenceDeadEpochs, releaseEndedEpochs } from './fence.ts';
import type { Hold } from './hold.ts';
import { countedAmount } from './settle-entries.ts';
import { isRefusal, World } from './testing-gateways.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  const differences = await auditBudgets(world.worker, world.organizationId);
  await world.close();
  expect(differences).toEqual([]);
});

const held = (outcome: Awaited<ReturnType<World['gateways'][number]['hold']>>): Hold => {
  if (isRefusal(outcome)) throw new Error(`must be held, got ${outcome.code}`);
  return outcome;
};

describe('a grant', () => {
  it.each([
    ['one below the limit', 9, true],
    ['at the limit', 10, true],
    ['one above the limit', 11, false],
  ])('[M3] of %s is given: %s → %s', async (_name, cap, isGiven) => {
    await world.budget({ limit: 10n });
    const gateway = await world.gateway();
    expect(!isRefusal(await gateway.hold({ cap }))).toBe(isGiven);
  });

  it('[M3, G6] is refused with all that explains it', async () => {
    const budget = await world.budget({ limit: 10n });
    const gateway = await world.gateway();
    expect(await gateway.hold({ cap: 11 })).toMatchObject({
      code: 'request_exceeds_budget',
      ruleId: budget,
      scope: { type: 'organization', id: world.organizationId },
      limit: '0.00000000001',
      used: '0.00',
      requested: '0.000000000011',
    });
    const hold = held(await gateway.hold({ cap: 10 }));
    expect(await gateway.hold({ cap: 1 })).toMatchObject({ code: 'budget_in_flight', retryAfterMs: 500 });
    hold.settle(10n);
    await world.ingest([gateway.line(hold, 10n)]);
    expect(await gateway.hold({ cap: 1 })).toMatchObject({ code: 'budget_exceeded', used: '0.00000000001' });
  });

  it('[M3] is all or none over several budgets, and names the one that lacks', async () => {
    const wide = await world.budget({ limit: 1_000n });
    const narrow = await world.budget({ scope: 'key', scopeId: '*', limit: 5n });
    const gateway = await world.gateway();
    expect(await gateway.hold({ cap: 6 })).toMatchObject({ ruleId: narrow, code: 'request_exceeds_budget' });
    expect((await world.standing(wide))[0]?.granted).toBe(0n);
  });

  it.each([
    ['made first', [10n, 12n]],
    ['made last', [12n, 10n]],
  ])(
    '[G6] names the budget that is spent rather than one that is merely too small, %s',
    async (_name, limits) => {
      for (const [index, limit] of limits.entries()) {
        await world.budget({
          scope: index === 0 ? 'organization' : 'key',
          scopeId: index === 0 ? '' : '*',
          limit,
        });
      }
      const gateway = await world.gateway();
      const hold = held(await gateway.hold({ cap: 10 }));
      hold.settle(10n);
      await world.ingest([gateway.line(hold, 10n)]);
      expect(await gateway.hold({ cap: 5 })).toMatchObject({
        code: 'budget_exceeded',
        limit: '0.00000000001',
      });
    },
  );

  it('frees the rest of a hold at once', async () => {
    await world.budget({ limit: 10n });
    const gateway = await world.gateway();
    for (let spent = 0; spent < 10; spent += 2) {
      const hold = held(await gateway.hold({ cap: 10 - spent }));
      hold.settle(2n);
    }
    expect(isRefusal(await gateway.hold({ cap: 1 }))).toBe(true);
  });

  it('[M3] is used up by attempts whose cost nobody can tell, at what was held for them', async () => {
    const budgetId = await world.budget({ limit: 20n });
    const gateway = await world.gateway();
    const lines = [];
    for (let index = 0; index < 2; index += 1) {
      const hold = held(await gateway.hold({ cap: 10 }));
      const line = gateway.line(hold, null);
      expect(line.settle).toMatchObject({ costPicoUsd: null, budgetPicoUsd: '10' });
      hold.settle(countedAmount(line));
      lines.push(line);
    }
    await world.ingest(lines);
    expect(await gateway.hold({ cap: 1 })).toMatchObject({ code: 'budget_exceeded' });
    expect(await world.standing(budgetId)).toMatchObject([{ settled: 20n, assumed: 20n, overrun: 0n }]);
    expect(await auditBudgets(world.worker, world.organizationId)).toEqual([]);
  });

  it('[M3] comes back when an adjustment brings the cost of what was assumed', async () => {
    const budgetId = await world.budget({ limit: 20n });
    // Counted from the ledger later, and without a hold of its own.
    const soft = await world.budget({ limit: 1n, kind: 'soft' });
    const gateway = await world.gateway();
    const hold = held(await gateway.hold({ cap: 20 }));
    const line = gateway.line(hold, null);
    hold.settle(countedAmount(line));
    await world.ingest([line]);
    const { holds: _, ...rest } = line;
    const settle = { costPicoUsd: '7', chargePicoUsd: '0' };
    const budgetPicoUsd = '-13';
    await world.ingest([{ ...rest, entry: 1, settle: { ...settle, budgetPicoUsd } }]);
    for (const id of [budgetId, soft]) {
      expect(await world.standing(id)).toMatchObject([{ settled: 7n, assumed: 0n }]);
    }
    expect(await auditBudgets(world.worker, world.organizationId)).toEqual([]);
    held(await gateway.hold({ cap: 13 })).settle(0n);
    const late = await world.budget({ scope: 'key', scopeId: '*', limit: 7n });
    await gateway.reload();
    expect(await gateway.hold({ cap: 1 })).toMatchObject({ code: 'budget_exceeded', ruleId: late });
  });

  it('[M3, G6] is in flight, not too small, where another request without a limit holds all that is left', async () => {
    await world.budget({ limit: 1_000n });
    const [first, second] = [await world.gateway(), await world.gateway()];
    const uncapped = { request: { outputCap: null } };
    const all = held(await first.hold(uncapped));
    expect([all.outputCap, all.isCapOurs]).toEqual([1_000, true]);
    expect(await second.hold(uncapped)).toMatchObject({ code: 'budget_in_flight' });
    expect(await first.hold(uncapped)).toMatchObject({ code: 'budget_in_flight' });
    all.settle(990n);
    await world.ingest([first.line(all, 990n)]);
    // What is left is little, and nobody will bring more.
    await waitFor(async () => !isRefusal(await second.hold(uncapped)), { description: 'the rest' });
  });

  it('is asked back from a gateway that holds it idle', async () => {
    await world.budget({ limit: 1_000n });
    const [rich, poor] = [await world.gateway(), await world.gateway()];
    const hold = held(await rich.hold({ cap: 900 }));
    hold.settle(0n);
    expect(await poor.hold({ cap: 900 })).toMatchObject({ code: 'budget_in_flight' });
    await waitFor(async () => !isRefusal(await poor.hold({ cap: 900 })), {
      description: 'what was recalled',
    });
  });

  it('is found by polling where the push was lost', async () => {
    await world.budget({ limit: 1_000n });
    const rich = await world.gateway({ nearIdleMs: 60_000 });
    const poor = await world.gateway({ recall: () => undefined });
    held(await rich.hold({ cap: 900 })).settle(0n);
    expect(await poor.hold({ cap: 900 })).toMatchObject({ code: 'budget_in_flight' });
    await rich.gate.maintain();
    expect(isRefusal(await poor.hold({ cap: 900 }))).toBe(false);
  });

  it('is small near the limit and larger far from it', async () => {
    const far = await world.budget({ limit: 1_000_000n });
    const gateway = await world.gateway();
    const holds = await Promise.all(Array.from({ length: 20 }, () => gateway.hold({ cap: 10 })));
    await gateway.hold({ cap: 10 });
    expect(holds.every((each) => !isRefusal(each))).toBe(true);
    const granted = (await world.standing(far))[0]!.granted;
    expect(granted > 210n && granted < 10_000n).toBe(true);
    const near = await world.budget({ limit: 100n, scope: 'key', scopeId: 'key_b' });
    await gateway.reload();
    held(await gateway.hold({ cap: 10, subject: { keyId: 'key_b' } }));
    expect((await world.standing(near))[0]!.granted).toBe(10n);
  });

  it('needs nothing for a paused, archived or soft budget, even before the gateway has heard', async () => {
    const budget = await world.budget({ limit: 1n });
    const gateway = await world.gateway();
    expect(isRefusal(await gateway.hold({ cap: 10 }))).toBe(true);
    await world.console.tenant(world.organizationId, (tx) =>
      tx.budget.update({ where: { id: budget }, data: { pausedAt: new Date() }, select: { id: true } }),
    );
    expect(held(await gateway.hold({ cap: 10 })).holds).toEqual([]);
  });

  it('[M3] does not outlive a limit that is lowered above what is spent: the rest goes back before anything is held', async () => {
    const budgetId = await world.budget({ limit: 100_000n });
    const [busy, other] = [await world.gateway(), await world.gateway()];
    // As much again as was used is granted ahead: there is something in memory.
    held(await busy.hold({ cap: 1_000 })).settle(1_000n);
    const running = held(await busy.hold({ cap: 1_000 }));
    const before = (await world.standing(budgetId))[0]!;
    expect(before.granted - 2_000n).toBeGreaterThan(100n);
    await world.console.tenant(world.organizationId, (tx) =>
      tx.budget.update({ where: { id: budgetId }, data: { limitPicoUsd: '2100' }, select: { id: true } }),
    );
    await busy.reload();
    await other.reload();
    expect(await busy.hold({ cap: 101 })).toMatchObject({ code: expect.stringMatching(/budget/) });
    const standing = (await world.standing(budgetId))[0]!;
    expect(standing.settled + standing.granted).toBeLessThanOrEqual(2_100n);
    // What is left under the new limit is there, for whoever asks first.
    const last = held(await other.hold({ cap: 100 }));
    expect(await busy.hold({ cap: 1 })).toMatchObject({ code: expect.stringMatching(/budget/) });
    running.settle(1_000n);
    last.settle(100n);
  });

  it('[M3] is not spent by others once requests come free that were held when the limit was lowered below them', async () => {
    const budgetId = await world.budget({ limit: 100_000n });
    const gateway = await world.gateway();
    held(await gateway.hold({ cap: 1_000 })).settle(1_000n);
    const running = held(await gateway.hold({ cap: 1_000 }));
    await world.console.tenant(world.organizationId, (tx) =>
      tx.budget.update({ where: { id: budgetId }, data: { limitPicoUsd: '1500' }, select: { id: true } }),
    );
    await gateway.reload();
    const refusal = { code: expect.stringMatching(/budget/) };
    expect(await gateway.hold({ cap: 1 })).toMatchObject(refusal);
    // A renewal changes nothing about that.
    await gateway.gate.maintain();
    running.settle(10n);
    expect(await gateway.hold({ cap: 491 })).toMatchObject(refusal);
    await gateway.gate.maintain();
    expect(await gateway.hold({ cap: 491 })).toMatchObject(refusal);
    held(await gateway.hold({ cap: 490 }));
    const standing = (await world.standing(budgetId))[0]!;
    expect(standing.settled + standing.granted).toBe(1_500n);
  });

  it('[M3] is refused under a lowered limit, and what is spent stays spent', async () => {
    const budget = await world.budget({ limit: 100n });
    const gateway = await world.gateway();
    const hold = held(await gateway.hold({ cap: 60 }));
    hold.settle(60n);
    await world.ingest([gateway.line(hold, 60n)]);
    await world.console.tenant(world.organizationId, (tx) =>
      tx.budget.update({ where: { id: budget }, data: { limitPicoUsd: '50' }, select: { id: true } }),
    );
    expect(await gateway.hold({ cap: 1 })).toMatchObject({ code: 'budget_exceeded' });
    await world.console.tenant(world.organizationId, (tx) =>
      tx.budget.update({ where: { id: budget }, data: { limitPicoUsd: '61' }, select: { id: true } }),
    );
    held(await gateway.hold({ cap: 1 }));
  });

  it('is refused to a policy that does not know the latest time zone', async () => {
    await world.budget({ limit: 100n });
    const gateway = await world.gateway();
    await world.console.tenant(world.organizationId, (tx) =>
      tx.organizationTimeZone.create({
        data: { organizationId: world.organizationId, validFrom: new Date(), timeZone: 'Asia/Tokyo' },
      }),
    );
    expect(await gateway.hold({ cap: 1 })).toMatchObject({ code: 'service_unavailable' });
    await gateway.reload();
    held(await gateway.hold({ cap: 1 }));
  });

  it('[M3] caps the output at what is affordable where the caller set no cap, and says so', async () => {
    await world.budget({ limit: 500n });
    const gateway = await world.gateway();
    const hold = held(await gateway.hold({ request: { outputCap: null, modelOutputMax: 4_096 } }));
    expect([hold.outputCap, hold.isCapOurs, hold.amountPicoUsd]).toEqual([500, true, 500n]);
    hold.settle(490n);
    expect(held(await gateway.hold({ request: { outputCap: null } })).outputCap).toBe(10);
  });

  it('[M3] is not given to what nothing bounds', async () => {
    await world.budget({ limit: 500n });
    const gateway = await world.gateway();
    const bound = { kind: 'unbounded', reason: 'no-price' } as const;
    expect(await gateway.hold({ request: { bound } })).toMatchObject({ code: 'unbounded_cost' });
    const noOutputPrice = { kind: 'linear', fixed: 0n, perOutputToken: undefined, parts: 0n } as const;
    const request = { bound: noOutputPrice, outputCap: null };
    expect(await gateway.hold({ request })).toMatchObject({ code: 'unbounded_cost' });
    held(await gateway.hold({ request: { ...request, outputCap: 0 } }));
  });
});

describe('settleEntries()', () => {
  it('[M2] counts an entry once however often it comes', async () => {
    const budget = await world.budget({ limit: 100n });
    const soft = await world.budget({ limit: 1n, kind: 'soft', scope: 'team', scopeId: 'team_root' });
    const gateway = await world.gateway();
    const hold = held(await gateway.hold({ cap: 10 }));
    hold.settle(7n);
    const line = gateway.line(hold, 7n);
    await Promise.all([world.ingest([line]), world.ingest([line]), world.ingest([line])]);
    expect(await world.standing(budget)).toMatchObject([
      { settled: 7n, granted: 3n, overrun: 0n, unheld: 0n },
    ]);
    expect(await world.standing(soft)).toMatchObject([{ settled: 7n, unheld: 7n }]);
  });

  it('[M3] records an overrun truthfully, and it blocks the budget', async () => {
    const budget = await world.budget({ limit: 10n });
    const gateway = await world.gateway();
    const hold = held(await gateway.hold({ cap: 10 }));
    expect(hold.settle(12n)).toBe(true);
    await world.ingest([gateway.line(hold, 12n)]);
    expect(await world.standing(budget)).toMatchObject([{ settled: 12n, granted: 0n, overrun: 2n }]);
    expect(await auditBudgets(world.worker, world.organizationId)).toEqual([]);
    expect(await gateway.hold({ cap: 1 })).toMatchObject({ code: 'budget_exceeded' });
  });

  it('counts a new budget from the ledger of its current period, exactly, while entries are being recorded', async () => {
    const gateway = await world.gateway();
    const monthAgo = world.clock.nowMs() - 40 * 86_400_000;
    await world.worker.platform(
      (tx) => tx.$queryRaw`SELECT ensure_month_partitions(${new Date(monthAgo)}::date)::text`,
    );
    await world.ingest([gateway.line({ holds: [] }, 1_000n, { startedAtMs: monthAgo })]);
    await world.ingest([gateway.line({ holds: [] }, 5n)]);
    let budget = '';
    // Inserted and settled, but not committed, while the budget is made and first used.
    let made: Promise<unknown> | undefined;
    await world.ingest([gateway.line({ holds: [] }, 7n)], async () => {
      made = world.budget({ limit: 100n }).then((id) => {
        budget = id;
      });
      await delay(200);
    });
    await made;
    await gateway.reload();
    held(await gateway.hold({ cap: 1 }));
    expect(await world.standing(budget)).toMatchObject([{ settled: 12n, unheld: 12n }]);
    await Promise.all(Array.from({ length: 20 }, () => world.ingest([gateway.line({ holds: [] }, 1n)])));
    expect(await world.standing(budget)).toMatchObject([{ settled: 32n }]);
  });

  it('counts one budget per value, teams below a team, and tags', async () => {
    const users = await world.budget({ limit: 10n, scope: 'endUser', scopeId: '*', kind: 'soft' });
    const team = await world.budget({ limit: 10n, scope: 'team', scopeId: 'team_root', kind: 'soft' });
    const tag = await world.budget({ limit: 10n, scope: 'tag', scopeId: 'feature=*', kind: 'soft' });
    const gateway = await world.gateway();
    const spend = (endUser: string, feature: string) =>
      gateway.line({ holds: [] }, 1n, { subject: { endUser, tags: { feature, other: 'x' } } });
    await world.ingest([
      spend('ann', 'search'),
      spend('bob', 'search'),
      spend('bob', 'chat'),
      spend('', 'chat'),
    ]);
    expect((await world.standing(users)).map((each) => each.settled)).toEqual([1n, 2n]);
    expect((await world.standing(team)).map((each) => each.settled)).toEqual([4n]);
    expect((await world.standing(tag)).map((each) => each.settled)).toEqual([2n, 2n]);
  });
});

describe('an epoch that ends', () => {
  it('[M1] is fenced by Postgres’s time: not early by a worker whose clock is fast, not late by one that is slow', async () => {
    const alive = await world.gateway({ grantTtlMs: 300, expiryMarginMs: 100 });
    const gone = await world.gateway({ grantTtlMs: 300, expiryMarginMs: 100 });
    await world.worker.platform(
      (tx) =>
        tx.$executeRaw`UPDATE gateway_epochs SET last_seen_at = now() - interval '31 seconds' WHERE id = ${gone.epochId}`,
    );
    const fencedBy = async (offMs: number): Promise<string[]> => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offMs });
      try {
        return (await fenceDeadEpochs(world.worker, new Date())).map(({ epochId }) => epochId);
      } finally {
        vi.useRealTimers();
      }
    };
    const slow = await fencedBy(-3_600_000);
    expect(slow).toContain(gone.epochId);
    expect([...slow, ...(await fencedBy(3_600_000))]).not.toContain(alive.epochId);
  });

  it('[M1, M3] keeps its open money charged until it is closed or given up, and cannot spend it when it wakes', async () => {
    const budget = await world.budget({ limit: 100n });
    // Long enough that the next steps come before its end, however busy the machine is.
    const short = { grantTtlMs: 3_000, expiryMarginMs: 100 };
    const [gone, asleep] = [await world.gateway(short), await world.gateway(short)];
    const hold = held(await gone.hold({ cap: 40 }));
    held(await asleep.hold({ cap: 30 })).settle(0n);
    const later = new Date(Date.now() + 60_000);
    const fenced: string[] = [];
    const fence = async (): Promise<number> => {
      for (const { epochId } of await fenceDeadEpochs(world.worker, later, { marginMs: 100 }))
        fenced.push(epochId);
      return fenced.length;
    };
    expect(await fence()).toBe(0);
    await waitFor(async () => (await fence()) >= 2, { description: 'the end of both' });
    expect(fenced.sort()).toEqual([gone.epochId, asleep.epochId].sort());
    expect(await world.standing(budget)).toMatchObject([{ granted: 0n, unreconciled: 70n }]);

    // Awake again: only new money, and what it slept on goes back.
    const fresh = held(await asleep.hold({ cap: 30 }));
    expect(await world.standing(budget)).toMatchObject([{ granted: 30n, unreconciled: 70n }]);
    await asleep.gate.close();
    expect(await world.standing(budget)).toMatchObject([{ granted: 30n, unreconciled: 40n }]);
    fresh.settle(30n);
    await world.ingest([asleep.line(fresh, 30n)]);

    // Its log turns up: what it spent is settled from what was kept for it.
    await world.ingest([gone.line(hold, 25n)]);
    expect(await world.standing(budget)).toMatchObject([
      { settled: 55n, granted: 0n, unreconciled: 15n, overrun: 0n },
    ]);
    expect((await declareEpochLost(world.worker, gone.epochId))?.grants).toMatchObject([
      { amountPicoUsd: 15n },
    ]);
    expect(await world.standing(budget)).toMatchObject([{ settled: 55n, granted: 0n, unreconciled: 0n }]);
    expect(await gone.hold({ cap: 1 })).toMatchObject({ code: 'service_unavailable' });
  });

  it('[M3] frees what is left when its log is in the ledger to its end', async () => {
    const budget = await world.budget({ limit: 100n });
    const gateway = await world.gateway();
    held(await gateway.hold({ cap: 40 }));
    await world.worker.platform(
      (tx) => tx.$executeRaw`UPDATE gateway_epochs SET state = 'closed' WHERE id = ${gateway.epochId}`,
    );
    await releaseEndedEpochs(world.worker);
    expect(await world.standing(budget)).toMatchObject([{ granted: 0n, settled: 0n }]);
  });

  it('[G1, G2] without Postgres spends what was granted, and the rest is 503', async () => {
    await world.budget({ limit: 1_000n });
    const proxy = await startFaultProxy({ target: world.database.urls.gateway });
    const gateway = await world.gateway({}, proxy.url);
    held(await gateway.hold({ cap: 100 })).settle(0n);
    proxy.setMode({ kind: 'reset' });
    const hold = held(await gateway.hold({ cap: 100 }));
    expect(await gateway.hold({ cap: 1 })).toMatchObject({ code: 'service_unavailable' });
    expect(await gateway.hold({ cap: 1 })).toMatchObject({ code: 'service_unavailable' });
    hold.settle(90n);
    expect(held(await gateway.hold({ cap: 10 })).amountPicoUsd).toBe(10n);
  });
});

describe('a period that ends while holds are open', () => {
  it('[M3] is settled where it was held, and its rest is carried over only once', async () => {
    // The last midnight: of months that are long over there are no partitions.
    const clock = fixedClock(Math.floor(Date.now() / 86_400_000) * 86_400_000 - 1_000);
    const rolling = await World.open({ ...clock, monotonicMs: () => performance.now() });
    try {
      const budget = await rolling.budget({ limit: 100n, period: 'day', carryOver: true });
      const gateway = await rolling.gateway();
      const before = held(await gateway.hold({ cap: 60 }));
      const line = gateway.line(before, 50n);
      clock.advance(2_000);
      // 100 of its own, and 40 that the day before can no longer spend.
      expect(isRefusal(await gateway.hold({ cap: 141 }))).toBe(true);
      held(await gateway.hold({ cap: 140 })).settle(0n);
      before.settle(50n);
      await rolling.ingest([line]);
      await gateway.gate.maintain();
      expect(await rolling.standing(budget)).toMatchObject([{ settled: 50n }, { settled: 0n }]);
      expect(isRefusal(await gateway.hold({ cap: 30, startedAtMs: clock.nowMs() - 2_000 }))).toBe(true);
      expect(await rolling.findBroken()).toEqual([]);
      expect(await auditBudgets(rolling.worker, rolling.organizationId)).toEqual([]);
    } finally {
      await rolling.close();
    }
  });
});
