import {
  type AnswerContext,
  type JsonObject,
  type NeutralEvent,
  type NeutralRequest,
  TranslationNotes,
} from '@tollgate/dialects';
import { arbitraryAnswer, arbitraryRequest, essenceOf, eventsOf } from '@tollgate/dialects/testing';
import { GatewayError } from '@tollgate/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bedrockConverseCodec as codec } from './converse-codec.ts';
import { bedrockFailureError, bedrockStreamFailureError } from './errors.ts';
import { hostedMessagesPatch, readBetas } from './invoke.ts';

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const OPTIONS = { model: MODEL, signatureFormat: 'anthropic-messages', cacheMarks: true } as const;
const REQUEST: NeutralRequest = {
  model: MODEL,
  stream: false,
  messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }],
  tools: [],
};
const CONTEXT: AnswerContext = {
  requestId: 'r',
  model: MODEL,
  nowSeconds: 1,
  request: REQUEST,
  showUsage: true,
};

function write(request: NeutralRequest, mode: 'usual' | 'report' = 'usual') {
  const notes = new TranslationNotes(mode, 'Bedrock');
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

/** Bedrock wants a name for each document, and each name once. */
function withOwnTitles(request: NeutralRequest): NeutralRequest {
  let count = 0;
  return {
    ...request,
    messages: request.messages.map((message) => ({
      ...message,
      content: message.content.map((part) => {
        if (part.kind !== 'document') return part;
        count += 1;
        return { ...part, title: `paper ${count}` };
      }),
    })),
  };
}

describe('bedrockConverseCodec', () => {
  it('[G7] gives back every request that it can say', () => {
    fc.assert(
      fc.property(arbitraryRequest(OPTIONS), (arbitrary) => {
        const request = withOwnTitles(arbitrary);
        const { body, reported } = write(request);
        expect(reported).toEqual([]);
        const hints = { model: MODEL, stream: request.stream };
        expect(codec.readRequest(JSON.parse(JSON.stringify(body)), hints)).toEqual(request);
      }),
    );
  });

  it('gives back every answer that it can say, whole and streamed', () => {
    fc.assert(
      fc.property(arbitraryAnswer(OPTIONS), (answer) => {
        const read = codec.readAnswer(JSON.parse(JSON.stringify(codec.writeAnswer(answer, CONTEXT))));
        expect(read).toEqual({ ...answer, model: '' });
        const events = eventsOf(answer);
        expect(essenceOf(readAll(writeAll(events)))).toEqual(essenceOf(events));
      }),
    );
  });

  it('says in the words of the model what Converse has no words for', () => {
    const reasoning = { effort: 'high' } as const;
    const fields = (model: string) =>
      write({ ...REQUEST, model, reasoning, topK: 5 }, 'report').body.additionalModelRequestFields;
    expect(fields(MODEL)).toEqual({ thinking: { type: 'enabled', budget_tokens: 16_384 } });
    expect(fields('eu.anthropic.claude-opus-4-7')).toEqual({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
    expect(fields('us.amazon.nova-2-lite-v1:0')).toEqual({
      inferenceConfig: { topK: 5 },
      reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' },
    });
    expect(fields('openai.gpt-oss-120b-1:0')).toEqual({ top_k: 5, reasoning_effort: 'high' });
    expect(write({ ...REQUEST, model: 'meta.llama3', reasoning }).reported).toEqual(['reasoning']);
  });

  it('defines the tools that the history calls, and holds back tools that nobody called', () => {
    const messages = [
      { role: 'assistant', content: [{ kind: 'toolCall', id: 'a b', name: 'f', arguments: '[1]' }] },
      { role: 'tool', content: [{ kind: 'toolResult', callId: 'a b', content: [] }] },
    ] as const;
    const { body } = write({ ...REQUEST, messages });
    expect(body.toolConfig).toEqual({
      tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object', properties: {} } } } }],
    });
    const [called, answered] = body.messages as { content: JsonObject[] }[];
    const use = called?.content[0]?.toolUse as JsonObject;
    expect(use.input).toEqual({ invalid_json: '[1]' });
    const result = (answered?.content[0]?.toolResult ?? {}) as JsonObject;
    expect(result.toolUseId).toBe(use.toolUseId);
    const tools = [{ kind: 'function', name: 'f' }] as const;
    expect(write({ ...REQUEST, tools, toolChoice: { kind: 'none' } }).body.toolConfig).toBeUndefined();
    expect(() => write({ ...REQUEST, messages, tools, toolChoice: { kind: 'none' } })).toThrow('tool_choice');
  });

  it.each([
    ['an address', { kind: 'image', source: { kind: 'url', url: 'https://x/y.png' } }],
    ['audio', { kind: 'audio', source: { kind: 'id', id: 'x' } }],
    [
      'a picture of no format',
      { kind: 'image', source: { kind: 'base64', mediaType: 'image/tiff', data: '' } },
    ],
    ['a file', { kind: 'document', source: { kind: 'file', fileId: 'f' } }],
  ] as const)('[G7] refuses %s by name', (_, part) => {
    const request = { ...REQUEST, messages: [{ role: 'user', content: [part] }] } as NeutralRequest;
    expect(() => write(request)).toThrow('messages[0].content[0]');
    expect(write(request, 'report').reported).toEqual(['messages[0].content[0]']);
  });

  it('reads usage wherever it comes, and ends only what was stopped', () => {
    const usage = {
      inputTokens: 5,
      outputTokens: 2,
      cacheWriteInputTokens: 9,
      cacheDetails: [{ ttl: '1h', inputTokens: 4 }],
    };
    const stop = { event: 'messageStop', data: '{"stopReason":"end_turn"}' };
    const metadata = { event: 'metadata', data: JSON.stringify({ usage }) };
    const text = { event: 'contentBlockDelta', data: '{"contentBlockIndex":0,"delta":{"text":"x"}}' };
    for (const events of [
      [text, stop, metadata],
      [text, metadata, stop],
    ]) {
      const told = readAll(events);
      expect(told.at(-1)).toEqual({ kind: 'end' });
      expect(told.find(({ kind }) => kind === 'usage')).toMatchObject({
        usage: { inputTokens: 5, cacheWrite5mTokens: 5, cacheWrite1hTokens: 4, outputTokens: 2 },
      });
    }
    expect(readAll([text]).map(({ kind }) => kind)).toEqual(['start', 'blockStart', 'blockDelta']);
  });

  it("tells what Bedrock's own tools did as a whole", () => {
    const told = readAll(
      [
        [
          'contentBlockStart',
          {
            contentBlockIndex: 0,
            start: { toolUse: { toolUseId: 's', name: 'nova_grounding', type: 'server_tool_use' } },
          },
        ],
        ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"q":1}' } } }],
        ['contentBlockStop', { contentBlockIndex: 0 }],
        ['contentBlockDelta', { contentBlockIndex: 3, delta: { text: 'A' } }],
        [
          'contentBlockDelta',
          { contentBlockIndex: 3, delta: { citation: { location: { web: { url: 'https://x' } } } } },
        ],
        ['messageStop', { stopReason: 'end_turn' }],
      ].map(([event, body]) => ({ event: event as string, data: JSON.stringify(body) })),
    );
    expect(told[1]).toMatchObject({
      start: { part: { native: { value: { toolUse: { input: { q: 1 } } } } } },
    });
    expect(
      told.find((event) => event.kind === 'blockDelta' && event.delta.kind === 'citation'),
    ).toMatchObject({
      delta: { citation: { url: 'https://x' } },
    });
  });

  it('never throws for what a provider sends', () => {
    const name = fc.constantFrom(
      'messageStart',
      'contentBlockStart',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
      '',
      'throttlingException',
    );
    const member = fc.constantFrom(
      'contentBlockIndex',
      'start',
      'delta',
      'toolUse',
      'toolResult',
      'text',
      'reasoningContent',
      'usage',
      'inputTokens',
      'outputTokens',
      'stopReason',
      'output',
      'message',
      'content',
      'citation',
      'messageStop',
      'json',
      'image',
      'document',
      'source',
      'bytes',
      'messages',
      'role',
      'toolConfig',
      'tools',
      'cachePoint',
      'redactedContent',
      'reasoningText',
      '__proto__',
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue(),
        fc.array(tie('node')),
        fc.dictionary(member, tie('node')),
      ),
    })).node as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(fc.array(fc.tuple(value, name), { maxLength: 6 }), (events) => {
        const reader = codec.createStreamReader();
        const told = [...events.flatMap(([data, event]) => reader.read(data, event)), ...reader.close()];
        writeAll(told);
        for (const event of told) {
          if (event.kind === 'usage')
            expect(Math.min(...Object.values(event.usage as object))).toBeGreaterThanOrEqual(0);
        }
        for (const [data] of events) {
          const answer = codec.readAnswer(data);
          if (answer !== undefined) codec.writeAnswer(answer, CONTEXT);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('failures of Bedrock', () => {
  const failure = (status: number, type: string, message = 'no') =>
    bedrockFailureError({
      status,
      headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
      body: Buffer.from(JSON.stringify({ message })),
      secret: 'wJalrXUtnFEMI',
      provider: 'amazon-bedrock',
    });

  it.each([
    [403, 'AccessDeniedException', 'provider_credential_rejected', 502],
    [403, 'UnrecognizedClientException', 'provider_credential_rejected', 502],
    [403, 'ExpiredTokenException', 'provider_credential_rejected', 502],
    [400, 'ValidationException', 'upstream_error', 400],
    [404, 'ResourceNotFoundException', 'upstream_error', 404],
    [429, 'ThrottlingException', 'upstream_rate_limited', 429],
    [400, 'ServiceQuotaExceededException', 'upstream_rate_limited', 429],
    [429, 'ModelNotReadyException', 'upstream_unavailable', 503],
    [408, 'ModelTimeoutException', 'upstream_timeout', 504],
    [424, 'ModelErrorException', 'upstream_error', 502],
    [500, 'InternalServerException', 'upstream_error', 502],
    [418, 'NewException', 'upstream_error', 418],
  ])('[G6] says of status %i with %s: %s (%i)', (status, type, code, shown) => {
    const error = failure(status, type);
    expect([error.code, error.status]).toEqual([code, shown]);
  });

  it('[X2] masks the credential', () => {
    expect(failure(400, 'ValidationException', 'bad wJalrXUtnFEMI').message).toBe('bad [redacted]');
  });

  it('[G4] knows exceptions inside a stream', () => {
    const [event] = codec.createStreamReader().read({ message: 'slow' }, 'throttlingException');
    expect(event).toEqual({ kind: 'error', body: { __type: 'throttlingException', message: 'slow' } });
    const error = bedrockStreamFailureError((event as { body: unknown }).body, 'amazon-bedrock', '');
    expect(error).toBeInstanceOf(GatewayError);
    expect(error.code).toBe('upstream_rate_limited');
    expect(bedrockStreamFailureError(null, 'p', '').code).toBe('upstream_error');
  });
});

describe('Claude at Bedrock and Vertex', () => {
  it('gets the version and the betas in the body, and the model in the address', () => {
    expect(hostedMessagesPatch('amazon-bedrock', readBetas('a-1, b-2, ,"'))).toEqual({
      model: null,
      remove: ['stream', 'service_tier'],
      add: { anthropic_version: 'bedrock-2023-05-31', anthropic_beta: ['a-1', 'b-2'] },
    });
    expect(hostedMessagesPatch('google-vertex')).toEqual({
      model: null,
      remove: [],
      add: { anthropic_version: 'vertex-2023-10-16' },
    });
  });
});
