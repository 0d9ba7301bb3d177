/** Rate limits as clients meet them: by HTTP, over several gateways, with Redis there and gone. */
import { waitFor } from '@tollgate/testing';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LimitsWorld } from './testing/limits-world.ts';
import type { SeededKey } from './testing/seed.ts';

let world: LimitsWorld;

beforeAll(async () => {
  world = await LimitsWorld.open({ gateways: 3, rates: { slotLeaseMs: 3_000 } });
});
afterAll(async () => {
  await world?.close();
});

const REQUESTS = ['limit', 'remaining', 'reset'].map((what) => `x-ratelimit-${what}-requests`);

function numberOf(response: Response, header: string): number {
  return Number(response.headers.get(header));
}

async function drain(response: Response): Promise<string> {
  return response.text();
}

function sdk(key: SeededKey, requests: number[]): OpenAI {
  return new OpenAI({
    apiKey: key.secret,
    baseURL: world.first.baseUrl,
    fetch: (url, init) => {
      requests.push(performance.now());
      return fetch(url, init);
    },
  });
}

const HELLO = { model: 'sim-small', messages: [{ role: 'user' as const, content: 'Hello' }] };

describe('a limit of requests', () => {
  it('[G6] admits n - 1, n, and refuses n + 1 with everything that explains it', async () => {
    const key = await world.tenant();
    const ruleId = await world.seed.rateLimit({
      ...key,
      scope: 'key',
      scopeId: key.keyId,
      metric: 'requests',
      limit: 3,
    });
    for (const left of [2, 1, 0]) {
      const response = await world.ask(key);
      expect(response.status).toBe(200);
      expect(numberOf(response, 'x-ratelimit-limit-requests')).toBe(3);
      expect(numberOf(response, 'x-ratelimit-remaining-requests')).toBe(left);
      expect(response.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+h)?(\d+m)?[\d.]+(s|ms)$/);
      await drain(response);
    }
    const refused = await world.ask(key);
    expect(refused.status).toBe(429);
    expect(numberOf(refused, 'x-ratelimit-remaining-requests')).toBe(0);
    // Half an hour and more is not to be slept through.
    expect(numberOf(refused, 'retry-after')).toBeGreaterThan(30);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    const { error } = (await refused.json()) as { error: Record<string, unknown> };
    expect(error).toMatchObject({
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
      tollgate: {
        code: 'rate_limit_exceeded',
        rule_id: ruleId,
        scope: { type: 'key', id: key.keyId },
        limit: '3',
        used: '3',
        requested: '1',
        resets_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        source: 'tollgate',
        request_id: refused.headers.get('x-request-id'),
      },
    });
    expect(world.first.log.dispatches().filter(({ subject }) => subject.keyId === key.keyId)).toHaveLength(3);
  });

  it('tells what is left on every answer: streams, lists, and refusals that came before', async () => {
    const key = await world.tenant();
    await world.seed.rateLimit({ ...key, metric: 'requests', limit: 10 });
    const streamed = await world.ask(key, { stream: true });
    expect(numberOf(streamed, 'x-ratelimit-remaining-requests')).toBe(9);
    expect(await drain(streamed)).toContain('data: [DONE]');
    const headers = { authorization: `Bearer ${key.secret}` };
    const others = [
      await fetch(`${world.first.baseUrl}/models`, { headers }),
      await world.ask(key, { model: 'no-such-model' }),
      await world.ask(key, { model: 7 }),
    ];
    expect(others.map(({ status }) => status)).toEqual([200, 404, 400]);
    for (const other of others) {
      expect(REQUESTS.every((name) => other.headers.has(name))).toBe(true);
      expect(numberOf(other, 'x-ratelimit-remaining-requests')).toBe(9);
      await drain(other);
    }
  });

  it('does not count what was never sent', async () => {
    const key = await world.tenant();
    await world.seed.rateLimit({ ...key, metric: 'requests', limit: 2 });
    await world.seed.budget({ ...key, limitPicoUsd: 1n });
    for (let index = 0; index < 4; index += 1) expect((await world.ask(key)).status).toBe(402);
  });

  it('has official SDKs wait as told, and then go on', async () => {
    const key = await world.tenant();
    await world.seed.rateLimit({ ...key, metric: 'requests', limit: 2, windowSeconds: 1 });
    const requests: number[] = [];
    const client = sdk(key, requests);
    let answered = 0;
    // Four answers; more on a machine so slow that none of them had to wait.
    do {
      expect((await client.chat.completions.create(HELLO)).choices).toHaveLength(1);
      answered += 1;
    } while (answered < 4 || (requests.length === answered && answered < 100));
    // Two at once, the others each after a wait: not many more requests.
    expect(requests.length).toBeGreaterThan(answered);
    expect(requests.length).toBeLessThanOrEqual(2 * answered + 1);
    expect(requests.at(-1)! - requests[0]!).toBeGreaterThan(500);
  });

  it('has official SDKs make one call where the wait is long', async () => {
    const key = await world.tenant();
    await world.seed.rateLimit({ ...key, metric: 'requests', limit: 1 });
    const requests: number[] = [];
    const client = sdk(key, requests);
    await client.chat.completions.create(HELLO);
    await expect(client.chat.completions.create(HELLO)).rejects.toMatchObject({ status: 429 });
    expect(requests).toHaveLength(2);
  });
});

describe('a limit of tokens', () => {
  it('is estimated before and corrected after', async () => {
    const key = await world.tenant();
    await world.seed.rateLimit({ ...key, metric: 'tokens', limit: 2_000 });
    const first = await world.ask(key, { max_tokens: 1_500 });
    const { usage } = (await first.json()) as { usage: { total_tokens: number } };
    expect(numberOf(first, 'x-ratelimit-remaining-tokens')).toBe(2_000 - usage.total_tokens);
    // What was only estimated is free again.
    expect((await world.ask(key, { max_tokens: 1_500 })).status).toBe(200);
    const refused = await world.ask(key, { max_tokens: 1_990 });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: { tollgate: { limit: '2000' } } });
  });
});

describe('a limit of concurrency', () => {
  const SLOW = {
    stream: true,
    messages: [{ role: 'user', content: '[[sim tokens=4 hang-after-chunks=3]] Hello' }],
  };

  it('frees a slot when the stream ends, and when its client goes away', async () => {
    const key = await world.tenant();
    await world.seed.rateLimit({ ...key, metric: 'concurrency', limit: 1 });
    const abort = new AbortController();
    const running = await fetch(`${world.first.baseUrl}/chat/completions`, {
      method: 'POST',
      signal: abort.signal,
      headers: { authorization: `Bearer ${key.secret}` },
      body: JSON.stringify({ model: 'sim-small', ...SLOW }),
    });
    expect(running.status).toBe(200);
    const refused = await world.ask(key);
    expect(refused.status).toBe(429);
    expect(numberOf(refused, 'retry-after-ms')).toBeGreaterThan(0);
    expect(refused.headers.get('x-should-retry')).toBeNull();
    abort.abort();
    await waitFor(async () => (await world.ask(key)).status === 200);
  });

  it('frees the slots of a gateway that is gone after its lease, not before', async () => {
    const key = await world.tenant();
    await world.seed.rateLimit({ ...key, metric: 'concurrency', limit: 1 });
    const [, dying, other] = world.members as [unknown, (typeof world.members)[0], (typeof world.members)[0]];
    // Or its first look-up takes the lease's time.
    await world.isKnown(key, other);
    const abort = new AbortController();
    await fetch(`${dying.baseUrl}/chat/completions`, {
      method: 'POST',
      signal: abort.signal,
      headers: { authorization: `Bearer ${key.secret}` },
      body: JSON.stringify({ model: 'sim-small', ...SLOW }),
    });
    dying.redis.setMode({ kind: 'reset' });
    try {
      expect((await world.ask(key, {}, { member: other })).status).toBe(429);
      await waitFor(async () => (await world.ask(key, {}, { member: other })).status === 200, {
        intervalMs: 100,
      });
    } finally {
      abort.abort();
      await dying.redisBack();
    }
  });
});

describe('three gateways', () => {
  it('enforce one limit together, never more, and in the end exactly it', async () => {
    const key = await world.tenant();
    const limit = 30;
    await world.seed.rateLimit({ ...key, metric: 'requests', limit });
    for (const member of world.members) await world.isKnown(key, member);
    const statuses = await Promise.all(
      Array.from({ length: 120 }, async (_, index) => {
        const response = await world.ask(key, {}, { member: world.members[index % 3]! });
        await drain(response);
        return response.status;
      }),
    );
    let admitted = statuses.filter((status) => status === 200).length;
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(admitted).toBeLessThanOrEqual(limit);
    // What one reserved idle comes back with its next turns.
    await waitFor(
      async () => {
        for (const member of world.members) {
          const response = await world.ask(key, {}, { member });
          await drain(response);
          if (response.status === 200) admitted += 1;
        }
        return admitted >= limit;
      },
      { intervalMs: 120, description: 'the whole limit' },
    );
    expect(admitted).toBe(limit);
  });

  it('[G1] keep their part of it without Redis: no failure, and never three times the limit', async () => {
    const key = await world.tenant();
    const limit = 30;
    await world.seed.rateLimit({ ...key, metric: 'requests', limit });
    for (const member of world.members) expect((await world.ask(key, {}, { member })).status).toBe(200);
    for (const { redis } of world.members) redis.setMode({ kind: 'reset' });
    try {
      const statuses = await Promise.all(
        Array.from({ length: 120 }, async (_, index) => {
          const response = await world.ask(key, {}, { member: world.members[index % 3]! });
          await drain(response);
          return response.status;
        }),
      );
      const admitted = statuses.filter((status) => status === 200).length;
      expect(new Set(statuses)).toEqual(new Set([200, 429]));
      expect(admitted).toBeGreaterThanOrEqual(limit - 6);
      expect(admitted).toBeLessThan(2 * limit);
    } finally {
      await Promise.all(world.members.map((member) => member.redisBack()));
    }
  });
});
