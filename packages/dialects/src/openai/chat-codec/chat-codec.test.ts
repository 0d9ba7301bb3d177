import { GatewayError } from '@tollgate/errors';
import fc from 'fast-check';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type {
  AnswerContext,
  JsonObject,
  JsonValue,
  NeutralAnswer,
  NeutralEvent,
  NeutralRequest,
  Part,
  StreamMessage,
} from '../../neutral/index.ts';
import { TranslationNotes } from '../../neutral/index.ts';
import { arbitraryAnswer, arbitraryRequest } from '../../testing/arbitrary-request.ts';
import { assemble } from '../../testing/assemble.ts';
import { loadOpenAiSpecification } from '../../testing/openai-specification.ts';
import { eventsOf } from '../../testing/stream-of.ts';
import { openAiChatCodec as codec, createOpenAiChatCodec } from './chat-codec.ts';
import { OPEN_FLAVOUR } from './flavour.ts';

const open = createOpenAiChatCodec(OPEN_FLAVOUR);
const notes = (mode: 'usual' | 'refuse' | 'report' = 'refuse') => new TranslationNotes(mode, 'the test');
const read = (body: JsonObject) => codec.readRequest({ model: 'm', ...body }, {});
const HELLO = { messages: [{ role: 'user', content: 'Hello' }] };

const specification = loadOpenAiSpecification();
const itWithSpecification = it.skipIf(specification === undefined);
const errorsOf = (schema: string, value: unknown) => specification?.errorsOf(schema, value) ?? [];

function contextOf(request: NeutralRequest = read(HELLO), showUsage = true): AnswerContext {
  return { requestId: 'req_1', model: 'gpt-5', nowSeconds: 1_800_000_000, request, showUsage };
}

/** What only other formats tell apart is said as chat can: names of documents, errors of tools. */
function sayable(request: NeutralRequest): NeutralRequest {
  const part = (value: Part): Part => {
    if (value.kind === 'document') {
      const { title, ...document } = value;
      return { ...document, fileName: `${title}.pdf` };
    }
    if (value.kind !== 'toolResult') return value;
    const { isError: _isError, ...result } = value;
    return result;
  };
  const messages = request.messages.map((message) => ({ ...message, content: message.content.map(part) }));
  const format = request.outputFormat;
  return {
    ...request,
    messages,
    ...(format?.kind === 'schema' ? { outputFormat: { ...format, name: 'answer', strict: true } } : {}),
  };
}

const extras: fc.Arbitrary<Partial<NeutralRequest>> = fc.record(
  {
    seed: fc.integer(),
    choices: fc.integer({ min: 1, max: 5 }),
    frequencyPenalty: fc.constantFrom(-1, 0, 1.5),
    presencePenalty: fc.constantFrom(-1, 0, 1.5),
    logprobs: fc.record({ top: fc.nat(20) }),
    logitBias: fc.dictionary(fc.stringMatching(/^\d{1,5}$/), fc.integer({ min: -100, max: 100 })),
    reasoning: fc.oneof(
      fc.record({ effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max') }),
      fc.record({ budgetTokens: fc.oneof(fc.nat(99_999), fc.constant('dynamic' as const)) }),
      fc.record({
        effort: fc.constant('high' as const),
        summary: fc.constantFrom('none', 'auto', 'detailed'),
      }),
    ) as fc.Arbitrary<NonNullable<NeutralRequest['reasoning']>>,
    verbosity: fc.constantFrom('low', 'medium', 'high'),
    outputModalities: fc.constantFrom<readonly ('text' | 'audio')[]>(['text'], ['text', 'audio']),
    audioOutput: fc.constant({ voice: 'alloy', format: 'mp3' }),
    serviceTier: fc.constantFrom('auto', 'flex', 'priority'),
    metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string()),
    endUser: fc.string({ minLength: 1 }),
    promptCacheKey: fc.string({ minLength: 1 }),
    safetyIdentifier: fc.string({ minLength: 1 }),
    store: fc.boolean(),
    parallelToolCalls: fc.boolean(),
    topK: fc.integer({ min: 1, max: 100 }),
  },
  { requiredKeys: [] },
);

const requests = fc
  .tuple(arbitraryRequest({ model: 'm', signatureFormat: 'anthropic-messages', cacheMarks: true }), extras)
  .map(([request, more]): NeutralRequest => ({ ...sayable(request), ...more }));

describe('openAiChatCodec requests', () => {
  it('gives back what it was given, for everything that the format can say', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const written = open.writeRequest(request, notes());
        expect(open.readRequest(JSON.parse(JSON.stringify(written)) as JsonObject, {})).toEqual(request);
      }),
    );
  });

  itWithSpecification('are what the specification describes, when written for OpenAI', () => {
    const plain = fc
      .tuple(arbitraryRequest({ model: 'm' }), extras)
      .map(([request, { topK: _topK, reasoning: _reasoning, ...more }]) => ({
        ...sayable(request),
        ...more,
      }));
    fc.assert(
      fc.property(plain, (request) => {
        expect(errorsOf('CreateChatCompletionRequest', codec.writeRequest(request, notes()))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('reads every way in which reasoning comes back', () => {
    const thought = (message: JsonObject) =>
      read({ messages: [{ role: 'assistant', content: 'x', ...message }] }).messages[0]?.content[0];
    expect(thought({ reasoning_content: 'a' })).toEqual({ kind: 'reasoning', text: 'a' });
    expect(thought({ reasoning: 'a' })).toEqual({ kind: 'reasoning', text: 'a' });
    expect(thought({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'a' }] }] })).toEqual({
      kind: 'reasoning',
      text: 'a',
    });
    expect(thought({ thinking_blocks: [{ type: 'thinking', thinking: 'a', signature: 's' }] })).toEqual({
      kind: 'reasoning',
      text: 'a',
      signature: { format: 'anthropic-messages', value: 's' },
    });
    expect(
      thought({
        reasoning_details: [
          { type: 'reasoning.summary', summary: 'a', id: 'rs_1', format: 'openai-responses-v1', index: 0 },
          { type: 'reasoning.encrypted', data: 'E', id: 'rs_1', format: 'openai-responses-v1', index: 1 },
        ],
      }),
    ).toEqual({
      kind: 'reasoning',
      id: 'rs_1',
      text: 'a',
      isSummary: true,
      redacted: { format: 'openai-responses', value: 'E' },
    });
  });

  it('leaves <think> in the text, whose words it may be', () => {
    const [message] = read({ messages: [{ role: 'assistant', content: '<think>a</think>b' }] }).messages;
    expect(message?.content).toEqual([{ kind: 'text', text: '<think>a</think>b' }]);
  });

  it('reads the deprecated functions and answers in their words', () => {
    const request = read({
      functions: [{ name: 'f', parameters: { type: 'object' } }],
      function_call: { name: 'f' },
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'y' },
      ],
    });
    expect(request.toolChoice).toEqual({ kind: 'tool', name: 'f' });
    expect(request.messages[2]?.content[0]).toMatchObject({ callId: 'call_function_0', name: 'f' });
    const answer = answerOf([{ kind: 'toolCall', id: 'c', name: 'f', arguments: '{}' }], 'toolCalls');
    expect(codec.writeAnswer(answer, contextOf(request))).toMatchObject({
      choices: [
        { message: { function_call: { name: 'f', arguments: '{}' } }, finish_reason: 'function_call' },
      ],
    });
  });

  it('takes web_search_options for a server tool, and gives them back', () => {
    const request = read({ ...HELLO, web_search_options: { search_context_size: 'low' } });
    expect(request.tools).toMatchObject([{ kind: 'server', name: 'web_search' }]);
    expect(codec.writeRequest(request, notes())).toMatchObject({
      web_search_options: { search_context_size: 'low' },
    });
  });

  it('[G7] keeps members that it does not know for its own format', () => {
    const request = read({ ...HELLO, repetition_penalty: 1.1, models: ['x'], nothing: null });
    expect(request.nativeMembers).toEqual({
      format: 'openai-chat',
      members: { repetition_penalty: 1.1 },
    });
  });

  it('puts images of tool results behind them, where tool messages hold text alone', () => {
    const image = { kind: 'image', source: { kind: 'url', url: 'https://a/b.png' } } as const;
    const request: NeutralRequest = {
      model: 'm',
      stream: false,
      tools: [],
      messages: [{ role: 'tool', content: [{ kind: 'toolResult', callId: 'c1', content: [image] }] }],
    };
    const { messages } = codec.writeRequest(request, notes());
    expect(messages).toMatchObject([
      { role: 'tool', tool_call_id: 'c1' },
      {
        role: 'user',
        content: [{ type: 'text' }, { type: 'image_url', image_url: { url: 'https://a/b.png' } }],
      },
    ]);
    expect(open.writeRequest(request, notes()).messages).toMatchObject([
      { role: 'tool', content: [{ type: 'image_url' }] },
    ]);
  });

  it('[G7] refuses or reports by name what OpenAI cannot be told', () => {
    const request: NeutralRequest = {
      ...read(HELLO),
      topK: 5,
      messages: [{ role: 'user', content: [{ kind: 'video', source: { kind: 'url', url: 'https://a/b' } }] }],
    };
    const reporting = notes('report');
    codec.writeRequest(request, reporting);
    expect(reporting.reported).toEqual(['top_k', 'messages[0].content[0]']);
    expect(() => codec.writeRequest(request, notes('usual'))).toThrow(GatewayError);
  });

  it('[G7] takes a signature out of a call’s id before any provider sees it', () => {
    const answer = answerOf(
      [
        {
          kind: 'toolCall',
          id: 'c1',
          name: 'f',
          arguments: '{}',
          signature: { format: 'gemini-generate', value: 'S' },
        },
      ],
      'toolCalls',
    );
    const written = codec.writeAnswer(answer, contextOf());
    const [choice] = written.choices as readonly { message: { tool_calls: { id: string }[] } }[];
    const id = choice?.message.tool_calls[0]?.id ?? '';
    expect(id).toMatch(/^c1~tgs~/);
    const request = read({
      messages: [
        { role: 'assistant', content: null, tool_calls: choice?.message.tool_calls ?? [] },
        { role: 'tool', tool_call_id: id, content: 'ok' },
      ] as unknown as JsonValue,
    });
    expect(request.messages[0]?.content[0]).toMatchObject({ id: 'c1', signature: { value: 'S' } });
    expect(JSON.stringify(codec.writeRequest(request, notes('report')))).not.toContain('tgs');
  });

  it('throws nothing but what a caller can be told, for any body', () => {
    const member = fc.constantFrom(
      ...[
        'messages',
        'tools',
        'tool_choice',
        'response_format',
        'stop',
        'n',
        'audio',
        'modalities',
        'reasoning',
      ],
      ...[
        'functions',
        'function_call',
        'logit_bias',
        'metadata',
        'web_search_options',
        'temperature',
        'thinking',
      ],
    );
    const message = fc.dictionary(
      fc.constantFrom(
        'role',
        'content',
        'tool_calls',
        'tool_call_id',
        'reasoning_details',
        'images',
        'audio',
      ),
      fc.oneof(fc.constantFrom('user', 'assistant', 'tool'), fc.jsonValue({ maxDepth: 4 })),
    );
    const body = fc.tuple(fc.dictionary(member, fc.jsonValue({ maxDepth: 4 })), fc.array(message));
    fc.assert(
      fc.property(body, ([members, messages]) => {
        try {
          const request = read({ messages, ...members } as unknown as JsonObject);
          codec.writeRequest(request, notes('report'));
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

function answerOf(content: readonly Part[], kind: 'stop' | 'toolCalls' = 'stop'): NeutralAnswer {
  return { id: '', model: 'm', choices: [{ content, finish: { kind, raw: kind } }] };
}

/** Chat has one text, its reasoning before and its calls behind it. */
function chatOrder(content: readonly Part[]): readonly Part[] {
  const text = content.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  return [
    ...content.filter(({ kind }) => kind === 'reasoning'),
    ...(text === '' ? [] : [{ kind: 'text', text } as const]),
    ...content.filter(({ kind }) => kind === 'toolCall'),
  ];
}

/** Chat does not say where one text ends and the next begins. */
function joinTexts(content: readonly Part[]): readonly Part[] {
  const joined: Part[] = [];
  for (const part of content) {
    const last = joined.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = { ...last, text: last.text + part.text };
    else joined.push(part);
  }
  return joined;
}

const answers = arbitraryAnswer({ model: 'm', signatureFormat: 'gemini-generate' });

const streamed = (messages: readonly StreamMessage[]): readonly NeutralEvent[] => {
  const reader = codec.createStreamReader();
  const told = messages.flatMap(({ data }) =>
    reader.read(data === '[DONE]' ? data : (JSON.parse(data) as JsonValue), ''),
  );
  return [...told, ...reader.close()];
};

function written(events: readonly NeutralEvent[], context = contextOf()): readonly StreamMessage[] {
  const writer = codec.createStreamWriter(context);
  return [...events.flatMap((event) => writer.write(event)), ...writer.finish()];
}

describe('openAiChatCodec answers', () => {
  it('give back what they were given, whole', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const body = JSON.parse(JSON.stringify(codec.writeAnswer(answer, contextOf()))) as JsonValue;
        const back = codec.readAnswer(body);
        expect(back?.choices[0]?.content).toEqual(chatOrder(answer.choices[0]?.content ?? []));
        const { cacheWrite1hTokens = 0, cacheWrite5mTokens = 0, ...usage } = answer.usage ?? {};
        expect(back?.usage).toEqual({
          ...usage,
          cacheWrite5mTokens: cacheWrite5mTokens + cacheWrite1hTokens,
          cacheWrite1hTokens: 0,
        });
      }),
    );
  });

  it('give back what they were given, streamed', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const back = streamed(written(eventsOf(answer)));
        expect(assemble(back)).toEqual(joinTexts(answer.choices[0]?.content ?? []));
        expect(back.at(-1)).toEqual({ kind: 'end' });
        expect(back.findLast((event) => event.kind === 'usage')).toBeDefined();
      }),
    );
  });

  itWithSpecification('are what the specification describes', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        expect(errorsOf('CreateChatCompletionResponse', codec.writeAnswer(answer, contextOf()))).toEqual([]);
        for (const { data } of written(eventsOf(answer))) {
          if (data !== '[DONE]') {
            expect(errorsOf('CreateChatCompletionStreamResponse', JSON.parse(data))).toEqual([]);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('hide usage that the client did not ask for', () => {
    const answer = fc.sample(answers, 1)[0] as NeutralAnswer;
    const messages = written(eventsOf(answer), contextOf(read(HELLO), false));
    expect(messages.some(({ data }) => data.includes('"usage"'))).toBe(false);
  });

  it('say a blocked prompt as a filtered answer', () => {
    const blocked: NeutralAnswer = { id: 'x', model: 'm', choices: [], promptBlocked: 'SAFETY' };
    expect(codec.writeAnswer(blocked, contextOf())).toMatchObject({
      choices: [{ finish_reason: 'content_filter', message: { content: null } }],
    });
  });

  it('keep parallel calls apart that a server writes at once', () => {
    const call = (
      index: number,
      id: string | undefined,
      name: string | undefined,
      more: string,
    ): JsonObject => ({
      choices: [
        {
          index: 0,
          delta: {
            tool_calls: [
              {
                index,
                ...(id === undefined ? {} : { id }),
                function: { ...(name === undefined ? {} : { name }), arguments: more },
              },
            ],
          },
        },
      ],
    });
    const reader = codec.createStreamReader();
    const events = [
      call(0, 'a', 'f', ''),
      call(1, 'b', 'g', '{"x":'),
      call(0, undefined, undefined, '{"y":1}'),
      call(1, undefined, undefined, '2}'),
      // Gemini's endpoint numbers all calls 0.
      call(0, 'c', 'h', '{}'),
    ].flatMap((chunk) => reader.read(chunk, ''));
    expect(assemble([...events, ...reader.close()])).toEqual([
      { kind: 'toolCall', id: 'a', name: 'f', arguments: '{"y":1}' },
      { kind: 'toolCall', id: 'b', name: 'g', arguments: '{"x":2}' },
      { kind: 'toolCall', id: 'c', name: 'h', arguments: '{}' },
    ]);
  });

  it('tell n answers apart', () => {
    const events: NeutralEvent[] = [0, 1].flatMap((choice) => [
      { kind: 'blockStart', choice, block: 0, start: { kind: 'text' } },
      { kind: 'blockDelta', choice, block: 0, delta: { kind: 'text', text: `answer ${choice}` } },
      { kind: 'blockEnd', choice, block: 0 },
      { kind: 'finish', choice, finish: { kind: 'stop', raw: '' } },
    ]);
    const back = streamed(written([{ kind: 'start', id: '', model: 'm' }, ...events, { kind: 'end' }]));
    expect(back.filter((event) => event.kind === 'finish')).toHaveLength(2);
    expect(back).toContainEqual({
      kind: 'blockDelta',
      choice: 1,
      block: 0,
      delta: { kind: 'text', text: 'answer 1' },
    });
  });

  it('never throw for what a provider sends, never tell negative usage', () => {
    const noise = fc.oneof(
      fc.constantFrom(-1, 1e300, '', 'x', null, [], {}, true),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const choice = fc.record(
      {
        index: fc.oneof(fc.nat(3), noise),
        delta: fc.dictionary(
          fc.constantFrom(
            'content',
            'tool_calls',
            'reasoning_details',
            'reasoning',
            'audio',
            'refusal',
            'images',
          ),
          fc.oneof(noise, fc.array(fc.record({ index: noise, id: noise, function: noise, type: noise }))),
        ),
        message: noise,
        logprobs: noise,
        finish_reason: noise,
      },
      { requiredKeys: [] },
    );
    const counts = fc.dictionary(
      fc.constantFrom('prompt_tokens', 'completion_tokens', 'total_tokens', 'prompt_tokens_details'),
      fc.oneof(fc.integer(), noise),
    );
    const chunk = fc.record(
      { id: noise, model: noise, choices: fc.oneof(fc.array(choice), noise), usage: fc.oneof(counts, noise) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(chunk, noise)), (chunks) => {
        const reader = codec.createStreamReader();
        const writer = codec.createStreamWriter(contextOf());
        const events = [...chunks.flatMap((value) => reader.read(value as JsonValue, '')), ...reader.close()];
        for (const event of events) {
          writer.write(event);
          if (event.kind !== 'usage') continue;
          for (const count of Object.values(event.usage))
            if (typeof count === 'number') expect(count).toBeGreaterThanOrEqual(0);
        }
        for (const value of chunks) codec.readAnswer(value as JsonValue);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the official SDK', () => {
  const clientOf = (body: string, type: string) =>
    new OpenAI({
      apiKey: 'x',
      maxRetries: 0,
      fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': type } })),
    });
  const ask = {
    model: 'm',
    messages: [{ role: 'user', content: 'x' }],
  } satisfies OpenAI.ChatCompletionCreateParams;
  const content: readonly Part[] = [
    { kind: 'reasoning', text: 'thought' },
    { kind: 'text', text: 'Hello "you" \u2028 łódź' },
    { kind: 'toolCall', id: 'c1', name: 'f', arguments: '{"a":1}' },
    { kind: 'toolCall', id: 'c2', name: 'g', arguments: '{"b":[2]}' },
  ];
  const answer: NeutralAnswer = {
    ...answerOf(content, 'toolCalls'),
    usage: {
      inputTokens: 5,
      cachedInputTokens: 2,
      cacheWrite5mTokens: 1,
      cacheWrite1hTokens: 0,
      outputTokens: 7,
      reasoningTokens: 3,
      audioInputTokens: 0,
      audioOutputTokens: 0,
    },
  };

  it('accumulates our stream to the same completion as our whole answer', async () => {
    const body = written(eventsOf(answer))
      .map(({ data }) => `data: ${data}\n\n`)
      .join('');
    const stream = clientOf(body, 'text/event-stream').chat.completions.stream({
      ...ask,
      stream_options: { include_usage: true },
    });
    const final = await stream.finalChatCompletion();
    const whole = codec.writeAnswer(answer, contextOf()) as unknown as OpenAI.ChatCompletion;
    expect(final.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(final.choices[0]?.message.tool_calls).toMatchObject(whole.choices[0]?.message.tool_calls ?? []);
    expect(final.choices[0]?.finish_reason).toBe('tool_calls');
    expect(final.usage).toEqual(whole.usage);
    expect(final.usage).toMatchObject({ prompt_tokens: 8, completion_tokens: 10, total_tokens: 18 });
  });

  it('raises an error that comes in mid-stream', async () => {
    const writer = codec.createStreamWriter(contextOf());
    const messages = [
      ...eventsOf(answer)
        .slice(0, 3)
        .flatMap((event) => writer.write(event)),
      ...writer.fail(new GatewayError('upstream_error', 'The provider broke off.')),
    ];
    const body = messages.map(({ data }) => `data: ${data}\n\n`).join('');
    const stream = await clientOf(body, 'text/event-stream').chat.completions.create({
      ...ask,
      stream: true,
    });
    await expect(Array.fromAsync(stream)).rejects.toThrow('The provider broke off.');
  });
});
