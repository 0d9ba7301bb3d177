/**
 * [M3] Everything at once, with Postgres asked all the way whether a limit is exceeded.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { openRedis } from '@tollgate/queues';
import { createTestRedis, waitFor } from '@tollgate/testing';
import { describe, expect, it } from 'vitest';
import { auditBudgets } from './audit-budgets.ts';
import { fenceDeadEpochs, releaseEndedEpochs } from './fence.ts';
import { RedisRecall } from './redis-recall.ts';
import { isRefusal, type LedgerLine, random, type TestGateway, World } from './testing-gateways.ts';

const COST = 100;
const ROOM = 137;
const REQUESTS = 500;

describe('three gateways, five nested scopes, five hundred requests at once', () => {
  it('[M3] admit at most what there is room for, and after healing exactly the rest', {
    timeout: 180_000,
  }, async () => {
    const world = await World.open();
    const redis = await createTestRedis();
    const limit = BigInt(ROOM * COST);
    const specs = [
      { scope: 'organization', scopeId: world.organizationId, limit: limit * 3n },
      { scope: 'team', scopeId: 'team_root', limit: limit * 2n },
      { scope: 'team', scopeId: 'team_a', limit },
      { scope: 'key', scopeId: '*', limit: limit + 5n },
      { scope: 'tag', scopeId: 'feature=*', limit: limit * 4n },
    ] as const;
    const budgets = await Promise.all(specs.map((spec) => world.budget(spec)));
    const options = { grantTtlMs: 1_500, expiryMarginMs: 300, nearIdleMs: 100 };
    const gateways: TestGateway[] = [];
    const channels: RedisRecall[] = [];
    for (let i = 0; i < 3; i++) {
      const channel = new RedisRecall({
        publisher: openRedis({ url: redis.url, manner: 'producer', name: 'test' }),
        subscriber: openRedis({ url: redis.url, manner: 'worker', name: 'test' }),
        sender: `gateway-${i}`,
      });
      channels.push(channel);
      const gateway = await world.gateway({ ...options, recall: (wanted) => channel.send(wanted) });
      await channel.listen((wanted) => gateway.gate.onRecall(wanted));
      gateways.push(gateway);
    }
    const [first, dropped, paused] = gateways as [TestGateway, TestGateway, TestGateway];

    let isDone = false;
    let samples = 0;
    const sampling = (async () => {
      while (!isDone) {
        expect(await world.findBroken()).toEqual([]);
        samples++;
        await delay(10);
      }
    })();

    const shipped: LedgerLine[] = [];
    const unshipped: LedgerLine[] = [];
    let spent = 0;
    let admitted = 0;
    let isDropped = false;
    const call = async (gateway: TestGateway): Promise<void> => {
      await delay(random(400));
      if (gateway === dropped && isDropped) return;
      const more = { subject: { tags: { feature: 'search' } } };
      const outcome = await gateway.hold({ cap: COST, ...more });
      if (isRefusal(outcome)) return;
      admitted++;
      await delay(random(60));
      // A dropped gateway's dispatch frames outlive it: the replay settles them at what they cost.
      const isAborted = random(10) < 3;
      const cost = isAborted ? random(COST) : COST;
      spent += cost;
      const line = gateway.line(outcome, BigInt(cost), more);
      if (gateway === dropped && isDropped) {
        unshipped.push(line);
        return;
      }
      outcome.settle(BigInt(cost));
      shipped.push(line);
      await delay(random(40));
      await world.ingest([line]);
      if (random(4) === 0) await world.ingest([line]);
    };
    first.gate.start(50);
    const storm = Promise.all(Array.from({ length: REQUESTS }, (_, i) => call(gateways[i % 3]!)));
    await delay(250);
    isDropped = true;
    await redis.flush();
    await storm;
    // The paused one has slept past its grants: none of them may be spent.
    await delay(1_500);
    expect(spent).toBeLessThanOrEqual(ROOM * COST);
    expect(admitted).toBeGreaterThan(0);

    // Healing: the dead gateway is fenced, its log replayed, its epoch closed.
    const later = new Date(Date.now() + 60_000);
    await waitFor(
      async () =>
        (await fenceDeadEpochs(world.worker, later, { marginMs: 100 })).some(
          ({ epochId }) => epochId === dropped.epochId,
        ),
      { description: 'the end of the dropped one' },
    );
    await world.ingest(unshipped);
    await world.worker.platform(
      (tx) => tx.$executeRaw`UPDATE gateway_epochs SET state = 'closed' WHERE id = ${dropped.epochId}`,
    );
    await releaseEndedEpochs(world.worker);
    await Promise.all([first.gate.maintain(), paused.gate.maintain()]);
    await first.gate.close();

    const left = Math.floor((ROOM * COST - spent) / COST);
    let succeeded = 0;
    for (;;) {
      const outcome = await paused.hold({ cap: COST, subject: { tags: { feature: 'search' } } });
      if (isRefusal(outcome)) {
        expect(['budget_exceeded', 'request_exceeds_budget']).toContain(outcome.code);
        break;
      }
      succeeded++;
      outcome.settle(BigInt(COST));
      await world.ingest([paused.line(outcome, BigInt(COST), { subject: { tags: { feature: 'search' } } })]);
    }
    expect(succeeded).toBe(left);
    await paused.gate.close();
    isDone = true;
    await sampling;
    expect(samples).toBeGreaterThan(10);
    expect(await auditBudgets(world.worker, world.organizationId)).toEqual([]);
    for (const budget of budgets) {
      const [period] = await world.standing(budget);
      expect(period).toMatchObject({ granted: 0n, unreconciled: 0n, overrun: 0n, unheld: 0n });
      expect(period?.settled).toBe(BigInt(spent + left * COST));
    }
    await Promise.all(channels.map((each) => each.close()));
    await world.close();
  });
});
