import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from './start-simulator.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant' });
  client = new OpenAI({ apiKey: simulator.apiKey, baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

function create(more: object, options: OpenAI.RequestOptions = {}) {
  const body = { model: 'sim-small', messages: [{ role: 'user' as const, content: 'Hello' }], ...more };
  return client.chat.completions.create(body as OpenAI.ChatCompletionCreateParamsNonStreaming, options);
}

describe('errors by control', () => {
  it.each([
    [400, OpenAI.BadRequestError, 'invalid_request_error', null],
    [401, OpenAI.AuthenticationError, 'invalid_request_error', 'invalid_api_key'],
    [403, OpenAI.PermissionDeniedError, 'invalid_request_error', 'unsupported_country_region_territory'],
    [404, OpenAI.NotFoundError, 'invalid_request_error', 'model_not_found'],
    [429, OpenAI.RateLimitError, 'requests', 'rate_limit_exceeded'],
    [500, OpenAI.InternalServerError, 'server_error', null],
    [503, OpenAI.InternalServerError, 'server_error', null],
  ])(
    '%i arrives as the class the SDK has for it, by header, model name and message',
    async (status, kind, type, code) => {
      const tries = [
        create({}, { headers: { 'x-sim-status': String(status) } }),
        create({ model: `sim-small:status=${status}` }),
        create({ messages: [{ role: 'system', content: `[[sim status=${status}]]` }] }),
      ];
      for (const outcome of await Promise.allSettled(tries)) {
        const error: unknown = outcome.status === 'rejected' ? outcome.reason : null;
        expect(error).toBeInstanceOf(kind);
        expect(error).toMatchObject({ status, type, code, requestID: expect.stringMatching(/^req_/) });
      }
    },
  );

  it('429 says when to come back, in the words that were asked for', async () => {
    const headers = { 'x-sim-status': '429', 'x-sim-retry-after': '7', 'x-sim-code': 'insufficient_quota' };
    const error: unknown = await create({}, { headers }).catch((reason: unknown) => reason);
    if (!(error instanceof OpenAI.RateLimitError)) throw new Error('expected a rate limit error');
    expect(error.headers?.get('retry-after')).toBe('7');
    expect(error.headers?.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(error.type).toBe('insufficient_quota');
  });

  it('fails the first N tries of a nonce and then answers', async () => {
    const headers = { 'x-sim-fail-times': '2', 'x-sim-nonce': 'n1', 'x-sim-status': '503' };
    await expect(create({}, { headers })).rejects.toMatchObject({ status: 503 });
    await expect(create({}, { headers })).rejects.toMatchObject({ status: 503 });
    expect((await create({}, { headers })).object).toBe('chat.completion');
    const retried = await create(
      { messages: [{ role: 'user', content: '[[sim fail-times=1]]' }] },
      { maxRetries: 1 },
    );
    expect(retried.object).toBe('chat.completion');
  });

  it('obeys a standing behaviour until it is taken back', async () => {
    simulator.behave({ status: 503 });
    await expect(create({})).rejects.toMatchObject({ status: 503 });
    expect((await create({}, { headers: { 'x-sim-status': '0' } })).object).toBe('chat.completion');
    const url = `${simulator.url}/behaviour`;
    const headers = { authorization: `Bearer ${simulator.apiKey}` };
    const changed = await fetch(url, { method: 'PUT', headers, body: '{"tokens": 3}' });
    expect(await changed.json()).toEqual({ tokens: 3 });
    expect((await create({})).usage?.completion_tokens).toBe(3);
    expect((await fetch(url, { method: 'PUT', headers, body: '{"token": 3}' })).status).toBe(400);
    await fetch(url, { method: 'DELETE', headers });
    expect((await create({})).object).toBe('chat.completion');
  });

  it('refuses a misspelt control', async () => {
    const error = { status: 400, code: 'simulator_control' };
    await expect(create({}, { headers: { 'x-sim-statuss': '500' } })).rejects.toMatchObject(error);
  });
});

describe('errors of the request', () => {
  it('refuses a wrong key and repeats it with its middle starred out', async () => {
    const wrong = new OpenAI({
      apiKey: 'sk-invalid-and-quite-long-key',
      baseURL: `${simulator.url}/v1`,
      maxRetries: 0,
    });
    const error = {
      status: 401,
      code: 'invalid_api_key',
      message: expect.stringContaining('sk-inval*****************-key'),
    };
    await expect(wrong.models.list()).rejects.toMatchObject(error);
    const call = wrong.chat.completions.create({ model: 'sim-small', messages: [] });
    await expect(call).rejects.toMatchObject(error);
  });

  it('refuses a request without a key', async () => {
    const response = await fetch(`${simulator.url}/v1/models`);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="OpenAI API"');
  });

  it.each([
    ['an unknown model', { model: 'gpt-none' }, 404, null, 'model_not_found'],
    ['no messages', { messages: [] }, 400, 'messages', 'empty_array'],
    ['a temperature above 2', { temperature: 99 }, 400, 'temperature', 'decimal_above_max_value'],
    ['max_tokens of 0', { max_tokens: 0 }, 400, 'max_tokens', 'integer_below_min_value'],
    ['an unknown parameter', { tollgate_tags: ['a'] }, 400, 'tollgate_tags', 'unknown_parameter'],
    [
      'stream_options without stream',
      { stream_options: { include_usage: true } },
      400,
      'stream_options',
      null,
    ],
    [
      'a role that is none',
      { messages: [{ role: 'robot', content: '' }] },
      400,
      'messages[0].role',
      'invalid_value',
    ],
    [
      'both token limits',
      { max_tokens: 1, max_completion_tokens: 1 },
      400,
      'max_tokens',
      'invalid_parameter_combination',
    ],
    [
      'too long a prompt',
      { model: 'sim-small:input-tokens=9000000' },
      400,
      'messages',
      'context_length_exceeded',
    ],
  ])('refuses %s', async (_name, more, status, param, code) => {
    await expect(create(more)).rejects.toMatchObject({ status, param, code, type: 'invalid_request_error' });
  });

  it('words a bound as the provider does', async () => {
    const message =
      "400 Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 99.0 instead.";
    await expect(create({ temperature: 99 })).rejects.toMatchObject({ message });
  });

  it('refuses a body that is not JSON, a body that is too large, and an unknown URL', async () => {
    const small = await startSimulator({ bodyBytesMax: 1_000 });
    try {
      const send = (path: string, body: string) =>
        fetch(`${small.url}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${small.apiKey}` },
          body,
        });
      expect((await send('/v1/chat/completions', '{"model":')).status).toBe(400);
      expect((await send('/v1/chat/completions', `"${'x'.repeat(2_000)}"`)).status).toBe(413);
      expect((await send('/v1/nothing', '{}')).status).toBe(404);
    } finally {
      await small.close();
    }
  });
});
