/** What requests said and got, for an organization that keeps it: what is kept, what is not, and that nothing else changes. */
import { type Database, openDatabase } from '@tollgate/db';
import { createLogger } from '@tollgate/logging';
import { findPayload, MAX_BODY_BYTES, PayloadKeeper } from '@tollgate/payloads';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './testing/harness.ts';
import { TEST_ENCRYPTION_KEYS } from './testing/seed.ts';
import { startTestGateway } from './testing/start-test-gateway.ts';

let harness: Harness;
/** Under the gateway's own role. */
let written: Database;
let reader: Database;
let keeper: PayloadKeeper;
/** Of an organization that keeps payloads; the harness's own does not. */
let keeping: { readonly organizationId: string; readonly secret: string };

beforeAll(async () => {
  harness = await startHarness({
    gateway: {
      // Made once the database is there.
      payloads: { keep: (...record) => keeper.keep(...record) },
    },
  });
  const { urls } = harness.database;
  written = openDatabase({ url: urls.gateway, applicationName: 'payloads' });
  reader = openDatabase({ url: urls.console, applicationName: 'reader' });
  keeper = new PayloadKeeper({
    database: written,
    encryptionKeys: TEST_ENCRYPTION_KEYS,
    logger: createLogger({ name: 'payloads' }),
    intervalMs: 50,
  });
  const organizationId = await harness.seed.organization({ payloadRetentionDays: 7 });
  await harness.seed.credential({
    organizationId,
    provider: 'openai',
    baseUrl: `${harness.simulator.url}/v1`,
    models: ['sim-speech'],
  });
  keeping = await harness.seed.key({ organizationId });
});
afterAll(async () => {
  await keeper?.close();
  await Promise.all([written?.close(), reader?.close()]);
  await harness?.close();
});

const idOf = (response: Response) => response.headers.get('x-tollgate-request-id') ?? '';

function find(requestId: string, { organizationId } = keeping) {
  return reader.tenant(organizationId, (tx) =>
    findPayload(tx, TEST_ENCRYPTION_KEYS, { organizationId, requestId }, Date.now()),
  );
}

const kept = (requestId: string) => waitFor(() => find(requestId), { description: 'the payload' });

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${harness.gateway.origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keeping.secret}`, 'content-type': 'application/json', ...headers },
    body,
  });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

const chat = (content: string, more: object = {}) =>
  JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content }], ...more });

/** What is asked after it was asked before: when the later one is there, the earlier one would be. */
async function isNotKept(requestId: string): Promise<void> {
  const later = await post('/v1/chat/completions', chat('later'));
  await kept(idOf(later.response));
  expect(await find(requestId)).toBeUndefined();
}

describe('kept are', () => {
  it('a request and its answer, byte for byte as the client has them', async () => {
    const body = chat('Grüße, 世界 👋');
    const { response, bytes } = await post('/v1/chat/completions', body);
    const payload = await kept(idOf(response));
    expect(payload.request).toEqual({
      contentType: 'application/json',
      text: body,
      bytes: Buffer.byteLength(body),
      isCut: false,
    });
    expect(payload.response).toEqual({
      contentType: response.headers.get('content-type'),
      text: bytes.toString(),
      bytes: bytes.length,
      isCut: false,
    });
    expect(payload.keptUntil.getTime()).toBeGreaterThan(Date.now() + 6.9 * 86_400_000);
  });

  it.each([
    ['OpenAI', '/v1/chat/completions', chat('ä', { stream: true })],
    ['Anthropic', '/v1/messages', chat('ä', { stream: true, max_tokens: 50 })],
    [
      'Gemini',
      '/v1beta/models/sim-small:streamGenerateContent?alt=sse',
      '{"contents":[{"parts":[{"text":"ä"}]}]}',
    ],
  ])('a stream in the words of %s, to its last event', async (_dialect, path, body) => {
    const { response, bytes } = await post(path, body);
    expect(response.status).toBe(200);
    const payload = await kept(idOf(response));
    expect(payload.response).toMatchObject({ text: bytes.toString(), bytes: bytes.length, isCut: false });
    expect(payload.response?.contentType).toContain('text/event-stream');
  });

  it('what was refused, with the refusal: a model that is not there, a body that is no JSON', async () => {
    for (const body of [JSON.stringify({ model: 'gone', messages: [] }), '{"model": ']) {
      const { response, bytes } = await post('/v1/chat/completions', body);
      expect(response.status).toBeGreaterThanOrEqual(400);
      const payload = await kept(idOf(response));
      expect(payload.request?.text).toBe(body);
      expect(payload.response?.text).toBe(bytes.toString());
    }
  });

  it.each([-1, 0, 1])(
    'of a body of the limit and %i bytes no more than the limit, and it says so',
    async (more) => {
      const empty = chat('').length;
      const body = chat('x'.repeat(MAX_BODY_BYTES + more - empty));
      expect(body.length).toBe(MAX_BODY_BYTES + more);
      const { response } = await post('/v1/chat/completions', body);
      const { request } = await kept(idOf(response));
      expect(request).toMatchObject({ bytes: MAX_BODY_BYTES + more, isCut: more > 0 });
      expect(request?.text).toBe(body.slice(0, MAX_BODY_BYTES));
    },
  );

  it('JSON also where its caller calls it something else, as curl does', async () => {
    const { response } = await post('/v1/chat/completions', chat('Hello'), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(response.status).toBe(200);
    expect((await kept(idOf(response))).request?.text).toBe(chat('Hello'));
  });

  it('of a stream whose client went away what it was given, and no last words', async () => {
    const controller = new AbortController();
    const response = await fetch(`${harness.gateway.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keeping.secret}`, 'content-type': 'application/json' },
      body: chat('[[sim tokens=500 interval=20]] Hello', { stream: true, max_completion_tokens: 500 }),
      signal: controller.signal,
    });
    const bytesOf = response.body!.getReader();
    const { value } = await bytesOf.read();
    controller.abort();
    await bytesOf.closed.catch(() => undefined);
    const { response: answered } = await kept(idOf(response));
    expect(answered?.text.startsWith(Buffer.from(value!).toString())).toBe(true);
    expect(answered?.text).not.toContain('[DONE]');
  });

  it('of a stream that is too large for what the gateway may hold its beginning, and the client has all of it', async () => {
    const narrow = await startTestGateway({
      databaseUrl: harness.database.urls.gateway,
      allowedPrivateOrigins: [harness.simulator.url],
      payloads: { keep: (...record) => keeper.keep(...record) },
      limits: { maxBufferedBytes: 40 * 1_024 },
    });
    const response = await fetch(`${narrow.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keeping.secret}`, 'content-type': 'application/json' },
      body: chat('[[sim tokens=400]] Hello', { stream: true, max_completion_tokens: 400 }),
    });
    const text = await response.text();
    expect(text.length).toBeGreaterThan(40 * 1_024);
    expect(text).toContain('[DONE]');
    const { response: answered } = await kept(idOf(response));
    expect(answered).toMatchObject({ bytes: text.length, isCut: true });
    expect(answered!.text.length).toBeLessThanOrEqual(40 * 1_024);
    expect(text.startsWith(answered!.text)).toBe(true);
    await narrow.close();
  });

  it('of speech the words that were asked for, and not the sound', async () => {
    const body = JSON.stringify({ model: 'openai/sim-speech', input: 'Hello', voice: 'alloy' });
    const { response } = await post('/v1/audio/speech', body);
    expect(response.status).toBe(200);
    expect(await kept(idOf(response))).toMatchObject({ request: { text: body }, response: null });
  });
});

describe('not kept is', () => {
  it('anything of an organization that did not ask for it', async () => {
    const response = await harness.ask('Hello');
    expect(response.status).toBe(200);
    await isNotKept(idOf(response));
    const { organizationId } = harness.key;
    const rows = await reader.tenant(organizationId, (tx) =>
      tx.requestPayload.count({ where: { organizationId } }),
    );
    expect(rows).toBe(0);
  });

  it('a request that says so; what else it says there is refused by name', async () => {
    const { response } = await post('/v1/chat/completions', chat('secret'), { 'x-tollgate-payload': 'omit' });
    expect(response.status).toBe(200);
    await isNotKept(idOf(response));
    const refused = await post('/v1/chat/completions', chat('secret'), { 'x-tollgate-payload': 'never' });
    expect(refused.response.status).toBe(400);
    expect(refused.bytes.toString()).toContain('x-tollgate-payload');
    await isNotKept(idOf(refused.response));
  });

  it('[X2] any key: neither the caller’s nor the provider’s', async () => {
    const { response } = await post('/v1/chat/completions', chat('Hello'));
    const text = JSON.stringify(await kept(idOf(response)));
    expect(text).not.toContain(keeping.secret);
    expect(text).not.toContain('sk-simulator');
  });
});

it('an organization that says so from now on is heard within seconds, and no more is kept once it takes that back', async () => {
  const { organizationId } = keeping;
  const set = async (payloadRetentionDays: number) => {
    await reader.tenant(organizationId, (tx) =>
      tx.organization.update({
        where: { id: organizationId },
        data: { payloadRetentionDays },
        select: { id: true },
      }),
    );
    await harness.seed.changed(organizationId, 'organization-changed', organizationId);
  };
  const countRows = () =>
    reader.tenant(organizationId, (tx) => tx.requestPayload.count({ where: { organizationId } }));
  await set(0);
  const { response } = await post('/v1/chat/completions', chat('Hello'));
  expect(await find(idOf(response)), 'what is there is read by nobody').toBeUndefined();
  await waitFor(
    async () => {
      const before = await countRows();
      await post('/v1/chat/completions', chat('Hello'));
      await keeper.whenBrought();
      return (await countRows()) === before;
    },
    { description: 'nothing being kept any more' },
  );
  await set(7);
  await waitFor(
    async () => {
      const asked = await post('/v1/chat/completions', chat('Hello'));
      await keeper.whenBrought();
      return (await find(idOf(asked.response))) !== undefined;
    },
    { description: 'payloads being kept again' },
  );
});
