/** [M7] Who is served by another tier than the asked one pays its price: what every format tells about it is read. */
import { describe, expect, it } from 'vitest';
import { findProvider } from '../registry.ts';
import type { ClientFormat } from './client-format.ts';
import { readGenerateRequest } from './generate.ts';

const CLIENTS: Readonly<Record<string, object>> = {
  'openai-chat': { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
  'anthropic-messages': { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
  'gemini-generate': { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
};

const gemini = (tier?: string) => ({
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5, serviceTier: tier },
});
const openai = (tier?: string) => ({
  id: 'c',
  model: 'm',
  created: 1,
  service_tier: tier,
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});
const openaiChunk = (tier?: string) => ({
  ...openai(tier),
  choices: [{ index: 0, finish_reason: 'stop', delta: { role: 'assistant', content: 'Hello' } }],
});
const messages = (usage: object) => ({
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 2, ...usage },
});

function planFor(format: string, provider: string, stream: boolean) {
  const body = { ...CLIENTS[format], ...(format === 'gemini-generate' ? {} : { stream }) };
  const hints = format === 'gemini-generate' ? { model: 'm', stream } : undefined;
  return readGenerateRequest(format as ClientFormat, Buffer.from(JSON.stringify(body)), hints).plan({
    provider: findProvider(provider)!,
    model: 'm',
    outputCap: undefined,
    unsupported: 'usual',
    requestId: 'req_1',
    nowSeconds: 1_700_000_000,
    price: undefined,
  });
}

const wholeTier = (format: string, provider: string, answer: object) =>
  planFor(format, provider, false).readWhole(Buffer.from(JSON.stringify(answer)), 'application/json')
    ?.servedTier;

function streamedTier(format: string, provider: string, events: readonly object[]): string | undefined {
  const stream = planFor(format, provider, true).createStream('text/event-stream')!;
  for (const event of events) stream.feed(Buffer.from(`data: ${JSON.stringify(event)}\n\n`));
  stream.close();
  return stream.servedTier;
}

const TOLD = [
  ['flex', 'flex'],
  ['priority', 'priority'],
  ['standard', 'default'],
  ['invented', undefined],
  [undefined, undefined],
] as const;

describe.each(Object.keys(CLIENTS))('[M7] the tier that answers, whoever asks (%s)', (format) => {
  it.each(TOLD)('is the one that Gemini names: %s', (told, tier) => {
    expect(wholeTier(format, 'gemini', gemini(told))).toBe(tier);
    expect(streamedTier(format, 'gemini', [gemini(told)])).toBe(tier);
  });

  it.each([
    ['flex', 'flex'],
    ['priority', 'priority'],
    ['default', 'default'],
    ['scale', undefined],
  ] as const)('is the one that OpenAI names: %s', (told, tier) => {
    expect(wholeTier(format, 'openai', openai(told))).toBe(tier);
    expect(streamedTier(format, 'openai', [openaiChunk(told)])).toBe(tier);
  });

  it('is read where a stream names it, or another than it began with, at its end', () => {
    const [geminiLate, openaiLate] = [
      [gemini(), gemini('flex')],
      [openaiChunk(), openaiChunk('flex')],
    ];
    expect(streamedTier(format, 'gemini', geminiLate)).toBe('flex');
    expect(streamedTier(format, 'gemini', [gemini('priority'), gemini('standard')])).toBe('default');
    expect(streamedTier(format, 'openai', openaiLate)).toBe('flex');
    expect(streamedTier(format, 'openai', [openaiChunk('flex'), openaiChunk()])).toBe('flex');
  });

  it('is none of Anthropic’s, whose tiers cost the same', () => {
    const told = { service_tier: 'priority' };
    expect(wholeTier(format, 'anthropic', messages(told))).toBeUndefined();
    expect(
      streamedTier(format, 'anthropic', [{ type: 'message_start', message: messages(told) }]),
    ).toBeUndefined();
  });
});

describe('[M7] Anthropic’s speed', () => {
  it.each([
    ['fast', 'fast'],
    ['standard', 'default'],
    [null, undefined],
  ] as const)('is that of the answer, not of the question: %s', (speed, tier) => {
    expect(wholeTier('anthropic-messages', 'anthropic', messages({ speed }))).toBe(tier);
    const events = [
      { type: 'message_start', message: messages({ speed }) },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ];
    expect(streamedTier('anthropic-messages', 'anthropic', events)).toBe(tier);
  });
});
