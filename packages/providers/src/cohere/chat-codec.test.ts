import { type JsonObject, type JsonValue, type NeutralRequest, TranslationNotes } from '@tollgate/dialects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohereChatCodec } from './chat-codec.ts';
import { readCohereEmbed, readRerankUsage } from './rerank-embed.ts';
import { readCohereUsage } from './usage.ts';

const CONTEXT = {
  requestId: 'req_1',
  model: 'command-a-03-2025',
  nowSeconds: 0,
  request: { model: 'x', stream: false, messages: [], tools: [] },
  showUsage: true,
};

const write = (request: Partial<NeutralRequest>, mode: 'usual' | 'report' = 'usual') => {
  const notes = new TranslationNotes(mode, 'Cohere');
  const body = cohereChatCodec.writeRequest(
    { model: 'command-a-reasoning-08-2025', stream: false, messages: [], tools: [], ...request },
    notes,
  );
  return { body, reported: notes.reported };
};

const text = fc.string({ minLength: 1, maxLength: 20 }).map((value) => value.toWellFormed());
const textPart = fc.record({ kind: fc.constant('text' as const), text });
const imagePart = fc.record({
  kind: fc.constant('image' as const),
  source: fc.record({
    kind: fc.constant('base64' as const),
    mediaType: fc.constantFrom('image/png', 'image/webp'),
    data: fc.base64String(),
  }),
});
const call = fc.record({
  kind: fc.constant('toolCall' as const),
  id: fc.stringMatching(/^[a-z_]{1,12}$/),
  name: fc.stringMatching(/^[a-z_]{1,12}$/),
  arguments: fc.dictionary(fc.string(), fc.integer()).map((value) => JSON.stringify(value)),
});
const turn = fc.oneof(
  fc.record({ role: fc.constantFrom('system' as const), content: fc.tuple(textPart) }),
  fc.record({
    role: fc.constantFrom('user' as const),
    content: fc.array(fc.oneof(textPart, imagePart), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ role: fc.constant('assistant' as const), content: fc.tuple(textPart) }),
  fc.record({ role: fc.constant('assistant' as const), content: fc.tuple(textPart, call) }),
  fc.record({
    role: fc.constant('assistant' as const),
    content: fc.tuple(fc.record({ kind: fc.constant('reasoning' as const), text }), call, call),
  }),
);
const result = fc.record({
  role: fc.constant('tool' as const),
  content: fc.array(
    fc.record({
      kind: fc.constant('toolResult' as const),
      callId: fc.stringMatching(/^[a-z_]{1,12}$/),
      content: fc.tuple(textPart),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
const request = fc.record(
  {
    model: fc.constant('command-a-reasoning-08-2025'),
    stream: fc.boolean(),
    messages: fc
      .array(
        fc.oneof(
          turn.map((one) => [one]),
          fc.tuple(turn, result),
        ),
        { maxLength: 4 },
      )
      .map((lists) => {
        const flat = lists.flat();
        // Two messages of results in a row would be one.
        return flat.filter(
          (message, index) => !(message.role === 'tool' && flat[index - 1]?.role === 'tool'),
        );
      }),
    tools: fc.array(
      fc.record(
        {
          kind: fc.constant('function' as const),
          name: fc.stringMatching(/^[a-z_]{1,12}$/),
          description: text,
          parameters: fc.constant({ type: 'object', properties: { x: { type: 'integer' } } }),
        },
        { requiredKeys: ['kind', 'name', 'parameters'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    toolChoice: fc.constantFrom({ kind: 'required' as const }, { kind: 'none' as const }),
    maxOutputTokens: fc.integer({ min: 1, max: 9999 }),
    temperature: fc.double({ min: 0, max: 1, noNaN: true }),
    topP: fc.constantFrom(0.1, 0.9),
    topK: fc.nat(500),
    seed: fc.nat(),
    frequencyPenalty: fc.constantFrom(0, 0.5),
    presencePenalty: fc.constantFrom(0, 0.5),
    stop: fc.array(text, { minLength: 1, maxLength: 3 }),
    logprobs: fc.constant({ top: 0 }),
    outputFormat: fc.constantFrom(
      { kind: 'text' as const },
      { kind: 'json' as const },
      { kind: 'schema' as const, schema: { type: 'object' } },
    ),
    reasoning: fc.constantFrom(
      { budgetTokens: 0 },
      { budgetTokens: 500 },
      { budgetTokens: 'dynamic' as const },
    ),
  },
  { requiredKeys: ['model', 'stream', 'messages', 'tools'] },
);

describe('cohereChatCodec', () => {
  it('[G7] neutral to Cohere and back is the identity on what Cohere can say', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { body, reported } = write(asked as NeutralRequest);
        expect(reported).toEqual([]);
        const wire = JSON.parse(JSON.stringify(body)) as JsonObject;
        expect(cohereChatCodec.readRequest(wire, {})).toEqual(asked);
      }),
      { numRuns: 300 },
    );
  });

  it('[G7] refuses by name what changes the answer, and reports what does not', () => {
    expect(() => write({ choices: 2 })).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
    expect(write({ choices: 2, metadata: { a: 'b' } }, 'report').reported).toEqual(['n', 'metadata']);
    expect(write({ reasoning: { effort: 'high' } }).reported).toEqual(['reasoning.effort']);
    const audio = {
      kind: 'audio' as const,
      source: { kind: 'base64' as const, mediaType: 'audio/wav', data: '' },
    };
    expect(() => write({ messages: [{ role: 'user', content: [audio] }] })).toThrow(
      /messages\[0\]\.content\[0\]/,
    );
  });

  it('offers only the tool that is to be called', () => {
    const tool = (name: string) => ({ kind: 'function' as const, name, parameters: { type: 'object' } });
    const { body } = write({ tools: [tool('a'), tool('b')], toolChoice: { kind: 'tool', name: 'b' } });
    expect(body).toMatchObject({ tool_choice: 'REQUIRED', tools: [{ function: { name: 'b' } }] });
  });

  it('reads plan, calls, sources and billed usage of an answer', () => {
    const answer = cohereChatCodec.readAnswer({
      id: 'a',
      message: {
        role: 'assistant',
        content: [{ type: 'text', text: 'Über alles' }],
        citations: [
          {
            start: 0,
            end: 4,
            text: 'Über',
            sources: [{ type: 'document', document: { title: 'T', url: 'https://x.example' } }],
          },
        ],
        tool_plan: 'I will look.',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'now', arguments: 'null' } }],
      },
      finish_reason: 'TOOL_CALL',
      usage: {
        billed_units: { input_tokens: 84, output_tokens: 314 },
        cached_tokens: 1008,
        tokens: { input_tokens: 1501, output_tokens: 346, reasoning_tokens: 304 },
      },
    });
    expect(answer?.choices[0]?.finish).toEqual({ kind: 'toolCalls', raw: 'TOOL_CALL' });
    expect(answer?.choices[0]?.content).toMatchObject([
      { kind: 'text', text: 'I will look.' },
      {
        kind: 'text',
        text: 'Über alles',
        citations: [{ start: 0, end: 4, title: 'T', url: 'https://x.example' }],
      },
      { kind: 'toolCall', id: 'c', name: 'now', arguments: '{}' },
    ]);
    expect(answer?.usage).toMatchObject({ inputTokens: 84, outputTokens: 10, reasoningTokens: 304 });
    expect(cohereChatCodec.writeAnswer(answer!, CONTEXT)).toMatchObject({
      finish_reason: 'TOOL_CALL',
      id: 'a',
    });
  });

  it('reads a stream with sources told behind the words that they are for', () => {
    const reader = cohereChatCodec.createStreamReader();
    const events = (
      [
        { type: 'message-start', id: 'm', delta: { message: {} } },
        {
          type: 'content-start',
          index: 0,
          delta: { message: { content: { type: 'thinking', thinking: '' } } },
        },
        { type: 'content-delta', index: 0, delta: { message: { content: { thinking: 'hm' } } } },
        { type: 'content-end', index: 0 },
        { type: 'content-start', index: 1, delta: { message: { content: { type: 'text', text: '' } } } },
        { type: 'content-delta', index: 1, delta: { message: { content: { text: 'Hi' } } } },
        { type: 'content-end', index: 1 },
        {
          type: 'citation-start',
          index: 0,
          delta: { message: { citations: { start: 0, end: 2, text: 'Hi' } } },
        },
        {
          type: 'tool-call-start',
          index: 0,
          delta: { message: { tool_calls: { id: 'c', function: { name: 'f', arguments: '' } } } },
        },
        { type: 'tool-call-end', index: 0 },
        {
          type: 'message-end',
          delta: {
            finish_reason: 'COMPLETE',
            usage: { billed_units: { input_tokens: 1, output_tokens: 2 } },
          },
        },
      ] as JsonValue[]
    ).flatMap((event) => reader.read(event, ''));
    expect(events.map(({ kind }) => kind)).toEqual([
      'start',
      'blockStart',
      'blockDelta',
      'blockEnd',
      'blockStart',
      'blockDelta',
      'blockDelta',
      'blockEnd',
      'blockStart',
      'blockDelta',
      'blockEnd',
      'finish',
      'usage',
      'end',
    ]);
  });

  it('[G4] a stream that ends with a failure is one', () => {
    const reader = cohereChatCodec.createStreamReader();
    const end = { type: 'message-end', delta: { finish_reason: 'ERROR', error: 'x' } };
    expect(reader.read(end, '').at(-1)).toEqual({ kind: 'error', body: end });
    expect(reader.close()).toEqual([]);
  });

  it('never throws for what a provider sends', () => {
    const words = fc.constantFrom(
      'type',
      'delta',
      'message',
      'content',
      'tool_calls',
      'function',
      'citations',
      'usage',
      'billed_units',
      'input_tokens',
      'index',
    );
    const types = fc.constantFrom(
      'message-start',
      'content-start',
      'content-delta',
      'tool-call-start',
      'tool-call-delta',
      'citation-start',
      'message-end',
      'x',
    );
    const { nonsense } = fc.letrec<{ nonsense: JsonValue }>((tie) => ({
      nonsense: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<JsonValue>(null, -1, 1e30, 'text', '', true),
        fc.array(tie('nonsense'), { maxLength: 2 }),
        fc.dictionary(words, tie('nonsense'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(fc.tuple(types, nonsense), { maxLength: 6 }), (list) => {
        const reader = cohereChatCodec.createStreamReader();
        for (const [type, value] of list) {
          const event =
            typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value, type } : value;
          for (const { kind, ...rest } of reader.read(event, type)) {
            if (kind === 'usage')
              expect(
                Object.values((rest as { usage: object }).usage).every(
                  (n) => n >= 0 || typeof n === 'object',
                ),
              ).toBe(true);
          }
          cohereChatCodec.readAnswer({ message: value, usage: value, finish_reason: type });
        }
        reader.close();
      }),
      { numRuns: 300 },
    );
  });
});

describe('usage of Cohere', () => {
  it.each([
    [{ billed_units: { input_tokens: -1, output_tokens: 2 } }, undefined],
    [{ billed_units: { input_tokens: 1e12, output_tokens: 2 } }, undefined],
    [{ billed_units: { input_tokens: '3' } }, undefined],
    [null, undefined],
    [{}, undefined],
  ])('[M7] of %j is none', (value, expected) => {
    expect(readCohereUsage(value)).toBe(expected);
  });

  it('of rerank is searches, or tokens at servers that copied it', () => {
    expect(readRerankUsage({ results: [], meta: { billed_units: { search_units: 2 } } })?.units).toEqual({
      query: 2,
    });
    expect(readRerankUsage({ results: [], usage: { total_tokens: 7 } })?.inputTokens).toBe(7);
    expect(readRerankUsage({ results: [] })).toBeUndefined();
  });

  it('reads vectors by type and in one list', () => {
    expect(
      readCohereEmbed({ embeddings: { float: [[1, 2]] }, meta: { billed_units: { input_tokens: 3 } } }),
    ).toMatchObject({
      vectors: [[1, 2]],
      usage: { inputTokens: 3 },
    });
    expect(readCohereEmbed({ embeddings: [[1]] })?.vectors).toEqual([[1]]);
    expect(readCohereEmbed({ message: 'no' })).toBeUndefined();
  });
});
