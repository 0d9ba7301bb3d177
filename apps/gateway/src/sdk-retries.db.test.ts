/** Official SDKs with their own retries, as they come: what they do when they are refused, counted at the gateway. */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { mintKeySecret } from '@tollgate/keys';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LimitsWorld } from './testing/limits-world.ts';
import type { SeededKey } from './testing/seed.ts';

let world: LimitsWorld;
beforeAll(async () => {
  world = await LimitsWorld.open();
});
afterAll(() => world?.close());

/** When each request left. */
type Calls = number[];

const noting =
  (calls: Calls): typeof fetch =>
  (...request) => {
    calls.push(performance.now());
    return fetch(...request);
  };

const messages = [{ role: 'user' as const, content: 'Hello' }];
const google = (secret: string, calls: Calls, attempts?: number): Promise<unknown> =>
  new GoogleGenAI({
    apiKey: secret,
    httpOptions: {
      baseUrl: world.first.origin,
      fetch: noting(calls),
      ...(attempts === undefined ? {} : { retryOptions: { attempts, initialDelay: 0.05 } }),
    },
  }).models.generateContent({ model: 'sim-small', contents: 'Hello' });

const SDKS: Readonly<Record<string, (secret: string, calls: Calls) => Promise<unknown>>> = {
  "OpenAI's": (secret, calls) =>
    new OpenAI({
      apiKey: secret,
      baseURL: world.first.baseUrl,
      fetch: noting(calls),
    }).chat.completions.create({ model: 'sim-small', messages }),
  "OpenAI's, with Responses": (secret, calls) =>
    new OpenAI({ apiKey: secret, baseURL: world.first.baseUrl, fetch: noting(calls) }).responses.create({
      model: 'sim-small',
      input: 'Hello',
    }),
  "Anthropic's": (secret, calls) =>
    new Anthropic({ apiKey: secret, baseURL: world.first.origin, fetch: noting(calls) }).messages.create({
      model: 'sim-small',
      max_tokens: 20,
      messages,
    }),
  "Google's": (secret, calls) => google(secret, calls),
  "Google's, told to retry": (secret, calls) => google(secret, calls, 3),
};
const NAMES = Object.keys(SDKS);
const OBEDIENT = NAMES.filter((name) => !name.startsWith('Google'));

function seenBy(key: SeededKey): number {
  return world.first.log.frames.filter(
    (frame) => frame.kind === 'request' && frame.subject.keyId === key.keyId,
  ).length;
}

const LONG_ENOUGH_MS = 300;

describe('an official SDK', () => {
  it.each(NAMES)(
    '[G6] %s makes one call on a budget that is spent, and one on one that is too small',
    async (name) => {
      for (const limitPicoUsd of [0n, 1n]) {
        const key = await world.tenant();
        await world.seed.budget({ ...key, limitPicoUsd });
        const calls: Calls = [];
        await expect(SDKS[name]!(key.secret, calls)).rejects.toMatchObject({ status: 402 });
        expect([calls.length, seenBy(key)]).toEqual([1, 1]);
      }
    },
  );

  it.each(NAMES)(
    '[G6] %s makes one call with a key that is none, and with one that has expired',
    async (name) => {
      const organizationId = await world.seed.organization();
      const expired = await world.seed.key({ organizationId, expiresAt: new Date(Date.now() - 1_000) });
      for (const secret of [mintKeySecret(), expired.secret]) {
        const calls: Calls = [];
        await expect(SDKS[name]!(secret, calls)).rejects.toMatchObject({ status: 401 });
        expect(calls).toHaveLength(1);
      }
    },
  );

  it.each(OBEDIENT)('[G6] %s waits on a rate limit as it is told, and is answered then', async (name) => {
    const key = await world.tenant();
    await world.seed.rateLimit({ ...key, metric: 'requests', limit: 1, windowSeconds: 1 });
    const calls: Calls = [];
    await SDKS[name]!(key.secret, calls);
    let earlier = 0;
    let toldMs = 0;
    let beginMs = 0;
    // Once more when the second was over before the SDK had asked: a busy machine takes its time.
    do {
      toldMs = 0;
      earlier += calls.length;
      while (toldMs < LONG_ENOUGH_MS) {
        const answer = await world.ask(key);
        await answer.text();
        toldMs = answer.status === 429 ? Number(answer.headers.get('retry-after-ms')) : 0;
        earlier += 1;
      }
      beginMs = performance.now();
      calls.length = 0;
      await SDKS[name]!(key.secret, calls);
    } while (calls.length === 1);
    expect(calls.length).toBeLessThanOrEqual(3);
    // Not before: the wait that it was told by its own first answer is no longer than this one's.
    expect(performance.now() - beginMs).toBeGreaterThan(toldMs / 2);
    expect(seenBy(key)).toBe(calls.length + earlier);
  });

  it.each(OBEDIENT)('[G6] %s makes one call where the wait is long', async (name) => {
    const key = await world.tenant();
    await world.seed.rateLimit({ ...key, metric: 'requests', limit: 1 });
    const calls: Calls = [];
    await SDKS[name]!(key.secret, calls);
    await expect(SDKS[name]!(key.secret, calls)).rejects.toMatchObject({ status: 429 });
    expect([calls.length, seenBy(key)]).toEqual([2, 2]);
  });

  it("[G6] Google's makes one call on a rate limit, and as many as it was told by its owner", async () => {
    const key = await world.tenant();
    await world.seed.rateLimit({ ...key, metric: 'requests', limit: 1 });
    await google(key.secret, []);
    for (const [attempts, expected] of [
      [undefined, 1],
      [3, 3],
    ] as const) {
      const calls: Calls = [];
      await expect(google(key.secret, calls, attempts)).rejects.toMatchObject({ status: 429 });
      expect(calls).toHaveLength(expected);
    }
  });
});
