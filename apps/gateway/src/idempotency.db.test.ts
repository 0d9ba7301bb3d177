/** `Idempotency-Key` against a real Redis: what is replayed, what is refused, and whom a key belongs to. */
import { createTestRedis, type TestRedis, waitFor } from '@tollgate/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdempotencyStore, type ScriptRunner } from './idempotency/idempotency-store.ts';
import { type Harness, startHarness } from './testing/harness.ts';
import { type SeededKey, TEST_ENCRYPTION_KEYS } from './testing/seed.ts';

let testRedis: TestRedis;
let redis: Redis;
let harness: Harness;
let redisIsAway = false;
let count = 0;

/** On a busy machine it is this process that comes late, not Redis. */
const PATIENT = { encryptionKeys: TEST_ENCRYPTION_KEYS, timeoutMs: 20_000 };

/** Redis, until a test takes it away. */
const runner: ScriptRunner = {
  eval: (...given) =>
    redisIsAway ? Promise.reject(new Error('Redis is away')) : redis.eval(...(given as [string, number])),
};

beforeAll(async () => {
  testRedis = await createTestRedis();
  redis = new Redis(testRedis.url);
  harness = await startHarness({
    gateway: { idempotency: new IdempotencyStore({ redis: runner, ...PATIENT }) },
  });
});
afterAll(async () => {
  await harness?.close();
  redis?.disconnect();
});

const newKey = (): string => `key-of-test-${++count}`;
const dispatches = (): number => harness.gateway.log.dispatches().length;

function askAs(key: SeededKey, idempotencyKey: string, content: string, extra: object = {}) {
  return fetch(`${harness.gateway.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'idempotency-key': idempotencyKey },
    body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content }], ...extra }),
  });
}
const ask = (idempotencyKey: string, content: string, extra: object = {}) =>
  askAs(harness.key, idempotencyKey, content, extra);

describe('Idempotency-Key', () => {
  it('replays a translated answer as it was written, and takes another model in the path for another request', async () => {
    const key = newKey();
    const ask = (model: string) =>
      fetch(`${harness.gateway.origin}/v1beta/models/${model}:generateContent`, {
        method: 'POST',
        headers: { 'x-goog-api-key': harness.key.secret, 'idempotency-key': key },
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Say zażółć.' }] }] }),
      });
    const before = dispatches();
    const first = await (await ask('sim-small')).text();
    expect(JSON.parse(first)).toHaveProperty('candidates');
    expect(await (await ask('sim-small')).text()).toBe(first);
    expect(dispatches()).toBe(before + 1);
    const other = await ask('sim-large');
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ error: { code: 422, status: 'INVALID_ARGUMENT' } });
  });

  it('replays a finished answer byte for byte, without dispatching or billing it again', async () => {
    const key = newKey();
    const before = dispatches();
    const first = await ask(key, 'Say zażółć.');
    const body = Buffer.from(await first.arrayBuffer());
    const second = await ask(key, 'Say zażółć.');
    expect(second.status).toBe(200);
    expect(Buffer.from(await second.arrayBuffer()).equals(body)).toBe(true);
    expect(dispatches()).toBe(before + 1);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const headers = Object.fromEntries(second.headers);
    expect(headers).toMatchObject({
      'idempotency-replayed': 'true',
      'x-tollgate-original-request-id': first.headers.get('x-tollgate-request-id'),
      'x-tollgate-model': 'sim-small',
      'x-tollgate-provider': 'simulator',
      'x-tollgate-attempts': '0',
      'content-type': 'application/json',
    });
    expect(Number(headers['x-tollgate-cost-usd'])).toBe(0);
    expect(headers['x-tollgate-request-id']).not.toBe(first.headers.get('x-tollgate-request-id'));
  });

  it('[X1] means another request for another organization, and for another key of the same one', async () => {
    const idempotencyKey = newKey();
    const stranger = await harness.seed.key({ organizationId: await harness.seed.organization() });
    const sibling = await harness.seed.key({ organizationId: harness.key.organizationId });
    const before = dispatches();
    for (const key of [harness.key, stranger, sibling]) {
      const response = await askAs(key, idempotencyKey, `Hello from ${key.keyId}.`);
      expect(response.status).toBe(200);
      expect(response.headers.get('idempotency-replayed')).toBeNull();
    }
    expect(dispatches()).toBe(before + 3);
  });

  it('refuses another body with 422, whole or streamed, running or answered', async () => {
    const key = newKey();
    await ask(key, 'One.');
    const other = await ask(key, 'Two.');
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ error: { tollgate: { code: 'idempotency_key_reused' } } });
    expect((await ask(key, 'One.', { stream: true })).status).toBe(422);
    expect((await ask(key, 'One.')).headers.get('idempotency-replayed')).toBe('true');
  });

  it('takes another provider, query or version of the format for another request, another trace for the same', async () => {
    const key = newKey();
    const send = (query: string, headers: Record<string, string>) =>
      fetch(`${harness.gateway.origin}/v1/messages${query}`, {
        method: 'POST',
        headers: {
          'x-api-key': harness.key.secret,
          'idempotency-key': key,
          'anthropic-version': '2023-06-01',
          ...headers,
        },
        body: JSON.stringify({
          model: 'sim-small',
          max_tokens: 20,
          messages: [{ role: 'user', content: 'Say hello.' }],
        }),
      });
    const before = dispatches();
    expect((await send('', {})).status).toBe(200);
    for (const [query, headers] of [
      ['?beta=true', {}],
      ['', { 'x-tollgate-provider': 'simulator' }],
      ['', { 'anthropic-version': '2023-01-01' }],
      ['', { 'anthropic-beta': 'context-1m-2025-08-07' }],
      ['', { 'x-tollgate-unsupported': 'report' }],
    ] as const) {
      const other = await send(query, headers);
      expect([query, headers, other.status]).toEqual([query, headers, 422]);
    }
    const same = await send('', { 'x-tollgate-session': 'another', 'x-tollgate-tags': 'retry' });
    expect([same.status, same.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(dispatches()).toBe(before + 1);
  });

  it.each([false, true])('refuses a second request while the first runs: streamed %s', async (stream) => {
    const key = newKey();
    const slow = '[[sim latency=4000 tokens=3]] Say hello.';
    const before = dispatches();
    const first = ask(key, slow, { stream });
    await waitFor(() => Promise.resolve(dispatches() === before + 1), { description: 'the first dispatch' });
    const second = await ask(key, slow, { stream });
    expect(second.status).toBe(409);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await second.json()).toMatchObject({ error: { tollgate: { code: 'idempotency_in_progress' } } });
    await (await first).text();
    expect(dispatches()).toBe(before + 1);
  });

  it('lets a stream run again once it has ended, because streams are not kept', async () => {
    const key = newKey();
    const before = dispatches();
    for (let turn = 1; turn <= 2; turn += 1) {
      const response = await ask(key, 'Say hello.', { stream: true });
      expect(await response.text()).toContain('[DONE]');
      expect(dispatches()).toBe(before + turn);
    }
    expect((await ask(key, 'Something else.', { stream: true })).status).toBe(422);
  });

  it('does not keep failures: the same request may try again, and a refused one has not used its key up', async () => {
    const key = newKey();
    const fails = '[[sim status=400 code=context_length_exceeded]] Say hello.';
    const before = dispatches();
    expect((await ask(key, fails)).status).toBe(400);
    expect((await ask(key, fails)).status).toBe(400);
    expect(dispatches()).toBe(before + 2);
    const refused = newKey();
    expect((await ask(refused, 'Say hello.', { model: 'no-such-model' })).status).toBe(404);
    expect((await ask(refused, 'Say hello.')).status).toBe(200);
  });

  it.each(['', 'with space', 'x'.repeat(256)])('refuses the key %j', async (key) => {
    const response = await ask(key, 'Say hello.');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'idempotency-key' } });
  });

  it('[X2] stores neither the key nor what was asked and answered in clear', async () => {
    const key = 'a-key-that-must-not-be-seen';
    const response = await ask(key, 'CANARY-OF-THE-PROMPT');
    const { id } = (await response.json()) as { id: string };
    const names = await redis.keys('*');
    const stored = [...names, ...(await redis.mget(names))].join('\n');
    expect(names.length).toBeGreaterThan(0);
    for (const text of [key, 'CANARY-OF-THE-PROMPT', id, harness.key.organizationId]) {
      expect(stored).not.toContain(text);
      expect(stored).not.toContain(Buffer.from(text).toString('base64').slice(0, 12));
    }
    for (const name of names) {
      expect(await redis.pttl(name)).toBeGreaterThan(0);
      expect(await redis.pttl(name)).toBeLessThanOrEqual(24 * 3_600_000);
    }
  });

  it('[G1] goes on without Redis, says so, and meters every dispatch', async () => {
    const key = newKey();
    const before = dispatches();
    redisIsAway = true;
    try {
      for (let turn = 1; turn <= 2; turn += 1) {
        const response = await ask(key, 'Say hello.');
        expect(response.status).toBe(200);
        expect(response.headers.get('x-tollgate-idempotency')).toBe('unavailable');
        expect(dispatches()).toBe(before + turn);
      }
    } finally {
      redisIsAway = false;
    }
    expect((await ask(key, 'Say hello.')).headers.get('x-tollgate-idempotency')).toBeNull();
  });

  it('frees the key of a gateway that was killed once its lease has run out', async () => {
    const request = {
      organizationId: 'org_1',
      keyId: 'key_1',
      idempotencyKey: newKey(),
      endpoint: 'chat.completions',
      body: Buffer.from('{}'),
    };
    let alive = true;
    let calls = 0;
    const mortal: ScriptRunner = {
      eval: (...given) => {
        calls += 1;
        return alive ? redis.eval(...(given as [string, number])) : Promise.reject(new Error('dead'));
      },
    };
    const options = { ...PATIENT, leaseMs: 6_000 };
    const killed = new IdempotencyStore({ redis: mortal, ...options });
    const next = new IdempotencyStore({ redis, ...options });
    expect((await killed.claim(request)).kind).toBe('claimed');
    // Renewed as long as its owner lives: this is more than a lease later.
    await waitFor(() => Promise.resolve(calls >= 5), { description: 'four renewals' });
    expect((await next.claim(request)).kind).toBe('in-progress');
    alive = false;
    const taken = async (): Promise<boolean> => (await next.claim(request)).kind === 'claimed';
    await waitFor(taken, { description: 'the end of the lease' });
  });

  it('does not keep an answer that is too large to keep', async () => {
    const store = new IdempotencyStore({ redis, ...PATIENT, answerMaxBytes: 100 });
    const request = {
      organizationId: 'org_1',
      keyId: 'key_1',
      idempotencyKey: newKey(),
      endpoint: 'chat.completions',
      body: Buffer.from('{}'),
    };
    const answer = { requestId: 'req_1', status: 200, model: 'm', provider: 'p', text: 'x'.repeat(101) };
    const first = await store.claim(request);
    if (first.kind === 'claimed') await first.claim.answered(answer);
    expect((await store.claim(request)).kind).toBe('claimed');
  });
});
