import { GatewayError } from '@tollgate/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findProvider } from '../registry.ts';
import type { ClientFormat } from './client-format.ts';
import { type GenerateHints, readGenerateRequest } from './generate.ts';
import { createAwsEventBytes } from './testing/aws-event-bytes.ts';
import type { AnswerStream, UpstreamTarget } from './understood-request.ts';

const target = (provider: string, more: Partial<UpstreamTarget> = {}): UpstreamTarget => ({
  provider: findProvider(provider)!,
  model: 'the-model',
  outputCap: undefined,
  unsupported: 'usual',
  requestId: 'req_1',
  nowSeconds: 1_700_000_000,
  price: undefined,
  ...more,
});

const CHAT = { model: 'asked', stream: true, messages: [{ role: 'user', content: 'Hi' }] };
const MESSAGES = { ...CHAT, max_tokens: 50 };
const GENERATE = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] };
const RESPONSES = { model: 'asked', stream: true, input: 'Hi' };
const CLIENTS: readonly { format: ClientFormat; body: object; hints?: GenerateHints }[] = [
  { format: 'openai-chat', body: CHAT },
  { format: 'openai-responses', body: RESPONSES },
  { format: 'openai-completions', body: { model: 'asked', stream: true, prompt: 'Hi' } },
  { format: 'anthropic-messages', body: MESSAGES },
  { format: 'gemini-generate', body: GENERATE, hints: { model: 'asked', stream: true } },
  { format: 'gemini-generate', body: GENERATE, hints: { model: 'asked', stream: true, jsonArray: true } },
];

const sse = (data: unknown, event = ''): string =>
  `${event === '' ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const chunk = (delta: object, finish: string | null = null): string =>
  sse({
    id: 'c1',
    object: 'chat.completion.chunk',
    model: 'm',
    created: 1,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
const STREAMS: Readonly<Record<string, Buffer>> = {
  cerebras: Buffer.from(
    chunk({ role: 'assistant', content: 'Grüße ' }) +
      chunk({ content: '🌍' }) +
      chunk({}, 'stop') +
      sse({ id: 'c1', model: 'm', choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }) +
      sse('[DONE]'),
  ),
  anthropic: Buffer.from(
    sse(
      {
        type: 'message_start',
        message: {
          id: 'm1',
          model: 'm',
          role: 'assistant',
          content: [],
          usage: { input_tokens: 3, output_tokens: 1 },
        },
      },
      'message_start',
    ) +
      sse(
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        'content_block_start',
      ) +
      sse(
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße 🌍' } },
        'content_block_delta',
      ) +
      sse({ type: 'content_block_stop', index: 0 }, 'content_block_stop') +
      sse(
        {
          type: 'message_delta',
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: 4 },
        },
        'message_delta',
      ) +
      sse({ type: 'message_stop' }, 'message_stop'),
  ),
  google: Buffer.from(
    sse({
      candidates: [{ content: { role: 'model', parts: [{ text: 'Grüße 🌍' }] } }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1 },
    }) +
      sse({
        candidates: [{ content: { role: 'model', parts: [{ text: '!' }] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
      }),
  ),
  'amazon-bedrock': createAwsEventBytes([
    ['messageStart', { role: 'assistant' }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Grüße 🌍' } }],
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['messageStop', { stopReason: 'end_turn' }],
    ['metadata', { usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 }, metrics: { latencyMs: 1 } }],
  ]),
};
const typeOf = (provider: string): string =>
  provider === 'amazon-bedrock' ? 'application/vnd.amazon.eventstream' : 'text/event-stream';

function play(
  stream: AnswerStream,
  pieces: readonly Buffer[],
): { text: string; state: string; stream: AnswerStream } {
  let text = '';
  for (const piece of pieces) text += stream.feed(piece);
  text += stream.close();
  if (stream.state.kind === 'complete') text += stream.finish();
  return { text: Buffer.from(text, 'latin1').toString(), state: stream.state.kind, stream };
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((start, index) => bytes.subarray(start, places[index] ?? bytes.length));
}

describe.each(CLIENTS)('$format, $hints', ({ format, body, hints }) => {
  const read = () => readGenerateRequest(format, Buffer.from(JSON.stringify(body)), hints);

  it.each(Object.keys(STREAMS))(
    '[G5] gives the same answer of %s however the wire cuts it, and all of it',
    (provider) => {
      const plan = read().plan(target(provider));
      const whole = play(plan.createStream(typeOf(provider))!, [STREAMS[provider]!]);
      expect(whole.state).toBe('complete');
      expect(whole.text).toMatch(/Grüße/);
      expect(whole.text).toContain('🌍');
      expect(whole.stream.usage).toMatchObject({ inputTokens: 3, outputTokens: 4 });
      expect(whole.stream.finishReason).not.toBe('');
      if (hints?.jsonArray === true) expect(Array.isArray(JSON.parse(whole.text))).toBe(true);
      fc.assert(
        fc.property(fc.array(fc.nat(10_000), { maxLength: 20 }), (cuts) => {
          const again = play(plan.createStream(typeOf(provider))!, cut(STREAMS[provider]!, cuts));
          expect({ text: again.text, usage: again.stream.usage }).toEqual({
            text: whole.text,
            usage: whole.stream.usage,
          });
        }),
        { numRuns: 30 },
      );
    },
  );

  it.each(Object.keys(STREAMS))(
    '[G4] knows a stream of %s that was cut off, and says so in its own words',
    (provider) => {
      const bytes = STREAMS[provider]!;
      const stream = read().plan(target(provider)).createStream(typeOf(provider))!;
      const { state } = play(stream, [bytes.subarray(0, Math.floor(bytes.length / 3))]);
      expect(state).not.toBe('complete');
      const words = stream.fail(new GatewayError('upstream_error', 'It broke off.')) ?? '';
      expect(words).toContain('It broke off.');
    },
  );
});

describe('the same format on both sides', () => {
  it('keeps every byte but the model', () => {
    const text =
      '{"model":"asked","max_tokens":5, "messages":[{"role":"user","content":"\\u00e9é"}],"x":1e999}';
    const { body, translated } = readGenerateRequest('anthropic-messages', Buffer.from(text)).plan(
      target('anthropic'),
    );
    expect(body.toString()).toBe(text.replace('asked', 'the-model').replace(', "messages"', ',"messages"'));
    expect(translated).toBe(false);
  });

  it('[G7] reports what is taken out because the provider refuses it', () => {
    const body = Buffer.from(JSON.stringify({ ...CHAT, logprobs: true, user: 'me' }));
    const request = readGenerateRequest('openai-chat', body);
    const plan = request.plan(target('mistral'));
    expect(plan.unsupported).toEqual(['logprobs']);
    expect(JSON.parse(plan.body.toString())).not.toHaveProperty('stream_options');
    expect(() => request.plan(target('mistral', { unsupported: 'refuse' }))).toThrow('logprobs');
  });

  it('writes anew what has another name there', () => {
    const body = Buffer.from(JSON.stringify({ ...CHAT, seed: 7 }));
    const sent = JSON.parse(readGenerateRequest('openai-chat', body).plan(target('mistral')).body.toString());
    expect(sent).toMatchObject({ random_seed: 7, model: 'the-model' });
    expect(sent).not.toHaveProperty('seed');
  });

  it('puts the version and the betas where Claude’s hosts want them', () => {
    const request = readGenerateRequest('anthropic-messages', Buffer.from(JSON.stringify(MESSAGES)), {
      betas: ['x-2026'],
    });
    const own = request.plan(target('anthropic'));
    expect(own.headers).toEqual({ 'anthropic-beta': 'x-2026' });
    const bedrock = request.plan(target('amazon-bedrock', { model: 'anthropic.claude-x' }));
    expect(bedrock).toMatchObject({ endpoint: 'anthropic-messages', translated: false, headers: {} });
    expect(JSON.parse(bedrock.body.toString())).toMatchObject({
      anthropic_beta: ['x-2026'],
      anthropic_version: expect.any(String),
    });
    expect(JSON.parse(bedrock.body.toString())).not.toHaveProperty('stream');
  });
});

describe('another format behind', () => {
  it('carries the cap that a budget affords', () => {
    const request = readGenerateRequest('openai-chat', Buffer.from(JSON.stringify(CHAT)));
    const plan = request.plan(target('anthropic', { outputCap: 77 }));
    expect(JSON.parse(plan.body.toString())).toMatchObject({ max_tokens: 77, model: 'the-model' });
  });

  it('never reports our own members as parameters', () => {
    const body = { ...CHAT, models: ['b'], tags: ['a'], fallbacks: ['c'], provider: { only: ['anthropic'] } };
    const request = readGenerateRequest('openai-chat', Buffer.from(JSON.stringify(body)));
    expect(request.plan(target('anthropic', { unsupported: 'refuse' })).unsupported).toEqual([]);
  });

  it('shows no type and code of another dialect, and keeps message and wait', () => {
    const request = readGenerateRequest('openai-chat', Buffer.from(JSON.stringify(CHAT)));
    const error = request.plan(target('anthropic')).failure({
      status: 429,
      headers: { 'retry-after': '3' },
      body: Buffer.from('{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}'),
      secret: 'sk-ant-secret',
      provider: 'anthropic',
    });
    expect(error).toMatchObject({ code: 'upstream_rate_limited', message: 'Slow down' });
    expect(error.details).toMatchObject({ retryAfterMs: 3_000 });
    expect(error.details.upstreamType).toBeUndefined();
  });

  it('never throws for what a provider answers', () => {
    const request = readGenerateRequest('anthropic-messages', Buffer.from(JSON.stringify(MESSAGES)));
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(STREAMS)),
        fc.json(),
        fc.string(),
        (provider, json, event) => {
          const plan = request.plan(target(provider));
          plan.readWhole(Buffer.from(json), 'application/json');
          const stream = plan.createStream('text/event-stream')!;
          stream.feed(Buffer.from(`event: ${event.replaceAll(/[\r\n]/g, '')}\ndata: ${json}\n\n`));
          stream.close();
          expect(stream.usage?.outputTokens ?? 0).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

describe('the service tier that a price is looked up by', () => {
  const tierAt = (format: ClientFormat, body: object, provider: string, model = 'm'): string =>
    readGenerateRequest(format, Buffer.from(JSON.stringify(body)), {
      model: 'm',
      stream: false,
    }).serviceTierAt(findProvider(provider)!, model);

  it.each([
    ['openai-chat', { ...CHAT, service_tier: 'flex' }, 'openai', 'flex'],
    ['openai-chat', { ...CHAT, service_tier: 'priority' }, 'azure', 'priority'],
    ['openai-chat', { ...CHAT, service_tier: 'auto' }, 'openai', 'default'],
    ['openai-chat', { ...CHAT, service_tier: null }, 'openai', 'default'],
    ['openai-chat', { ...CHAT, service_tier: 'Odd Word' }, 'openai', 'other'],
    ['openai-chat', { ...CHAT, service_tier: 'flex' }, 'anthropic', 'default'],
    ['openai-chat', { ...CHAT, service_tier: 'flex' }, 'google', 'flex'],
    ['openai-chat', { ...CHAT, service_tier: 'flex' }, 'mistral', 'default'],
    ['anthropic-messages', { ...MESSAGES, service_tier: 'standard_only' }, 'anthropic', 'default'],
    ['anthropic-messages', { ...MESSAGES, speed: 'fast' }, 'anthropic', 'fast'],
    ['gemini-generate', { ...GENERATE, serviceTier: 'SERVICE_TIER_PRIORITY' }, 'google', 'priority'],
    ['openai-chat', CHAT, 'openai', 'default'],
  ] as const)('[M7] %s %j at %s is %s', (format, body, provider, tier) => {
    expect(tierAt(format, body, provider)).toBe(tier);
  });

  it('stands in the body once', () => {
    const body = '{"model":"m","messages":[],"service_tier":"flex","service_tier":"priority"}';
    expect(() => readGenerateRequest('openai-chat', Buffer.from(body))).toThrow('must appear once');
  });
});

it('[M8] a translated stream does not take the bytes of sound for text', () => {
  const request = readGenerateRequest(
    'gemini-generate',
    Buffer.from(JSON.stringify({ ...GENERATE, generationConfig: { responseModalities: ['AUDIO'] } })),
    { model: 'asked', stream: true },
  );
  const stream = request.plan(target('openai')).createStream('text/event-stream')!;
  stream.feed(Buffer.from(chunk({ role: 'assistant', audio: { id: 'a', data: 'A'.repeat(64_000) } })));
  expect(stream.hasOutput).toBe(true);
  expect(stream.outputBytes).toBeLessThan(100);
});

describe('[M7] the region that a request asks Anthropic for, which has a price of its own', () => {
  const regionAt = (provider: string, more: object) =>
    readGenerateRequest(
      'anthropic-messages',
      Buffer.from(JSON.stringify({ ...MESSAGES, ...more })),
    ).regionAt?.(findProvider(provider)!, 'claude-opus-4-6');

  it.each<[string, object, string | undefined]>([
    ['anthropic', { inference_geo: 'us' }, 'us'],
    ['anthropic', { inference_geo: 'global' }, undefined],
    ['anthropic', { inference_geo: null }, undefined],
    ['anthropic', {}, undefined],
    ['openai', { inference_geo: 'us' }, undefined],
  ])('at %s by %j', (provider, more, region) => {
    expect(regionAt(provider, more)).toBe(region);
  });
});
