import { GatewayError } from '@tollgate/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  JsonObject,
  JsonValue,
  NeutralAnswer,
  NeutralEvent,
  NeutralRequest,
  Part,
} from '../neutral/index.ts';
import { TranslationNotes } from '../neutral/notes.ts';
import { arbitraryAnswer, arbitraryRequest } from '../testing/arbitrary-request.ts';
import { eventsOf } from '../testing/stream-of.ts';
import { geminiGenerateCodec as codec } from './generate-codec.ts';

const MODEL = 'gemini-2.5-pro';
const hints = { model: MODEL, stream: false };

const ask = (request: Partial<NeutralRequest>, mode: 'usual' | 'report' = 'report') => {
  const notes = new TranslationNotes(mode, 'Gemini');
  const messages = [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }] as const;
  const body = codec.writeRequest({ model: MODEL, stream: false, messages, tools: [], ...request }, notes);
  return { body, reported: notes.reported };
};

const onWire = (body: JsonObject): JsonObject => JSON.parse(JSON.stringify(body)) as JsonObject;

const CONTEXT = {
  requestId: 'req_1',
  model: 'claude-opus-4-8',
  nowSeconds: 0,
  request: { model: 'm', stream: false, messages: [], tools: [] },
  showUsage: true,
} as const;

/** What this format says in its own way: names of documents are told as text, success is not told. */
function asGemini(request: NeutralRequest): NeutralRequest {
  const part = (one: Part): Part => {
    if (one.kind === 'reasoning') return { ...one, isSummary: true };
    if (one.kind === 'document') {
      const { title: _, ...rest } = one;
      return rest;
    }
    if (one.kind !== 'toolResult' || one.isError === true) return one;
    const { isError: _, ...rest } = one;
    return rest;
  };
  return {
    ...request,
    messages: request.messages.map((one) => ({ ...one, content: one.content.map(part) })),
  };
}

describe('requests', () => {
  const own = fc
    .record({
      request: arbitraryRequest({ model: MODEL, signatureFormat: 'gemini-generate' }),
      more: fc.record(
        {
          topK: fc.nat(64),
          seed: fc.integer(),
          choices: fc.integer({ min: 1, max: 4 }),
          presencePenalty: fc.constantFrom(-1, 0.5),
          frequencyPenalty: fc.constantFrom(-1, 0.5),
          logprobs: fc.constantFrom({ top: 0 }, { top: 5 }),
          outputModalities: fc.constantFrom(['text', 'image'] as const, ['audio'] as const),
          audioOutput: fc.constant({ voice: 'Kore', format: 'pcm16' }),
          serviceTier: fc.constantFrom('default', 'flex', 'priority'),
          store: fc.boolean(),
          reasoning: fc.constantFrom<NonNullable<NeutralRequest['reasoning']>>(
            { budgetTokens: 2048, summary: 'auto' },
            { budgetTokens: 'dynamic' },
            { summary: 'none' },
          ),
          toolChoice: fc.constantFrom<NonNullable<NeutralRequest['toolChoice']>>(
            { kind: 'none' },
            { kind: 'allowed', mode: 'auto', names: ['a'] },
            { kind: 'allowed', mode: 'required', names: ['a', 'b'] },
          ),
        },
        { requiredKeys: [] },
      ),
    })
    .map(({ request, more }) => asGemini({ ...request, ...more } as NeutralRequest));

  it('[G7] neutral to Gemini and back is the identity on what Gemini can say', () => {
    fc.assert(
      fc.property(own, (request) => {
        const notes = new TranslationNotes('refuse', 'Gemini');
        const body = onWire(codec.writeRequest(request, notes));
        expect(codec.readRequest(body, { model: MODEL, stream: request.stream })).toEqual(request);
      }),
      { numRuns: 300 },
    );
  });

  it('reads both spellings of every name, and results without ids by name and order', () => {
    const request = codec.readRequest(
      {
        system_instruction: { parts: [{ text: 'Be brief.' }] },
        contents: [
          {
            role: 'user',
            parts: [
              { inline_data: { mime_type: 'image/png', data: 'AAAA' } },
              { file_data: { file_uri: 'gs://b/a.pdf' } },
            ],
          },
          {
            role: 'model',
            parts: [
              { function_call: { name: 'f', args: { a: 1 } }, thought_signature: 'c2ln' },
              { functionCall: { name: 'f' } },
            ],
          },
          {
            role: 'user',
            parts: [
              { function_response: { name: 'f', response: { output: '1' } } },
              { functionResponse: { name: 'f', response: { error: 'no' } } },
            ],
          },
        ],
        generation_config: {
          max_output_tokens: 5,
          thinking_config: { thinking_budget: -1, include_thoughts: true },
        },
        tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['f'] } },
        tools: [
          {
            function_declarations: [
              {
                name: 'f',
                parameters: { type: 'OBJECT', properties: { a_b: { type: 'INTEGER', nullable: true } } },
              },
            ],
          },
          { google_search: {} },
        ],
      },
      hints,
    );
    expect(request).toEqual({
      model: MODEL,
      stream: false,
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          content: [
            { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
            { kind: 'document', source: { kind: 'file', fileId: 'gs://b/a.pdf' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            {
              kind: 'toolCall',
              id: 'call_0',
              name: 'f',
              arguments: '{"a":1}',
              signature: { format: 'gemini-generate', value: 'c2ln' },
            },
            { kind: 'toolCall', id: 'call_1', name: 'f', arguments: '{}' },
          ],
        },
        {
          role: 'tool',
          content: [
            { kind: 'toolResult', callId: 'call_0', name: 'f', content: [{ kind: 'text', text: '1' }] },
            {
              kind: 'toolResult',
              callId: 'call_1',
              name: 'f',
              content: [{ kind: 'text', text: 'no' }],
              isError: true,
            },
          ],
        },
      ],
      tools: [
        {
          kind: 'function',
          name: 'f',
          parameters: { type: 'object', properties: { a_b: { type: ['integer', 'null'] } } },
        },
        {
          kind: 'server',
          name: 'googleSearch',
          native: { format: 'gemini-generate', value: { googleSearch: {} } },
        },
      ],
      toolChoice: { kind: 'tool', name: 'f' },
      maxOutputTokens: 5,
      reasoning: { budgetTokens: 'dynamic', summary: 'auto' },
    });
  });

  it('[G7] keeps what only Gemini says, by the name of its place', () => {
    const { nativeMembers } = codec.readRequest(
      {
        contents: [{ parts: [{ fileData: { fileUri: 'https://youtu.be/x' }, videoMetadata: { fps: 2 } }] }],
        safetySettings: [{ category: 'HARM_CATEGORY_HATE_SPEECH', threshold: 'BLOCK_NONE' }],
        cachedContent: 'cachedContents/1',
        generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW', speechConfig: { languageCode: 'de' } },
      },
      hints,
    );
    expect(Object.keys(nativeMembers?.members ?? {}).toSorted()).toEqual([
      'cachedContent',
      'contents[0].parts[0].videoMetadata',
      'generationConfig.mediaResolution',
      'generationConfig.speechConfig',
      'safetySettings',
    ]);
  });

  it.each<[string, Partial<NeutralRequest>, string]>([
    ['a custom tool', { tools: [{ kind: 'custom', name: 'x' }] }, 'tools[0]'],
    ['biased tokens', { logitBias: { 5: 1 } }, 'logit_bias'],
    [
      'a file of somebody else',
      {
        messages: [
          { role: 'user', content: [{ kind: 'image', source: { kind: 'file', fileId: 'file-1' } }] },
        ],
      },
      'messages[0].content[0]',
    ],
    [
      'a server tool of somebody else',
      {
        tools: [{ kind: 'server', name: 'web_search', native: { format: 'anthropic-messages', value: {} } }],
      },
      'tools[0]',
    ],
  ])('[G7] refuses %s by name', (_what, request, param) => {
    expect(() => ask(request, 'usual')).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', details: { param } }),
    );
    expect(ask(request).reported).toEqual([param]);
  });

  it('[G7] reports what does not change the answer', () => {
    const { reported } = ask({
      parallelToolCalls: false,
      tools: [{ kind: 'function', name: 'f', strict: true }],
      promptCacheKey: 'k',
      verbosity: 'low',
      metadata: { a: 'b' },
      endUser: 'u',
      nativeMembers: { format: 'openai-chat', members: { prediction: {} } },
    });
    expect(reported).toEqual([
      'prediction',
      'parallel_tool_calls',
      'verbosity',
      'prompt_cache_key',
      'metadata',
      'user',
      'tools[0].strict',
    ]);
  });

  it.each([
    ['gemini-3-pro-preview', { effort: 'medium' }, { thinkingLevel: 'HIGH' }],
    ['gemini-3.1-pro-preview', { effort: 'medium' }, { thinkingLevel: 'MEDIUM' }],
    ['gemini-3-flash-preview', { effort: 'none' }, { thinkingLevel: 'MINIMAL' }],
    ['gemini-2.5-flash', { effort: 'low', summary: 'auto' }, { thinkingBudget: 1024, includeThoughts: true }],
    ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }],
    ['gemini-2.5-pro', { budgetTokens: 0 }, { thinkingBudget: 128 }],
    ['gemini-2.0-flash', { effort: 'high' }, undefined],
  ] as const)('says to %s how hard to think: %j', (model, reasoning, expected) => {
    const { body } = ask({ model, reasoning });
    expect((body.generationConfig as JsonObject | undefined)?.thinkingConfig).toEqual(expected);
  });

  it('stands in for the signature that Gemini 3 wants of the calls of others', () => {
    const call = { kind: 'toolCall', id: 'c', name: 'f', arguments: '{}' } as const;
    const { body, reported } = ask({
      model: 'gemini-3-pro-preview',
      messages: [
        { role: 'user', content: [{ kind: 'text', text: 'Hi' }] },
        {
          role: 'assistant',
          content: [
            { ...call, signature: { format: 'anthropic-messages', value: 'x' } },
            { ...call, id: 'd' },
          ],
        },
      ],
    });
    expect(reported).toEqual(['messages[1].content[0].signature']);
    const { parts } = (body.contents as JsonObject[])[1] as { parts: JsonObject[] };
    expect(parts.map(({ thoughtSignature }) => thoughtSignature)).toEqual([
      'skip_thought_signature_validator',
      undefined,
    ]);
  });

  it('gives older models the subset of schemas that they know', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { anyOf: [{ $ref: '#/$defs/x' }, { type: 'null' }] },
        b: { type: ['integer', 'null'], minimum: 1 },
      },
      additionalProperties: false,
      $defs: { x: { type: 'string', const: 'y' } },
    };
    const { body } = ask({ model: 'gemini-1.5-pro', outputFormat: { kind: 'schema', schema } });
    expect((body.generationConfig as JsonObject).responseSchema).toEqual({
      type: 'OBJECT',
      properties: {
        a: { nullable: true, anyOf: [{ type: 'STRING', enum: ['y'] }] },
        b: { type: 'INTEGER', nullable: true, minimum: 1 },
      },
    });
  });

  it('ends soon with a schema that refers to itself many times', () => {
    const properties = Object.fromEntries(Array.from('abcdefgh', (name) => [name, { $ref: '#/$defs/n' }]));
    const schema = { $ref: '#/$defs/n', $defs: { n: { type: 'object', properties } } };
    const startedMs = performance.now();
    expect(ask({ model: 'gemini-1.5-pro', outputFormat: { kind: 'schema', schema } }).reported).toEqual([
      'response_format.schema',
    ]);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });

  it.each([
    [{}, 'contents'],
    [{ contents: 'Hi' }, 'contents'],
    [{ contents: [7] }, 'contents[0]'],
    [{ contents: [{ role: 'assistant', parts: [] }] }, 'contents[0].role'],
    [{ contents: [{ parts: [null] }] }, 'contents[0].parts[0]'],
    [{ contents: [], tools: 7 }, 'tools'],
    [{ contents: [], tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
    [{ contents: [], generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [
      { contents: [], toolConfig: { functionCallingConfig: { mode: 'X' } } },
      'toolConfig.functionCallingConfig.mode',
    ],
  ] as [JsonObject, string][])('refuses %j for its %s', (body, param) => {
    expect(() => codec.readRequest(body, hints)).toThrow(
      expect.objectContaining({ code: 'invalid_request', details: { param } }),
    );
  });
});

describe('answers', () => {
  const asTold = (answer: NeutralAnswer): NeutralAnswer => {
    const [choice] = answer.choices;
    const content = (choice?.content ?? []).map(
      (part): Part => (part.kind === 'reasoning' ? { ...part, isSummary: true } : part),
    );
    const hasCalls = content.some(({ kind }) => kind === 'toolCall');
    const usage = answer.usage!;
    return {
      ...answer,
      id: 'req_1',
      model: CONTEXT.model,
      choices: [{ content: joined(content), finish: { kind: hasCalls ? 'toolCalls' : 'stop', raw: 'STOP' } }],
      // Writes to a cache have no name there; they are input.
      usage: {
        ...usage,
        inputTokens: usage.inputTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
        cacheWrite5mTokens: 0,
        cacheWrite1hTokens: 0,
      },
    };
  };
  /** Texts that follow each other are one. */
  const joined = (parts: readonly Part[]): Part[] => {
    const list: Part[] = [];
    for (const part of parts) {
      const last = list.at(-1);
      if (part.kind === 'text' && last?.kind === 'text')
        list[list.length - 1] = { ...last, text: last.text + part.text };
      else list.push(part);
    }
    return list;
  };
  const answers = arbitraryAnswer({ model: 'm', signatureFormat: 'anthropic-messages' });

  it('[G7] neutral to Gemini and back keeps text, calls, usage and the signatures of others', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const body = onWire(codec.writeAnswer(answer, CONTEXT));
        expect(codec.readAnswer(body)).toEqual(asTold(answer));
      }),
      { numRuns: 300 },
    );
  });

  it('[G7] a stream says the same as the whole answer', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const writer = codec.createStreamWriter(CONTEXT);
        const messages = [...eventsOf(answer).flatMap((event) => writer.write(event)), ...writer.finish()];
        const reader = codec.createStreamReader();
        const events = messages.flatMap(({ data }) => reader.read(JSON.parse(data) as JsonValue, ''));
        events.push(...reader.close());
        expect(collected(events)).toEqual(collectedAnswer(asTold(answer)));
        expect(events.at(-1)).toEqual({ kind: 'end' });
      }),
      { numRuns: 300 },
    );
  });

  it('[M7] reads usage as disjoint kinds, with searches and images apart', () => {
    const answer = codec.readAnswer({
      modelVersion: 'gemini-3-pro-image',
      candidates: [
        {
          content: {
            parts: [{ inlineData: { mimeType: 'image/png', data: 'AA==' }, thoughtSignature: 's' }],
          },
          finishReason: 'STOP',
          groundingMetadata: { webSearchQueries: ['a', 'b'] },
        },
      ],
      usageMetadata: {
        promptTokenCount: 100,
        cachedContentTokenCount: 40,
        toolUsePromptTokenCount: 7,
        candidatesTokenCount: 1300,
        thoughtsTokenCount: 50,
        totalTokenCount: 1457,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 70 },
          { modality: 'AUDIO', tokenCount: 30 },
        ],
        cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 10 }],
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
      },
    });
    expect(answer?.usage).toEqual({
      inputTokens: 47,
      cachedInputTokens: 40,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
      outputTokens: 10,
      reasoningTokens: 50,
      audioInputTokens: 20,
      audioOutputTokens: 0,
      units: { image_output_token: 1290, web_search: 2 },
    });
    expect(answer?.choices[0]?.content[0]).toMatchObject({ kind: 'image', signature: { value: 's' } });
  });

  it('reads sources in UTF-16 units, which Google counts in bytes', () => {
    const answer = codec.readAnswer({
      candidates: [
        {
          content: { parts: [{ text: 'Größe: 😀 viel' }] },
          finishReason: 'STOP',
          groundingMetadata: {
            groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
            groundingSupports: [
              { segment: { startIndex: 14, endIndex: 18, text: 'viel' }, groundingChunkIndices: [0, 9] },
            ],
          },
        },
      ],
    });
    const [part] = answer?.choices[0]?.content ?? [];
    expect(part).toMatchObject({
      citations: [{ start: 10, end: 14, url: 'https://a.example', title: 'A', text: 'viel' }],
    });
    expect('Größe: 😀 viel'.slice(10, 14)).toBe('viel');
    expect(codec.writeAnswer(answer!, CONTEXT)).toMatchObject({
      candidates: [
        { groundingMetadata: { groundingSupports: [{ segment: { startIndex: 14, endIndex: 18 } }] } },
      ],
    });
  });

  it('reads a blocked prompt, whole and streamed', () => {
    const body = {
      promptFeedback: { blockReason: 'SAFETY' },
      usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
    };
    expect(codec.readAnswer(body)).toMatchObject({
      promptBlocked: 'SAFETY',
      choices: [],
      usage: { inputTokens: 5 },
    });
    const reader = codec.createStreamReader();
    expect([...reader.read(body, ''), ...reader.close()].map(({ kind }) => kind)).toEqual([
      'start',
      'native',
      'promptBlocked',
      'usage',
      'end',
    ]);
    expect(codec.writeAnswer(codec.readAnswer(body)!, CONTEXT)).toMatchObject({
      promptFeedback: { blockReason: 'SAFETY' },
    });
  });

  it('[G4] a stream that breaks off is not complete', () => {
    const reader = codec.createStreamReader();
    reader.read({ candidates: [{ content: { parts: [{ text: 'Hi' }] } }] }, '');
    expect(reader.close()).toEqual([]);
  });

  it('[G4] tells a failure in mid-stream in its own way', () => {
    const writer = codec.createStreamWriter(CONTEXT);
    const [message] = writer.fail(new GatewayError('upstream_error', 'broke off', { retryAfterMs: 1500 }));
    expect(JSON.parse(message!.data)).toMatchObject({
      error: {
        code: 502,
        status: 'UNAVAILABLE',
        message: 'broke off',
        details: [{ reason: 'UPSTREAM_ERROR' }, { retryDelay: '1.5s' }],
      },
    });
  });

  it('makes ids for calls that have none: different ones, and the same when read again', () => {
    const body = {
      responseId: 'r',
      candidates: [
        {
          content: {
            parts: [{ functionCall: { name: 'f', args: {} } }, { functionCall: { name: 'f', args: {} } }],
          },
          finishReason: 'STOP',
        },
      ],
    };
    const ids = (answer: NeutralAnswer | undefined) =>
      answer?.choices[0]?.content.map((part) => (part.kind === 'toolCall' ? part.id : ''));
    const [one, two] = ids(codec.readAnswer(body)) ?? [];
    expect(one).toMatch(/^call_[0-9a-f]{24}$/);
    expect(one).not.toBe(two);
    expect(ids(codec.readAnswer(body))).toEqual([one, two]);
    expect(ids(codec.readAnswer({ ...body, responseId: 's' }))?.[0]).not.toBe(one);
  });

  it('never throws for what a provider sends, and never counts below zero', () => {
    const names = fc.constantFrom(
      'candidates',
      'content',
      'parts',
      'text',
      'thought',
      'thoughtSignature',
      'functionCall',
      'args',
      'name',
      'inlineData',
      'finishReason',
      'index',
      'groundingMetadata',
      'groundingSupports',
      'groundingChunks',
      'segment',
      'startIndex',
      'endIndex',
      'logprobsResult',
      'chosenCandidates',
      'usageMetadata',
      'promptTokenCount',
      'candidatesTokenCount',
      'thoughtsTokenCount',
      'promptTokensDetails',
      'modality',
      'tokenCount',
      'promptFeedback',
      'blockReason',
      'error',
    );
    const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 7, depthSize: 'large' },
        fc.constantFrom<JsonValue>(null, -5, 3, 1e30, 0.5, 'STOP', 'AUDIO', '', true),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(names, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (chunks) => {
        const reader = codec.createStreamReader();
        for (const chunk of chunks) {
          for (const event of reader.read(chunk, '')) {
            if (event.kind !== 'usage') continue;
            for (const count of Object.values(event.usage))
              if (typeof count === 'number') expect(count).toBeGreaterThanOrEqual(0);
          }
          const answer = codec.readAnswer(chunk);
          if (answer !== undefined) codec.writeAnswer(answer, CONTEXT);
        }
        reader.close();
      }),
      { numRuns: 1_000 },
    );
  });
});

/** What was told, block by block. */
function collected(events: readonly NeutralEvent[]): unknown {
  const blocks: { kind: string; text: string; signature?: unknown; id?: string }[] = [];
  let finish: unknown;
  let usage: unknown;
  for (const event of events) {
    if (event.kind === 'finish') finish = event.finish;
    else if (event.kind === 'usage') usage = event.usage;
    else if (event.kind === 'blockStart') {
      blocks.push({
        kind: event.start.kind,
        text: '',
        ...(event.start.kind === 'toolCall' ? { id: event.start.id } : {}),
      });
    } else if (event.kind === 'blockDelta') {
      const block = blocks[event.block]!;
      if (event.delta.kind === 'text') block.text += event.delta.text;
      if (event.delta.kind === 'signature') block.signature = event.delta.signature;
    }
  }
  return { blocks, finish, usage };
}

function collectedAnswer({ choices: [choice], usage }: NeutralAnswer): unknown {
  const blocks = (choice?.content ?? []).map((part) => {
    if (part.kind === 'toolCall') return { kind: part.kind, text: part.arguments, id: part.id };
    if (part.kind === 'reasoning') return { kind: part.kind, text: part.text, signature: part.signature };
    return { kind: part.kind, text: part.kind === 'text' ? part.text : '' };
  });
  return { blocks, finish: choice?.finish, usage };
}
