/** What careless and hostile clients send. Every answer is in the dialect's shape and says what was wrong. */
import { connect } from 'node:net';
import { mintKeySecret } from '@tollgate/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './testing/harness.ts';
import { startTestGateway } from './testing/start-test-gateway.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ gateway: { limits: { bodyMaxBytes: 1024 * 1024 } } });
});
afterAll(() => harness?.close());

interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
}

type Body = string | Uint8Array<ArrayBuffer>;

async function post(body: Body, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${harness.gateway.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${harness.key.secret}`,
      'content-type': 'application/json',
      ...headers,
    },
    body,
  });
}

const VALID = { model: 'sim-small', messages: [{ role: 'user', content: 'Hi' }] };

describe('bad bodies', () => {
  it.each<[string, Body, string | null]>([
    ['no body', '', null],
    ['not JSON', '{"model": "sim-small"', null],
    ['trailing text', '{"model":"sim-small"} x', null],
    ['a list', '[]', null],
    ['null', 'null', null],
    ['no model', '{"messages":[]}', 'model'],
    ['a number for a model', '{"model":1}', 'model'],
    ['an empty model', '{"model":""}', 'model'],
    ['a text for stream', JSON.stringify({ ...VALID, stream: 'yes' }), 'stream'],
    [
      'a list for stream_options',
      JSON.stringify({ ...VALID, stream: true, stream_options: [] }),
      'stream_options',
    ],
    ['a text for max_tokens', JSON.stringify({ ...VALID, max_tokens: 'many' }), 'max_tokens'],
    [
      'a negative max_completion_tokens',
      JSON.stringify({ ...VALID, max_completion_tokens: -1 }),
      'max_completion_tokens',
    ],
    ['a number for user', JSON.stringify({ ...VALID, user: 7 }), 'user'],
    ['metadata that is no map of strings', JSON.stringify({ ...VALID, metadata: { a: 1 } }), 'metadata'],
    ['two models', '{"model":"sim-small","messages":[],"model":"sim-large"}', 'model'],
    ['two models, one escaped', '{"model":"sim-small","messages":[],"mod\\u0065l":"sim-large"}', 'model'],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), null],
    ['deep nesting', `{"model":"sim-small","messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, null],
  ])('are refused as 400: %s', async (_, body, param) => {
    const response = await post(body);
    const { error } = (await response.json()) as ErrorBody;
    expect(response.status).toBe(400);
    expect(error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_request', param });
    expect(response.headers.get('x-should-retry')).toBe('false');
  });

  it('are refused as 413 before they are read when they announce themselves', async () => {
    const response = await post(new Uint8Array(50 * 1024 * 1024));
    expect(response.status).toBe(413);
    expect(((await response.json()) as ErrorBody).error.code).toBe('request_too_large');
  });

  it('are refused as 413 when they grow too large without announcing it', async () => {
    const piece = new Uint8Array(64 * 1024);
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 40; sent += 1) controller.enqueue(piece);
        controller.close();
      },
    });
    const response = await fetch(`${harness.gateway.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${harness.key.secret}` },
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
  });

  it('cannot reach object prototypes', async () => {
    const body = `{"model":"sim-small","messages":[{"role":"user","content":"Hi"}],"store":true,
      "metadata":{"__proto__":"x","constructor":"y"}}`;
    const response = await post(body, { 'x-tollgate-tags': '{"__proto__":"z"}' });
    expect(response.status).toBe(200);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('do not pass for another organization’s model names', async () => {
    const response = await post(JSON.stringify({ ...VALID, model: 'sim-smal' }));
    const { error } = (await response.json()) as ErrorBody;
    expect(response.status).toBe(404);
    expect(error).toMatchObject({ code: 'model_not_found', type: 'invalid_request_error', param: 'model' });
    expect(error.message).toContain('sim-small');
  });
});

describe('bad keys', () => {
  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['another scheme', { authorization: 'Basic abc' }],
    ['an empty bearer', { authorization: 'Bearer ' }],
    ['SQL', { authorization: "Bearer ' OR '1'='1" }],
    ['a foreign key', { authorization: 'Bearer sk-proj-abcdef' }],
    ['8 KiB', { authorization: `Bearer ${'x'.repeat(8_192)}` }],
    ['Latin-1', { authorization: 'Bearer tgk_\u00e9\u00ff' }],
    ['an invented key with a valid checksum', { authorization: `Bearer ${mintKeySecret()}` }],
    ['an invented key in x-api-key', { 'x-api-key': mintKeySecret() }],
  ])('are refused as 401: %s', async (_, headers) => {
    const response = await fetch(`${harness.gateway.baseUrl}/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify(VALID),
    });
    const { error } = (await response.json()) as ErrorBody;
    expect(response.status).toBe(401);
    expect(error).toMatchObject({ type: 'authentication_error', code: 'invalid_api_key' });
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(JSON.stringify(error)).not.toContain('tgk_1');
  });

  it.each([
    ['?key=', 'key'],
    ['?api_key=', 'api_key'],
    ['?foo=', 'any name, because its value is a key'],
  ])('in query strings are refused: %s (%s)', async (query) => {
    const response = await fetch(`${harness.gateway.baseUrl}/models${query}${harness.key.secret}`, {
      headers: { authorization: `Bearer ${harness.key.secret}` },
    });
    expect(response.status).toBe(401);
    expect(harness.gateway.logLines.join('')).not.toContain(harness.key.secret);
  });

  it('with a NUL never reach the pipeline', async () => {
    const answer = await raw(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer tgk_\0\r\ncontent-length: 0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"invalid_request_error"');
  });

  it('that invented keys cannot flood Postgres with: look-ups are shed as 503, never 401', async () => {
    const flooded = await startTestGateway({ databaseUrl: harness.database.urls.gateway });
    const ask = (secret: string): Promise<Response> =>
      fetch(`${flooded.baseUrl}/models`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await ask(harness.key.secret)).status).toBe(200);
    // At once: one after the other, a slow machine asks no faster than it may.
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(mintKeySecret())));
    const shed = answers.filter(({ status }) => status === 503);
    expect(new Set(shed.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set(['2']));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 503]));
    expect((await ask(harness.key.secret)).status).toBe(200);
    await flooded.close();
  });
});

describe('bad requests', () => {
  it.each<[string, string, number, string]>([
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['GET', '/', 404, 'not_found'],
    ['GET', '/v1//models', 404, 'not_found'],
    ['GET', '/V1/models', 404, 'not_found'],
    ['GET', '/v1/models/', 404, 'not_found'],
    ['GET', '/v1/chat/completions', 405, 'method_not_allowed'],
    ['DELETE', '/v1/models', 405, 'method_not_allowed'],
  ])('%s %s answers %i in the dialect', async (method, path, status, code) => {
    const response = await fetch(harness.gateway.origin + path, { method });
    expect(response.status).toBe(status);
    expect(((await response.json()) as ErrorBody).error).toMatchObject({
      code,
      type: 'invalid_request_error',
    });
  });

  it.each([
    ['content-length twice', 'content-length: 3\r\ncontent-length: 4\r\n\r\nabc'],
    ['length and chunks', 'content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a folded header', 'x-a: 1\r\n 2\r\n\r\n'],
    ['a header with a bare CR', 'x-a: 1\rx-b: 2\r\n\r\n'],
  ])('are refused by the parser: %s', async (_, rest) => {
    const answer = await raw(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n${rest}`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('with an unknown route or an impossible time-out are refused by name', async () => {
    for (const [name, value, status] of [
      ['x-tollgate-route', 'r', 404],
      ['x-tollgate-timeout-ms', '0', 400],
    ] as const) {
      const response = await post(JSON.stringify(VALID), { [name]: value });
      expect(response.status).toBe(status);
      expect(((await response.json()) as ErrorBody).error.param).toBe(name);
    }
  });
});

describe('scopes', () => {
  it.each<[string, Record<string, unknown>, number]>([
    ['an address list without this one', { ipAllowlist: ['10.0.0.0/8', '2001:db8::/32'] }, 403],
    ['an address list with this one', { ipAllowlist: ['127.0.0.0/8'] }, 200],
    ['an address list of nonsense', { ipAllowlist: ['everywhere'] }, 403],
    ['other endpoints', { endpoints: ['embeddings'] }, 403],
    ['this endpoint', { endpoints: ['chat.completions'] }, 200],
    ['other providers', { providers: ['openai'] }, 404],
    ['a pattern of models', { models: ['sim-*'] }, 200],
    ['an expiry in the past', { expiresAt: new Date(Date.now() - 1_000) }, 401],
  ])('of a key hold: %s', async (_, scope, status) => {
    const key = await harness.seed.key({ organizationId: harness.key.organizationId, ...scope });
    const response = await post(JSON.stringify(VALID), { authorization: `Bearer ${key.secret}` });
    expect(response.status).toBe(status);
  });
});

/** Sends bytes as they are and returns what comes back until the end. */
function raw(text: string): Promise<string> {
  const { port } = new URL(harness.gateway.origin);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.end(text, 'latin1'));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
