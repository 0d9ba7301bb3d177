import { GatewayError } from '@tollgate/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnswerContext,
  type JsonObject,
  type NeutralEvent,
  type NeutralRequest,
  TranslationNotes,
} from '../neutral/index.ts';
import { arbitraryAnswer, arbitraryRequest, essenceOf, eventsOf } from '../testing/index.ts';
import { anthropicMessagesCodec as codec } from './messages-codec.ts';

const OPTIONS = {
  model: 'claude-sonnet-4-5',
  signatureFormat: 'anthropic-messages',
  cacheMarks: true,
} as const;
const REQUEST: NeutralRequest = {
  model: 'claude-sonnet-4-5',
  stream: false,
  messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }],
  tools: [],
};
const CONTEXT: AnswerContext = {
  requestId: 'req_1',
  model: 'claude-sonnet-4-5',
  nowSeconds: 1,
  request: REQUEST,
  showUsage: true,
};

function write(request: NeutralRequest, mode: 'usual' | 'report' | 'refuse' = 'usual') {
  const notes = new TranslationNotes(mode, 'Anthropic');
  return { body: codec.writeRequest(request, notes), reported: notes.reported };
}

function readAll(messages: readonly { data: string; event: string }[]): NeutralEvent[] {
  const reader = codec.createStreamReader();
  return [...messages.flatMap(({ data, event }) => reader.read(JSON.parse(data), event)), ...reader.close()];
}

function writeAll(events: readonly NeutralEvent[]) {
  const writer = codec.createStreamWriter(CONTEXT);
  return [...events.flatMap((event) => writer.write(event)), ...writer.finish()];
}

describe('anthropicMessagesCodec requests', () => {
  it('[G7] gives back every request that it can say', () => {
    fc.assert(
      fc.property(arbitraryRequest(OPTIONS), (request) => {
        const { body, reported } = write(request, 'refuse');
        expect(reported).toEqual([]);
        expect(codec.readRequest(JSON.parse(JSON.stringify(body)), {})).toEqual(request);
      }),
    );
  });

  it('merges turns of one role and puts results of tools into the turn of the user', () => {
    const { body } = write({
      ...REQUEST,
      messages: [
        { role: 'developer', content: [{ kind: 'text', text: 'Be brief' }] },
        { role: 'user', content: [{ kind: 'text', text: 'a' }] },
        { role: 'user', content: [{ kind: 'text', text: 'b' }] },
        { role: 'assistant', content: [{ kind: 'toolCall', id: 'call|1', name: 'f', arguments: '' }] },
        { role: 'tool', content: [{ kind: 'toolResult', callId: 'call|1', content: [], isError: true }] },
        { role: 'user', content: [{ kind: 'text', text: 'c' }] },
      ],
    });
    const [, turn] = body.messages as JsonObject[];
    const [call] = (turn?.content ?? []) as JsonObject[];
    const id = call?.id;
    expect(id).toMatch(/^[\w-]+$/);
    expect(body).toEqual({
      model: 'claude-sonnet-4-5',
      max_tokens: 8192,
      system: 'Be brief',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id, name: 'f', input: {} }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: id, is_error: true },
            { type: 'text', text: 'c' },
          ],
        },
      ],
    });
  });

  it.each([
    ['claude-3-5-haiku-20241022', { effort: 'high' }, undefined, undefined, ['reasoning']],
    ['claude-sonnet-4-5', { effort: 'high' }, { type: 'enabled', budget_tokens: 16_384 }, undefined, []],
    [
      'claude-opus-4-5-20251101',
      { effort: 'low' },
      { type: 'enabled', budget_tokens: 2_048 },
      { effort: 'low' },
      [],
    ],
    ['claude-opus-4-6', { effort: 'xhigh' }, { type: 'adaptive' }, { effort: 'high' }, ['reasoning.effort']],
    ['claude-opus-4-6', { budgetTokens: 2_000 }, { type: 'enabled', budget_tokens: 2_000 }, undefined, []],
    ['claude-opus-4-7', { budgetTokens: 2_000 }, { type: 'adaptive' }, undefined, ['reasoning.budget']],
    [
      'claude-fable-5',
      { effort: 'max', summary: 'auto' },
      { type: 'adaptive', display: 'summarized' },
      { effort: 'max' },
      [],
    ],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', { effort: 'none' }, { type: 'disabled' }, undefined, []],
  ] as const)('asks %s for reasoning %j in its own words', (model, reasoning, thinking, config, told) => {
    const { body, reported } = write({ ...REQUEST, model, reasoning });
    expect(body.thinking).toEqual(thinking);
    expect(body.output_config).toEqual(config);
    expect(reported).toEqual(told);
  });

  it('leaves room for an answer behind the thinking, and keeps a budget below the limit', () => {
    const reasoning = { effort: 'high' } as const;
    expect(write({ ...REQUEST, reasoning }).body.max_tokens).toBe(16_384 + 4_096);
    const tight = write({ ...REQUEST, reasoning, maxOutputTokens: 4_000 });
    expect(tight.body.thinking).toEqual({ type: 'enabled', budget_tokens: 3_200 });
    expect(tight.reported).toEqual(['reasoning.budget']);
    expect(write({ ...REQUEST, reasoning, maxOutputTokens: 100 }).body.thinking).toBeUndefined();
  });

  it('does not think where that is refused: a forced call, a call whose thinking is gone', () => {
    const tools = [{ kind: 'function', name: 'f' }] as const;
    const reasoning = { effort: 'high' } as const;
    const forced = write({ ...REQUEST, tools, reasoning, toolChoice: { kind: 'required' } });
    expect(forced.body.thinking).toBeUndefined();
    expect(forced.reported).toEqual(['reasoning']);
    const lost = write({
      ...REQUEST,
      tools,
      reasoning,
      messages: [
        ...REQUEST.messages,
        { role: 'assistant', content: [{ kind: 'toolCall', id: 'a', name: 'f', arguments: '{}' }] },
        { role: 'tool', content: [{ kind: 'toolResult', callId: 'a', content: [] }] },
      ],
    });
    expect(lost.body.thinking).toBeUndefined();
  });

  it('leaves sampling to models that sample in their own way, and says so', () => {
    const { body, reported } = write({
      ...REQUEST,
      model: 'claude-opus-5',
      temperature: 0.2,
      topP: 0.9,
      topK: 3,
    });
    expect([body.temperature, body.top_p, body.top_k]).toEqual([undefined, undefined, undefined]);
    expect(reported).toEqual(['temperature', 'top_p', 'top_k']);
    expect(write({ ...REQUEST, temperature: 1.7 }).body.temperature).toBe(1);
  });

  it('says a later system message where the model knows it, else as the user', () => {
    const messages = [
      ...REQUEST.messages,
      { role: 'system', content: [{ kind: 'text', text: 'S' }] },
    ] as const;
    expect(write({ ...REQUEST, model: 'claude-opus-4-8', messages }).body.messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'S' },
    ]);
    const older = write({ ...REQUEST, messages });
    expect(older.body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'text', text: 'S' },
        ],
      },
    ]);
    expect(older.reported).toEqual(['messages[1].role']);
  });

  it.each([
    ['n', { choices: 2 }],
    ['logprobs', { logprobs: { top: 0 } }],
    ['tools[0]', { tools: [{ kind: 'custom', name: 'f' }] }],
    [
      'messages[0].content[0]',
      { messages: [{ role: 'user', content: [{ kind: 'audio', source: { kind: 'id', id: 'x' } }] }] },
    ],
    [
      'safetySettings',
      {
        nativeMembers: {
          format: 'gemini-generate',
          members: { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT' }] },
        },
      },
    ],
  ] as const)('[G7] refuses %s by name, and reports it to who wants that', (param, members) => {
    const request = { ...REQUEST, ...members } as NeutralRequest;
    try {
      write(request);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(GatewayError);
      expect((error as GatewayError).details.param).toBe(param);
    }
    expect(write(request, 'report').reported).toContain(param);
  });

  it('asks in words for JSON without a schema, and says so', () => {
    const { body, reported } = write({ ...REQUEST, outputFormat: { kind: 'json' } });
    expect(body.system).toMatch(/one JSON object/);
    expect(reported).toEqual(['response_format']);
    expect(() => write({ ...REQUEST, outputFormat: { kind: 'json' } }, 'refuse')).toThrow('response_format');
  });

  it('drops the reasoning of others, reported, because it would be refused', () => {
    const content = [
      { kind: 'reasoning', text: 'hm', signature: { format: 'gemini-generate', value: 's' } },
      { kind: 'text', text: 'Yes' },
    ] as const;
    const { body, reported } = write({
      ...REQUEST,
      messages: [...REQUEST.messages, { role: 'assistant', content }, ...REQUEST.messages],
    });
    expect((body.messages as JsonObject[])[1]).toEqual({ role: 'assistant', content: 'Yes' });
    expect(reported).toEqual(['messages[1].content[0]']);
  });

  it('keeps what only this format has, and tells what stands inside other members', () => {
    const read = codec.readRequest(
      {
        model: 'm',
        max_tokens: 5,
        container: 'c',
        mcp_servers: [{ type: 'url', name: 's', url: 'https://example.com' }],
        messages: [
          { role: 'user', content: [{ type: 'search_result', source: 'x', title: 't', content: [] }] },
        ],
        tools: [
          { type: 'web_search_20250305', name: 'web_search', max_uses: 2 },
          { name: 'f', input_schema: { type: 'object' }, defer_loading: true },
        ],
      },
      {},
    );
    expect(read.nativeMembers?.members).toEqual({
      container: 'c',
      mcp_servers: [{ type: 'url', name: 's', url: 'https://example.com' }],
      'tools[1].defer_loading': true,
    });
    expect(read.tools[0]).toMatchObject({ kind: 'server', name: 'web_search' });
    expect(read.messages[0]?.content[0]).toMatchObject({ kind: 'native', name: 'search_result' });
  });

  it.each([
    [{ messages: 1 }, 'messages'],
    [{ messages: [1] }, 'messages[0]'],
    [{ messages: [{ role: 'x', content: '' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 1 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0]'],
    [{ messages: [], max_tokens: '5' }, 'max_tokens'],
    [{ messages: [], thinking: { type: 'x' } }, 'thinking.type'],
    [{ messages: [], tool_choice: { type: 'x' } }, 'tool_choice.type'],
    [{ messages: [], stop_sequences: [1] }, 'stop_sequences'],
  ])('names what it cannot read in %j', (body, param) => {
    try {
      codec.readRequest({ model: 'm', ...body } as JsonObject, {});
      expect.unreachable();
    } catch (error) {
      expect((error as GatewayError).code).toBe('invalid_request');
      expect((error as GatewayError).details.param).toBe(param);
    }
  });
});

describe('anthropicMessagesCodec answers', () => {
  it('gives back every answer that it can say, whole and streamed', () => {
    fc.assert(
      fc.property(arbitraryAnswer(OPTIONS), (answer) => {
        const { id: _, ...read } = codec.readAnswer(
          JSON.parse(JSON.stringify(codec.writeAnswer(answer, CONTEXT))),
        )!;
        const { id: __, ...given } = answer;
        expect(read).toEqual({ ...given, serviceTier: 'default' });
        const events = eventsOf(answer);
        expect(essenceOf(readAll(writeAll(events)))).toEqual(essenceOf(events));
      }),
    );
  });

  it('carries proofs of other formats through a client that speaks only this one', () => {
    const parts = [
      {
        kind: 'reasoning',
        text: 'a',
        id: 'rs_1',
        isSummary: true,
        redacted: { format: 'openai-responses', value: 'e' },
      },
      { kind: 'reasoning', text: '', redacted: { format: 'openai-responses', value: 'e' }, id: 'rs_2' },
      { kind: 'reasoning', text: 'b', signature: { format: 'gemini-generate', value: 'g' } },
      {
        kind: 'toolCall',
        id: 'c',
        name: 'f',
        arguments: '{}',
        signature: { format: 'gemini-generate', value: 'g2' },
      },
    ] as const;
    const answer = {
      id: '',
      model: 'm',
      choices: [{ content: parts, finish: { kind: 'toolCalls', raw: 'x' } }],
    } as const;
    const body = codec.writeAnswer(answer, CONTEXT);
    const [thought, hidden, , call] = body.content as JsonObject[];
    expect([thought?.type, hidden?.type]).toEqual(['thinking', 'redacted_thinking']);
    expect(call?.id).toMatch(/^c~tgs~/);
    const back = codec.readRequest(
      { model: 'm', messages: [{ role: 'assistant', content: body.content ?? [] }] },
      {},
    );
    expect(back.messages[0]?.content).toEqual(parts);
    const streamed = writeAll(eventsOf(answer)).filter(({ event }) => event === 'content_block_start');
    expect(JSON.parse(streamed[3]?.data ?? '{}').content_block.id).toBe(call?.id);
  });

  it('[G4] says how a stream ended, with cumulative usage, or that it failed', () => {
    const events = writeAll([
      { kind: 'start', id: 'x', model: 'm' },
      { kind: 'finish', choice: 0, finish: { kind: 'stopSequence', raw: 'stop', stopSequence: 'END' } },
      {
        kind: 'usage',
        usage: { ...ZERO, inputTokens: 3, cachedInputTokens: 2, reasoningTokens: 4, outputTokens: 1 },
      },
      { kind: 'end' },
    ]);
    expect(events.map(({ event }) => event)).toEqual(['message_start', 'message_delta', 'message_stop']);
    expect(JSON.parse(events[1]?.data ?? '')).toMatchObject({
      delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
      usage: {
        input_tokens: 3,
        cache_read_input_tokens: 2,
        output_tokens: 5,
        output_tokens_details: { thinking_tokens: 4 },
      },
    });
    const [failure] = codec.createStreamWriter(CONTEXT).fail(new GatewayError('upstream_error', 'No.'));
    expect(failure?.event).toBe('error');
    expect(JSON.parse(failure?.data ?? '')).toMatchObject({
      type: 'error',
      error: { type: 'api_error', message: 'No.' },
    });
  });

  it('tells blocks of server tools whole, and input that came with the start of a call', () => {
    const told = readAll(
      [
        {
          type: 'message_start',
          message: { id: 'msg_1', model: 'm', usage: { input_tokens: 1, output_tokens: 0 } },
        },
        {
          type: 'content_block_start',
          index: 0,
          content_block: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        },
        {
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'input_json_delta', partial_json: '{"query":"x"}' },
        },
        { type: 'content_block_stop', index: 0 },
        {
          type: 'content_block_start',
          index: 1,
          content_block: { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
        },
        { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 7 } },
        { type: 'message_stop' },
        { type: 'message_stop' },
      ].map((data) => ({ data: JSON.stringify(data), event: data.type })),
    );
    expect(told.map(({ kind }) => kind)).toEqual([
      'start',
      'usage',
      'blockStart',
      'blockEnd',
      'blockStart',
      'blockDelta',
      'blockEnd',
      'finish',
      'usage',
      'end',
    ]);
    expect(told[2]).toMatchObject({ start: { part: { native: { value: { input: { query: 'x' } } } } } });
    expect(told[5]).toMatchObject({ delta: { text: '{"a":1}' } });
  });

  it('ends nothing that its provider did not end', () => {
    const reader = codec.createStreamReader();
    reader.read({ type: 'message_start', message: {} }, '');
    expect(reader.close()).toEqual([]);
  });

  it('never throws for what a provider sends, and never tells negative usage', () => {
    const type = fc.constantFrom(
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
      'message',
      'ping',
      'error',
      'tool_use',
      'text',
      'thinking',
      'redacted_thinking',
      'text_delta',
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue(),
        type,
        fc.dictionary(
          fc.constantFrom(
            'type',
            'index',
            'delta',
            'usage',
            'message',
            'content',
            'content_block',
            'text',
            'id',
            'input',
            'name',
            'error',
            'citations',
            'stop_reason',
            'input_tokens',
            'output_tokens',
            'partial_json',
            'signature',
            'data',
            '__proto__',
          ),
          tie('node'),
        ),
      ),
    })).node as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(fc.array(fc.tuple(value, fc.option(type, { nil: '' })), { maxLength: 6 }), (events) => {
        const reader = codec.createStreamReader();
        const told = [...events.flatMap(([data, name]) => reader.read(data, name)), ...reader.close()];
        for (const event of told)
          if (event.kind === 'usage')
            expect(Object.values(event.usage).every((n) => typeof n !== 'number' || n >= 0)).toBe(true);
        writeAll(told);
        for (const [data] of events) {
          const answer = codec.readAnswer(data);
          if (answer !== undefined) codec.writeAnswer(answer, CONTEXT);
          if (typeof data !== 'object' || data === null) continue;
          try {
            codec.readRequest(data, {});
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

const ZERO = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  audioInputTokens: 0,
  audioOutputTokens: 0,
};
