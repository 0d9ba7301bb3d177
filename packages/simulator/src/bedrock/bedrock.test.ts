import { Sha256 } from '@aws-crypto/sha256-js';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant', seed: 7 });
});
afterAll(() => simulator.close());

async function ask(
  path: string,
  body: object,
  change: (headers: Record<string, string>) => object = (h) => h,
) {
  const { accessKeyId, secretAccessKey, region } = simulator.aws;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service: 'bedrock',
    sha256: Sha256,
  });
  const text = JSON.stringify(body);
  const host = new URL(simulator.url).host;
  const signed = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname: '127.0.0.1',
    path,
    headers: { host, 'content-type': 'application/json' },
    body: text,
  });
  const { host: _, ...headers } = signed.headers;
  return fetch(`${simulator.url}${path}`, { method: 'POST', headers: { ...change(headers) }, body: text });
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text),
);

async function framesOf(response: Response) {
  const bytes = Buffer.from(await response.arrayBuffer());
  const frames: { type: unknown; data: Record<string, unknown> }[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    const { headers, body } = codec.decode(bytes.subarray(at, at + bytes.readUInt32BE(at)));
    const type = headers[':event-type'] ?? headers[':exception-type'];
    frames.push({ type: type?.value, data: JSON.parse(Buffer.from(body).toString()) });
  }
  return frames;
}

interface Conversed {
  readonly output: {
    readonly message: { readonly content: readonly { readonly toolUse?: { toolUseId: string } }[] };
  };
}

const MODEL = '/model/us.anthropic.sim-claude-v1%3A0';
const TOOL_CONFIG = {
  tools: [
    {
      toolSpec: {
        name: 'get_weather',
        inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } } } },
      },
    },
  ],
};
const THINKING = { thinking: { type: 'enabled', budget_tokens: 1024 } };

function bodyOf(text: string, more: object = {}) {
  return { messages: [{ role: 'user', content: [{ text }] }], ...more };
}

describe('signatures', () => {
  it('are accepted when right, a colon in the model id included', async () => {
    expect((await ask(`${MODEL}/converse`, bodyOf('Hello'))).status).toBe(200);
  });

  it.each([
    [
      'another body was signed',
      (h: Record<string, string>) => ({ ...h, 'x-amz-content-sha256': 'x' }),
      'InvalidSig',
    ],
    [
      'the signature is another',
      (h: Record<string, string>) => ({
        ...h,
        authorization: h.authorization?.replace(/.{8}$/, '00000000') ?? '',
      }),
      'InvalidSig',
    ],
    [
      'the key is unknown',
      (h: Record<string, string>) => ({
        ...h,
        authorization: h.authorization?.replace('AKIA', 'AKIB') ?? '',
      }),
      'UnrecognizedClient',
    ],
    ['there is none', () => ({}), 'MissingAuthenticationToken'],
  ])('are refused when %s', async (_name, change, exception) => {
    const response = await ask(`${MODEL}/converse`, bodyOf('Hello'), change);
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toContain(exception);
    expect(await response.json()).toEqual({ message: expect.any(String) });
  });
});

describe('converse', () => {
  it('has content, stop reason and usage without the cache in its input', async () => {
    const mark = '[[sim tokens=5 input-tokens=100 cached-tokens=30 cache-write-tokens=20]]';
    const body = await (await ask(`${MODEL}/converse`, bodyOf(mark))).json();
    expect(body).toMatchObject({
      output: { message: { role: 'assistant', content: [{ text: expect.any(String) }] } },
      stopReason: 'end_turn',
      usage: {
        inputTokens: 50,
        outputTokens: 5,
        cacheReadInputTokens: 30,
        cacheWriteInputTokens: 20,
        totalTokens: 105,
      },
    });
  });

  it('thinks, calls and takes both back with the signature only', async () => {
    const more = { toolConfig: TOOL_CONFIG, additionalModelRequestFields: THINKING };
    const first = (await (await ask(`${MODEL}/converse`, bodyOf('Weather?', more))).json()) as Conversed;
    const [thought = {}, call = {}] = first.output.message.content;
    const { content } = first.output.message;
    expect(content).toHaveLength(2);
    const result = { toolUseId: call.toolUse?.toolUseId, content: [{ json: { sky: 'clear' } }] };
    const turn = (given: object) => ({
      ...more,
      messages: [
        { role: 'user', content: [{ text: 'Weather?' }] },
        { role: 'assistant', content: [given, call] },
        { role: 'user', content: [{ toolResult: result }] },
      ],
    });
    expect((await ask(`${MODEL}/converse`, turn(thought))).status).toBe(200);
    const altered = { reasoningContent: { reasoningText: { text: 'other', signature: 'AAAA' } } };
    const refused = await ask(`${MODEL}/converse`, turn(altered));
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('Invalid `signature`');
  });

  it('streams frames whose checksums an AWS library accepts', async () => {
    const response = await ask(`${MODEL}/converse-stream`, bodyOf('[[sim awkward tokens=9]]'));
    expect(response.headers.get('content-type')).toBe('application/vnd.amazon.eventstream');
    const frames = await framesOf(response);
    expect(frames.map(({ type }) => type)).toEqual([
      'messageStart',
      ...Array.from({ length: 9 }, () => 'contentBlockDelta'),
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(frames.at(-1)?.data.usage).toMatchObject({ outputTokens: 9 });
  });

  it('ends a broken stream with an exception', async () => {
    const response = await ask(`${MODEL}/converse-stream`, bodyOf('[[sim tokens=9 error-in-stream=2]]'));
    expect((await framesOf(response)).at(-1)?.type).toBe('modelStreamErrorException');
  });

  it.each([
    ['[[sim error=rate-limit]]', 429, 'ThrottlingException'],
    ['[[sim error=unavailable]]', 503, 'ServiceUnavailableException'],
    ['[[sim error=permission]]', 403, 'AccessDeniedException'],
  ])('%s is %i %s', async (mark, status, exception) => {
    const response = await ask(`${MODEL}/converse`, bodyOf(mark));
    expect(response.status).toBe(status);
    expect(response.headers.get('x-amzn-errortype')).toContain(exception);
  });
});

describe('invoke', () => {
  const messages = [{ role: 'user', content: 'Hello' }];
  const body = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 100, messages };

  it('answers with a message, and streams events of Anthropic in chunks', async () => {
    const plain = await (await ask(`${MODEL}/invoke`, body)).json();
    expect(plain).toMatchObject({ type: 'message', stop_reason: 'end_turn' });
    const frames = await framesOf(await ask(`${MODEL}/invoke-with-response-stream`, body));
    const events = frames.map(({ data }) => JSON.parse(Buffer.from(String(data.bytes), 'base64').toString()));
    expect(events[0]).toMatchObject({ type: 'message_start' });
    expect(events.at(-1)).toMatchObject({
      type: 'message_stop',
      'amazon-bedrock-invocationMetrics': { outputTokenCount: expect.any(Number) },
    });
  });

  it.each([{ model: 'x' }, { stream: true }, { anthropic_version: undefined }])(
    'refuses %j',
    async (more) => {
      expect((await ask(`${MODEL}/invoke`, { ...body, ...more })).status).toBe(400);
    },
  );
});
