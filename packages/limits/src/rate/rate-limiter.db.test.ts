/**
 * Several gateways, one limit, a real Redis.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@tollgate/clock';
import { newId } from '@tollgate/ids';
import { openRedis } from '@tollgate/queues';
import { createTestRedis, startFaultProxy, waitFor } from '@tollgate/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RateLimiter, type RateTicket } from './rate-limiter.ts';
import type { RateRule } from './rate-policy.ts';
import { readRateUse } from './rate-use.ts';
import { redisShares } from './redis-shares.ts';

type TestRedis = Awaited<ReturnType<typeof createTestRedis>>;
let redis: TestRedis;
const opened: { limiter: RateLimiter; connection: ReturnType<typeof openRedis> }[] = [];

beforeEach(async () => {
  redis = await createTestRedis();
});
afterEach(async () => {
  for (const { limiter, connection } of opened.splice(0)) {
    await limiter.stop();
    connection.disconnect();
  }
});

async function gateway(
  rules: readonly RateRule[],
  url = redis.url,
  { slotLeaseMs = 60_000, monotonicMs = systemClock.monotonicMs } = {},
): Promise<RateLimiter> {
  const connection = openRedis({ url, manner: 'producer', name: 'test' });
  await waitFor(() => connection.status === 'ready');
  const limiter = new RateLimiter({
    // On a busy machine it is this process that comes late, not Redis.
    shares: redisShares(connection, newId('gatewayEpoch', Date.now()), 20_000),
    clock: { ...systemClock, monotonicMs },
    onError: () => undefined,
    slotLeaseMs,
  });
  limiter.use({ organizationId: 'org_a', rules });
  await limiter.sync();
  limiter.start();
  opened.push({ limiter, connection });
  return limiter;
}

/** A limiter tells Redis of itself, and hears of the others, no more often than every two seconds. */
const REPORTS_AFTER_MS = 2_100;

const rule = (change: Partial<RateRule> = {}): RateRule => ({
  id: newId('rateLimit', Date.now()),
  scope: { type: 'organization', id: '*' },
  metric: 'requests',
  limit: 100,
  // Long, so that no test meets its end.
  windowSeconds: 31 * 86_400,
  model: null,
  ...change,
});

async function admit(limiter: RateLimiter, tokensEstimate = 1) {
  const subject = {
    organizationId: 'org_a',
    teamId: '',
    teamPath: '',
    keyId: 'key_a',
    memberId: '',
    serviceAccountId: '',
    endUser: '',
    tags: {},
  };
  const outcome = limiter.admit({ subject, model: 'm', tokensEstimate });
  return outcome.kind === 'pending' ? outcome.outcome : outcome;
}

async function storm(gateways: readonly RateLimiter[], count: number): Promise<RateTicket[]> {
  const outcomes = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      await delay((i * 7) % 400);
      return admit(gateways[i % gateways.length]!);
    }),
  );
  return outcomes.filter((each) => each.kind === 'admitted');
}

describe('three gateways under one limit', () => {
  it.each(['requests', 'concurrency'] as const)(
    '[G6] together admit exactly the limit of %s, never three times it',
    async (metric) => {
      const rules = [rule({ metric })];
      const gateways = await Promise.all([gateway(rules), gateway(rules), gateway(rules)]);
      const admitted = await storm(gateways, 500);
      expect(admitted.length).toBeLessThanOrEqual(100);
      // What one of them only reserved is free with its next turn.
      let more = 0;
      await waitFor(async () => {
        const outcome = await admit(gateways[more % 3]!);
        if (outcome.kind === 'admitted') more++;
        return admitted.length + more >= 100;
      });
      await delay(150);
      for (const each of gateways) expect((await admit(each)).kind).toBe('refused');
    },
  );

  it('admit a limit below their number no more often than it says', async () => {
    const rules = [rule({ limit: 2 })];
    const gateways = await Promise.all([gateway(rules), gateway(rules), gateway(rules)]);
    const outcomes = await Promise.all(gateways.map((each) => admit(each)));
    expect(outcomes.filter((each) => each.kind === 'admitted')).toHaveLength(2);
  });

  it('hear of corrected tokens', async () => {
    const rules = [rule({ metric: 'tokens', limit: 1_000 })];
    const [first, second] = await Promise.all([gateway(rules), gateway(rules)]);
    const outcome = await admit(first!, 900);
    expect((await admit(second!, 200)).kind).toBe('refused');
    if (outcome.kind === 'admitted') outcome.finish(100);
    await waitFor(async () => (await admit(second!, 800)).kind === 'admitted');
  });

  it('free the slots of one that died', async () => {
    const rules = [rule({ metric: 'concurrency', limit: 2 })];
    const lease = { slotLeaseMs: 2_000 };
    const [dead, living] = [await gateway(rules, redis.url, lease), await gateway(rules, redis.url, lease)];
    await admit(dead);
    await admit(living);
    expect((await admit(living)).kind).toBe('refused');
    opened[0]!.connection.disconnect();
    await waitFor(async () => (await admit(living)).kind === 'admitted');
    // The living one's own slots outlive the lease, because it is kept up.
    await delay(lease.slotLeaseMs + 200);
    expect((await admit(living)).kind).toBe('refused');
  });

  it('[G1] share what is left without Redis, less than twice the limit, and agree again afterwards', async () => {
    const rules = [rule({ limit: 90 })];
    const proxy = await startFaultProxy({ target: redis.url });
    let laterMs = 0;
    const monotonicMs = () => systemClock.monotonicMs() + laterMs;
    const gateways = await Promise.all([0, 1, 2].map(() => gateway(rules, proxy.url, { monotonicMs })));
    // Each has said that it is there; at its next report it hears of the others.
    laterMs = REPORTS_AFTER_MS;
    for (const each of gateways) {
      // One may be under way that began before.
      await each.sync();
      await each.sync();
    }
    const before = await storm([gateways[0]!], 20);
    expect(before).toHaveLength(20);
    proxy.setMode({ kind: 'reset' });
    const without = await storm(gateways, 400);
    expect(before.length + without.length).toBeLessThan(180);
    // Two that have reserved nothing have a third each.
    expect(without.length).toBeGreaterThanOrEqual(60);
    proxy.setMode({ kind: 'pass' });
    await waitFor(async () => (await admit(gateways[0]!)).kind === 'refused');
  });

  it('learn a flushed Redis what they have used', async () => {
    const rules = [rule({ limit: 60 })];
    const gateways = await Promise.all([gateway(rules), gateway(rules)]);
    expect(await storm(gateways, 40)).toHaveLength(40);
    await redis.flush();
    const more = await storm(gateways, 100);
    // At most once over: what the other had used and not yet said again.
    expect(more.length).toBeLessThanOrEqual(60);
    await delay(300);
    for (const each of gateways) expect((await admit(each)).kind).toBe('refused');
  });
});

describe('many limits at once', () => {
  it('a first request under more limits than there are tries is admitted: it asks for all that it lacks together', async () => {
    const rules = Array.from({ length: 9 }, (_, index) => rule({ limit: 100 + index }));
    const limiter = await gateway(rules);
    expect((await admit(limiter)).kind).toBe('admitted');
  });
});

describe('readRateUse()', () => {
  it('tells people what all gateways together have used, of windows and of slots', async () => {
    const requests = rule({ limit: 10 });
    const slots = rule({ metric: 'concurrency', limit: 5, windowSeconds: 0 });
    const [first, second] = [await gateway([requests, slots]), await gateway([requests, slots])];
    await admit(first);
    await admit(first);
    await admit(second);
    const connection = openRedis({ url: redis.url, manner: 'producer', name: 'people' });
    await waitFor(() => connection.status === 'ready');
    const ask = () =>
      readRateUse(
        connection,
        [requests, slots].map(({ id, windowSeconds }) => ({ ruleId: id, windowSeconds, value: 'org_a' })),
      );
    await waitFor(async () => (await ask()).every(({ used }) => used === 3));
    const [window, slot] = await ask();
    expect(window?.resetsAt?.getTime()).toBeGreaterThan(Date.now());
    expect(slot).toEqual({ used: 3, resetsAt: null });
    connection.disconnect();
  });
});
