/** What providers do wrong, and what the client and the books see of it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { medianMs, startFaultProxy, waitFor } from '@tollgate/testing';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './testing/harness.ts';

let harness: Harness;
/** Answers everything compressed, asked or not; but as Gemini, with more depth than any reader can follow. */
let rogue: Server;
let rogueOrigin: string;

beforeAll(async () => {
  rogue = createServer((request, response) => {
    if (request.url?.startsWith('/v1beta/') === true) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(tooDeepAnswer());
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync('{"choices":[]}'));
  });
  await new Promise<void>((resolve) => rogue.listen(0, '127.0.0.1', resolve));
  rogueOrigin = `http://127.0.0.1:${(rogue.address() as AddressInfo).port}`;
  harness = await startHarness({
    allowedOrigins: [rogueOrigin],
    gateway: {
      limits: {
        firstTokenTimeoutMs: 2_000,
        idleTimeoutMs: 2_000,
        totalTimeoutMs: 60_000,
        connectTimeoutMs: 5_000,
      },
    },
  });
});
afterAll(async () => {
  await harness?.close();
  rogue?.close();
});

function tooDeepAnswer(): string {
  const depth = 200_000;
  const args = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  return `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${args}}}]}}]}`;
}

interface ErrorAnswer {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: string;
    readonly tollgate: { readonly code: string; readonly source: string; readonly request_id: string };
  };
}

describe('an answer that cannot be read', () => {
  it('[M1] is a failure of that request alone, settled as billed', async () => {
    const { organizationId } = harness.key;
    const models = ['too-deep'];
    const baseUrl = `${rogueOrigin}/v1beta`;
    await harness.seed.credential({ organizationId, provider: 'google', baseUrl, models });
    const response = await fetch(`${harness.gateway.baseUrl}/messages`, {
      method: 'POST',
      headers: { 'x-api-key': harness.key.secret, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'too-deep',
        max_tokens: 5,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { tollgate: { code: 'upstream_error' } } });
    expect(harness.gateway.log.settles().at(-1)).toMatchObject({ status: 'failed', estimated: true });
  });
});

describe('a provider’s refusal', () => {
  it.each<[string, number, string, number]>([
    ['status=400 code=context_length_exceeded', 400, 'upstream_error', 1],
    ['status=404', 404, 'upstream_error', 1],
    ['status=422', 422, 'upstream_error', 1],
    ['status=401', 502, 'provider_credential_rejected', 1],
    ['status=403', 502, 'provider_credential_rejected', 1],
    ['status=402', 502, 'provider_quota_exhausted', 1],
    ['status=429 code=insufficient_quota', 502, 'provider_quota_exhausted', 1],
    ['status=429', 429, 'upstream_rate_limited', 1],
    ['status=500', 502, 'upstream_error', 2],
    ['status=503', 503, 'upstream_unavailable', 2],
    ['status=529', 503, 'upstream_unavailable', 2],
    ['status=504', 504, 'upstream_timeout', 2],
    ['status=500 error-body=html', 502, 'upstream_error', 2],
    ['status=302 location=http://127.0.0.1:1/', 502, 'upstream_error', 2],
  ])('%s answers %i %s after %i attempts, whole and streamed', async (controls, status, code, attempts) => {
    for (const stream of [false, true]) {
      const before = harness.gateway.log.settles().length;
      const response = await harness.ask(`[[sim ${controls}]] Hello`, { stream });
      const { error } = (await response.json()) as ErrorAnswer;
      expect(response.status).toBe(status);
      expect(error.tollgate).toMatchObject({ code, source: 'provider' });
      expect(error.tollgate.request_id).toBe(response.headers.get('x-tollgate-request-id'));
      expect(response.headers.get('x-tollgate-attempts')).toBe(String(attempts));
      const settles = harness.gateway.log.settles().slice(before);
      expect(settles).toHaveLength(attempts);
      for (const settle of settles) {
        expect(settle).toMatchObject({
          status: 'failed',
          usageSource: 'none',
          costPicoUsd: '0',
          estimated: false,
        });
      }
    }
  });

  it('passes its words and codes where it is about the request', async () => {
    const response = await harness.ask('[[sim status=400 code=context_length_exceeded]] Hello');
    const { error } = (await response.json()) as ErrorAnswer;
    expect(error.code).toBe('context_length_exceeded');
    expect(error.type).toBe('invalid_request_error');
  });

  it('[X2] never repeats the credential', async () => {
    for (const controls of ['status=401', 'status=400', 'echo-headers', 'status=500 echo-headers']) {
      const response = await harness.ask(`[[sim ${controls}]] Hello`);
      const seen = JSON.stringify([...response.headers]) + (await response.text());
      expect(seen).not.toContain(harness.simulator.apiKey);
    }
    expect(harness.gateway.logLines.join('')).not.toContain(harness.simulator.apiKey);
  });

  it('tells SDKs to wait as the provider said, and not to sleep longer than half a minute', async () => {
    const soon = await harness.ask('[[sim status=429 retry-after=7]] Hello');
    expect(soon.headers.get('retry-after-ms')).toBe('7000');
    expect(soon.headers.get('x-should-retry')).toBeNull();
    const later = await harness.ask('[[sim status=429 retry-after=3600]] Hello');
    expect(later.headers.get('retry-after')).toBe('3600');
    expect(later.headers.get('retry-after-ms')).toBeNull();
    expect(later.headers.get('x-should-retry')).toBe('false');
  });

  it('costs an official client one request where another would not help', async () => {
    const client = new OpenAI({ baseURL: harness.gateway.baseUrl, apiKey: harness.key.secret });
    const before = harness.gateway.log.frames.filter(({ kind }) => kind === 'request').length;
    await expect(
      client.chat.completions.create({
        model: 'sim-small',
        messages: [{ role: 'user', content: '[[sim status=401]] Hi' }],
      }),
    ).rejects.toBeInstanceOf(OpenAI.InternalServerError);
    expect(harness.gateway.log.frames.filter(({ kind }) => kind === 'request').length - before).toBe(1);
  });

  it('is tried again before the first byte', async () => {
    for (const stream of [false, true]) {
      const response = await harness.ask(`[[sim fail-times=1 nonce=again-${stream}]] Hello`, { stream });
      expect(response.status).toBe(200);
      expect(response.headers.get('x-tollgate-attempts')).toBe('2');
      await response.text();
    }
  });

  it('is tried at the next credential of the same owner, and not at the operator’s', async () => {
    const organizationId = await harness.seed.organization();
    const key = await harness.seed.key({ organizationId });
    const own = { organizationId, baseUrl: `${harness.simulator.url}/v1` };
    await harness.seed.credential({ ...own, apiKey: 'sk-wrong', priority: 1 });
    await harness.seed.credential({ ...own, priority: 2 });
    const response = await harness.ask('Hello', {}, { authorization: `Bearer ${key.secret}` });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-tollgate-attempts')).toBe('2');
    const settle = harness.gateway.log.settles().at(-1)!;
    const { target } = harness.gateway.log.dispatches().at(-1)!;
    expect(target.credentialOwner).toBe('organization');
    expect(settle.chargePicoUsd).toBe('0');
    expect(settle.costPicoUsd).toMatch(/^[1-9]/);
  });
});

describe('a stream that goes wrong', () => {
  it.each<[string, string, string]>([
    ['cut-after-chunks=5', 'upstream_error', 'broken off'],
    ['cut-after-chunks=5 cut-how=reset', 'upstream_error', 'reset'],
    ['cut-after-chunks=5 cut-how=end', 'upstream_error', 'ended without its end'],
    ['cut-after-chunks=5 cut-mid-event', 'upstream_error', 'broken off inside an event'],
    ['error-in-stream=5', 'upstream_error', 'an error event'],
    ['bad-event=5', 'upstream_error', 'an event that is no JSON'],
    ['hang-after-chunks=5', 'upstream_timeout', 'silence'],
  ])('[G4] [I10] ends with one error event and is settled by our own count: %s', async (controls, code) => {
    const response = await harness.ask(`[[sim tokens=40 ${controls}]] Hello`, { stream: true });
    const events = (await response.text()).trimEnd().split('\n\n');
    expect(response.status).toBe(200);
    const last = JSON.parse(events.at(-1)!.slice('data: '.length)) as ErrorAnswer;
    expect(last.error.tollgate.code).toBe(code);
    expect(events.filter((event) => event.includes('"error"'))).toHaveLength(1);
    expect(events).not.toContain('data: [DONE]');
    const settle = harness.gateway.log.settles().at(-1)!;
    expect(settle).toMatchObject({
      status: 'failed',
      errorCode: code,
      usageSource: 'counted',
      estimated: true,
    });
    expect(settle.usage.inputTokens).toBeGreaterThan(0);
    expect(settle.usage.outputTokens).toBeGreaterThan(0);
    expect(settle.costPicoUsd).toMatch(/^[1-9]/);
  });

  it('is complete without [DONE] when its finish reason has come, and still ends with it', async () => {
    const response = await harness.ask('[[sim no-done]] Hello', { stream: true });
    expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/);
    expect(harness.gateway.log.settles().at(-1)).toMatchObject({
      status: 'succeeded',
      usageSource: 'provider',
    });
  });

  it.each(['bad-usage=negative', 'bad-usage=text', 'bad-usage=huge', 'bad-usage=null', 'no-usage'])(
    'whose usage is nonsense is settled by our own count: %s',
    async (controls) => {
      for (const stream of [false, true]) {
        await (await harness.ask(`[[sim ${controls}]] Hello`, { stream })).text();
        const settle = harness.gateway.log.settles().at(-1)!;
        expect(settle).toMatchObject({ status: 'succeeded', usageSource: 'counted', estimated: true });
        expect(settle.usage.outputTokens).toBeGreaterThan(0);
      }
    },
  );

  it.each(['usage-twice', 'usage-first'])(
    'whose usage comes oddly is billed once, in full: %s',
    async (controls) => {
      const reference = await (
        await harness.ask(`[[sim tokens=24 ref=${controls}]] Hello`, { stream: true })
      ).text();
      await (
        await harness.ask(`[[sim tokens=24 ${controls} ref=${controls}]] Hello`, { stream: true })
      ).text();
      expect(reference).toContain('[DONE]');
      expect(harness.gateway.log.settles().at(-1)?.usage.outputTokens).toBe(24);
    },
  );

  it('that is no stream, or is compressed, is a failure of the provider', async () => {
    const organizationId = await harness.seed.organization();
    const key = await harness.seed.key({ organizationId });
    await harness.seed.credential({ organizationId, baseUrl: `${rogueOrigin}/v1` });
    for (const stream of [false, true]) {
      const response = await harness.ask('Hello', { stream }, { authorization: `Bearer ${key.secret}` });
      expect(response.status).toBe(502);
      expect(((await response.json()) as ErrorAnswer).error.code).toBe('upstream_error');
    }
  });

  it('leaves nothing behind for the next request when a provider writes past its end', async () => {
    for (let round = 0; round < 3; round += 1) {
      const text = await (await harness.ask('[[sim extra-bytes=200 echo]] first')).text();
      expect(text).toContain('first');
      expect((await (await harness.ask('[[sim echo]] second')).json()) as object).toMatchObject({
        object: 'chat.completion',
      });
    }
  });
});

describe('time-outs', () => {
  it('bound the wait for the first event of a stream and for a whole answer', async () => {
    for (const [stream, headers] of [
      [true, {}],
      [false, { 'x-tollgate-timeout-ms': '600' }],
      [false, { 'x-stainless-timeout': '1' }],
    ] as const) {
      const startedMs = performance.now();
      const response = await harness.ask('[[sim hang]] Hello', { stream }, headers);
      expect(response.status).toBe(504);
      expect(((await response.json()) as ErrorAnswer).error.code).toBe('upstream_timeout');
      // Without these bounds it is a minute.
      expect(performance.now() - startedMs).toBeLessThan(20_000);
      expect(harness.gateway.log.settles().at(-1)).toMatchObject({ usageSource: 'counted', estimated: true });
    }
  });

  it('[M1] release an attempt whose connection was never made', async () => {
    const organizationId = await harness.seed.organization();
    const key = await harness.seed.key({ organizationId });
    const proxy = await startFaultProxy({ target: harness.simulator.url, mode: { kind: 'reset' } });
    await proxy.stop();
    await harness.seed.credential({ organizationId, baseUrl: `http://127.0.0.1:${proxy.port}/v1` });
    const response = await harness.ask('Hello', {}, { authorization: `Bearer ${key.secret}` });
    expect(response.status).toBe(503);
    // Loopback is private, and this origin was not allowed: refused before anything is sent.
    expect(harness.gateway.log.settles().at(-1)).toMatchObject({ usageSource: 'none', costPicoUsd: '0' });
  });

  it('[X4] do not apply to private addresses: those are refused unless the operator allows the origin', async () => {
    const organizationId = await harness.seed.organization();
    const key = await harness.seed.key({ organizationId });
    const proxy = await startFaultProxy({ target: harness.simulator.url });
    await harness.seed.credential({ organizationId, baseUrl: `http://127.0.0.1:${proxy.port}/v1` });
    const response = await harness.ask('Hello', {}, { authorization: `Bearer ${key.secret}` });
    expect(response.status).toBe(503);
    expect(((await response.json()) as ErrorAnswer).error.message).toContain('private');
    const truth = await harness.simulator.truth!.read();
    expect(truth.at(-1)?.bodySha256).not.toBe('');
    await proxy.stop();
  });
});

describe('a client that goes away', () => {
  it('[M8] closes the upstream of its stream within 100 ms, and is billed for what was produced', async () => {
    const client = new OpenAI({ baseURL: harness.gateway.baseUrl, apiKey: harness.key.secret });
    const closedAfterMs = async (turn: number): Promise<number> => {
      const before = harness.gateway.log.settles().length;
      const abort = new AbortController();
      const content = `[[sim tokens=2000 interval=10 ref=gone-${turn}]] Hello`;
      const stream = await client.chat.completions.create(
        { model: 'sim-small', stream: true, messages: [{ role: 'user', content }] },
        { signal: abort.signal },
      );
      let chunks = 0;
      try {
        for await (const _ of stream) {
          chunks += 1;
          if (chunks === 10) break;
        }
      } finally {
        abort.abort();
      }
      const abortedAt = Date.now();
      await harness.simulator.truth!.whenSettled();
      const record = (await harness.simulator.truth!.read()).find(({ ref }) => ref === `gone-${turn}`)!;
      expect(record.outcome).toBe('client_abort');
      await waitFor(() => harness.gateway.log.settles().length > before);
      const settle = harness.gateway.log.settles().at(-1)!;
      expect(settle).toMatchObject({
        status: 'aborted',
        errorCode: 'client_closed',
        usageSource: 'counted',
        estimated: true,
      });
      const produced = record.billed.completionTokens;
      expect(Math.abs(settle.usage.outputTokens - produced)).toBeLessThanOrEqual(Math.max(3, produced * 0.5));
      const request = harness.gateway.log.frames.findLast(({ kind }) => kind === 'request');
      expect(request).toMatchObject({ status: 499 });
      return Date.parse(record.closedAt!) - abortedAt;
    };
    expect(await medianMs(closedAfterMs)).toBeLessThan(100);
  });

  it('[M8] does not stop a whole answer, whose usage is then known', async () => {
    const abort = new AbortController();
    const asking = fetch(`${harness.gateway.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${harness.key.secret}` },
      body: JSON.stringify({
        model: 'sim-small',
        messages: [{ role: 'user', content: '[[sim latency=4000 tokens=33 ref=drained]] Hello' }],
      }),
      signal: abort.signal,
    });
    const before = harness.gateway.log.settles().length;
    await waitFor(() => harness.gateway.log.dispatches().length > before);
    await delay(50);
    abort.abort();
    await expect(asking).rejects.toThrow();
    await waitFor(() => harness.gateway.log.settles().length > before);
    const settle = harness.gateway.log.settles().at(-1)!;
    expect(settle).toMatchObject({ status: 'succeeded', usageSource: 'provider', estimated: false });
    expect(settle.usage.outputTokens).toBe(33);
    expect(harness.gateway.log.frames.at(-1)).toMatchObject({ kind: 'request', status: 499 });
  });
});

describe('the books', () => {
  it('[M1] have exactly one settlement for every dispatch of this file', async () => {
    await waitFor(() => harness.gateway.log.settles().length === harness.gateway.log.dispatches().length);
    const keys = harness.gateway.log.settles().map(({ requestId, attempt }) => `${requestId} ${attempt}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('refuse new paid requests while they cannot be written, and say when to come back', async () => {
    harness.gateway.log.writable = false;
    const response = await harness.ask('Hello');
    harness.gateway.log.writable = true;
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
  });
});
