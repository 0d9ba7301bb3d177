/**
 * Whatever a provider answers, the seam gives every client an answer or a failure, and a usage that is no nonsense:
 * small answers of every format, bent at random places.
 */
import { MAX_COUNT } from '@tollgate/catalog';
import { EventTooLargeError } from '@tollgate/dialects';
import { describe, expect, it } from 'vitest';
import { CLIENT_FORMATS, type ClientFormat } from '../clients/client-format.ts';
import { encodeEventStreamMessage } from '../fixtures/event-stream-frame.ts';
import type { ContentFormat, Exchange, Framing } from '../fixtures/exchange.ts';
import { planFor, streamThrough } from './through-seam.ts';

/** A small whole answer and a small stream of each format, written by hand: nothing here needs the recordings. */
const WHOLE: Readonly<Record<ContentFormat, unknown>> = {
  'openai-chat': {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: 'Hi',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
      },
    ],
    usage: {
      prompt_tokens: 3,
      completion_tokens: 4,
      total_tokens: 7,
      prompt_tokens_details: { cached_tokens: 1 },
    },
  },
  'openai-responses': {
    id: 'r',
    object: 'response',
    created_at: 1,
    status: 'completed',
    model: 'm',
    output: [
      {
        type: 'message',
        id: 'x',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
      },
      { type: 'function_call', id: 'y', call_id: 'a', name: 'f', arguments: '{}' },
    ],
    usage: {
      input_tokens: 3,
      output_tokens: 4,
      total_tokens: 7,
      input_tokens_details: { cached_tokens: 1 },
      output_tokens_details: { reasoning_tokens: 1 },
    },
  },
  'anthropic-messages': {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'm',
    stop_reason: 'tool_use',
    stop_sequence: null,
    content: [
      { type: 'thinking', thinking: 'h', signature: 's' },
      { type: 'text', text: 'Hi' },
      { type: 'tool_use', id: 'a', name: 'f', input: {} },
    ],
    usage: { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: 1, cache_creation_input_tokens: 2 },
  },
  'gemini-generate': {
    candidates: [
      {
        index: 0,
        finishReason: 'STOP',
        content: { role: 'model', parts: [{ text: 'Hi' }, { functionCall: { name: 'f', args: {} } }] },
      },
    ],
    usageMetadata: {
      promptTokenCount: 3,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 1,
      totalTokenCount: 8,
    },
    modelVersion: 'm',
    responseId: 'r',
  },
  'bedrock-converse': {
    output: {
      message: {
        role: 'assistant',
        content: [{ text: 'Hi' }, { toolUse: { toolUseId: 'a', name: 'f', input: {} } }],
      },
    },
    stopReason: 'tool_use',
    usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7, cacheReadInputTokens: 1 },
    metrics: { latencyMs: 1 },
  },
  'cohere-chat': {
    id: 'c',
    finish_reason: 'TOOL_CALL',
    message: {
      role: 'assistant',
      content: [{ type: 'text', text: 'Hi' }],
      tool_plan: 'p',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    usage: {
      billed_units: { input_tokens: 3, output_tokens: 4 },
      tokens: { input_tokens: 9, output_tokens: 9 },
    },
  },
};
const STREAMED: Readonly<Record<ContentFormat, readonly unknown[]>> = {
  'openai-chat': [
    {
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [
        {
          index: 0,
          delta: {
            role: 'assistant',
            content: 'Hi',
            tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
        },
      ],
    },
    {
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }],
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    },
  ],
  'openai-responses': [
    {
      type: 'response.created',
      sequence_number: 0,
      response: { id: 'r', model: 'm', created_at: 1, output: [] },
    },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { type: 'message', id: 'x', role: 'assistant', content: [] },
    },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, item_id: 'x', delta: 'Hi' },
    { type: 'response.completed', response: WHOLE['openai-responses'] },
  ],
  'anthropic-messages': [
    {
      type: 'message_start',
      message: {
        id: 'm',
        model: 'm',
        role: 'assistant',
        content: [],
        usage: { input_tokens: 3, output_tokens: 1 },
      },
    },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'a', name: 'f', input: {} },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 4 } },
    { type: 'message_stop' },
  ],
  'gemini-generate': [WHOLE['gemini-generate'], WHOLE['gemini-generate']],
  'bedrock-converse': [
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hi' } } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    { messageStop: { stopReason: 'end_turn' } },
    { metadata: { usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } } },
  ],
  'cohere-chat': [
    { type: 'message-start', id: 'c', delta: { message: { role: 'assistant' } } },
    { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
    { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hi' } } } },
    { type: 'content-end', index: 0 },
    {
      type: 'message-end',
      delta: { finish_reason: 'COMPLETE', usage: { billed_units: { input_tokens: 3, output_tokens: 4 } } },
    },
  ],
};
const FORMATS = Object.keys(WHOLE) as ContentFormat[];
const HOSTILE = [
  'null',
  '-1',
  '1e300',
  '"x"',
  '[]',
  '{}',
  'true',
  '0.5',
  '{"a":{"b":[null]}}',
  '"\ud83d"',
  '9007199254740993',
  '-9007199254740993',
];

/** The same in every run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** JSON text with one value replaced, one member gone, or one member twice. */
function bend(text: string, random: () => number): string {
  const places = [...text.matchAll(/"[\w-]+":/g)];
  const place = places[Math.floor(random() * places.length)]!;
  const valueAt = place.index + place[0].length;
  const end = endOfValue(text, valueAt);
  const hostile = HOSTILE[Math.floor(random() * HOSTILE.length)]!;
  const how = random();
  if (how < 0.6) return text.slice(0, valueAt) + hostile + text.slice(end);
  if (how < 0.8) return `${text.slice(0, place.index)}${place[0]}${hostile},${text.slice(place.index)}`;
  return `${text.slice(0, place.index)}"gone":0${text.slice(end)}`;
}

function endOfValue(text: string, from: number): number {
  for (let end = from + 1; end <= text.length; end += 1) {
    if (/[,}\]]/.test(text[end] ?? ',') && isJson(text.slice(from, end))) return end;
  }
  return text.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function exchangeOf(format: ContentFormat, framing: Framing, body: Buffer): Exchange {
  return {
    id: format,
    file: '',
    provider: '',
    api: '',
    source: '',
    nature: '',
    features: [],
    request: undefined,
    status: 200,
    headers: {},
    body,
    framing,
    format,
  };
}

function frame(format: ContentFormat, event: string): Buffer {
  if (format !== 'bedrock-converse') return Buffer.from(`data: ${event}\n\n`);
  const inner = /^\{"(\w+)":(.*)\}$/s.exec(event);
  return encodeEventStreamMessage({
    headers: {
      ':event-type': inner?.[1] ?? '',
      ':content-type': 'application/json',
      ':message-type': 'event',
    },
    payload: Buffer.from(inner?.[2] ?? event),
  });
}

function expectSane(usage: object | undefined): void {
  for (const [name, count] of Object.entries(usage ?? {})) {
    if (typeof count === 'number' && !(Number.isSafeInteger(count) && count >= 0 && count <= MAX_COUNT))
      expect.fail(`${name}: ${count}`);
  }
}

function answerWhole(format: ContentFormat, client: ClientFormat, body: Buffer): void {
  const answer = planFor(exchangeOf(format, 'json', body), client).readWhole(body, 'application/json');
  expectSane(answer?.usage);
}

function answerStream(format: ContentFormat, client: ClientFormat, body: Buffer): void {
  const exchange = exchangeOf(format, format === 'bedrock-converse' ? 'event-stream' : 'sse', body);
  const { text, stream } = streamThrough(planFor(exchange, client), exchange, [body]);
  expectSane(stream.usage);
  expect(text).not.toBe('');
}

describe.each(FORMATS)('a provider that answers nonsense in %s', (format) => {
  it.each(CLIENT_FORMATS)('[M7] never breaks the gateway, nor its books, for a client of %s', (client) => {
    const random = randomOf(FORMATS.indexOf(format) * 7 + CLIENT_FORMATS.indexOf(client) + 1);
    for (let round = 0; round < 300; round += 1) {
      let whole = JSON.stringify(WHOLE[format]);
      const events = STREAMED[format].map((event) => JSON.stringify(event));
      for (let bends = 0; bends <= random() * 3; bends += 1) {
        whole = bend(whole, random);
        const at = Math.floor(random() * events.length);
        events[at] = bend(events[at]!, random);
      }
      answerWhole(format, client, Buffer.from(whole));
      answerStream(format, client, Buffer.concat(events.map((event) => frame(format, event))));
    }
  });

  it('survives invalid UTF-8, no JSON, and an empty body', () => {
    const broken = Buffer.concat([
      Buffer.from('{"id":"'),
      Buffer.from([0xff, 0xfe, 0xc3]),
      Buffer.from('"}'),
    ]);
    for (const client of CLIENT_FORMATS) {
      for (const body of [broken, Buffer.from('<html>'), Buffer.alloc(0), Buffer.from('[[[[')]) {
        answerWhole(format, client, body);
        answerStream(format, client, frame(format, body.toString('latin1')));
      }
    }
  });

  it('is stopped at an event of 10 MB', () => {
    const event = JSON.stringify(STREAMED[format][0]).replace(
      /^\{/,
      `{"padding":"${'x'.repeat(10_000_000)}",`,
    );
    const body = frame(format, format === 'bedrock-converse' ? `{"messageStart":${event}}` : event);
    const exchange = exchangeOf(format, format === 'bedrock-converse' ? 'event-stream' : 'sse', body);
    expect(() => streamThrough(planFor(exchange, 'openai-chat'), exchange, [body])).toThrow(
      EventTooLargeError,
    );
  });
});

it('ends what broke off with a failure in the client’s words [G4]', () => {
  const body = frame('openai-chat', JSON.stringify(STREAMED['openai-chat'][0]));
  const exchange = exchangeOf('openai-chat', 'sse', body);
  for (const client of CLIENT_FORMATS)
    expect(streamThrough(planFor(exchange, client), exchange, [body]).text).toContain('error');
});
