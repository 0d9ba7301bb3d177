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
} from '../neutral/index.ts';
import { TranslationNotes } from '../neutral/index.ts';
import { arbitraryAnswer, arbitraryRequest } from '../testing/arbitrary-request.ts';
import { assemble } from '../testing/assemble.ts';
import { loadOpenAiSpecification } from '../testing/openai-specification.ts';
import { eventsOf } from '../testing/stream-of.ts';
import { openAiResponsesCodec as codec } from './responses-codec.ts';

const notes = (mode: 'usual' | 'refuse' | 'report' = 'refuse') => new TranslationNotes(mode, 'the test');
const read = (body: JsonObject) => codec.readRequest({ model: 'm', ...body }, {});

const specification = loadOpenAiSpecification();
const itWithSpecification = it.skipIf(specification === undefined);
const errorsOf = (schema: string, value: unknown) => specification?.errorsOf(schema, value) ?? [];

function contextOf(request: NeutralRequest = read({ input: 'Hello' })): AnswerContext {
  return { requestId: 'req_1', model: 'gpt-5', nowSeconds: 1_800_000_000, request, showUsage: true };
}

/** What only other formats tell apart is said as Responses can; what it says always is said. */
function sayable(request: NeutralRequest): NeutralRequest {
  const { stop: _stop, outputFormat: format, ...others } = request;
  const part = (value: Part): Part => {
    if (value.kind === 'image') return { ...value, detail: 'auto' };
    if (value.kind === 'document') {
      const { title, ...document } = value;
      return { ...document, fileName: `${title}.pdf` };
    }
    if (value.kind !== 'toolResult') return value;
    const { isError: _isError, ...result } = value;
    return result;
  };
  return {
    ...others,
    messages: request.messages.map((message) => ({ ...message, content: message.content.map(part) })),
    tools: request.tools.map((tool) => (tool.kind === 'function' ? { ...tool, strict: false } : tool)),
    store: false,
    ...(format?.kind === 'schema' ? { outputFormat: { ...format, name: 'answer', strict: true } } : {}),
  };
}

const extras: fc.Arbitrary<Partial<NeutralRequest>> = fc.record(
  {
    logprobs: fc.record({ top: fc.nat(20) }),
    reasoning: fc.record(
      {
        effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
        summary: fc.constantFrom('auto', 'concise', 'detailed'),
      },
      { requiredKeys: ['effort'] },
    ) as fc.Arbitrary<NonNullable<NeutralRequest['reasoning']>>,
    verbosity: fc.constantFrom('low', 'medium', 'high'),
    serviceTier: fc.constantFrom('auto', 'flex', 'priority'),
    metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string()),
    endUser: fc.string({ minLength: 1 }),
    promptCacheKey: fc.string({ minLength: 1 }),
    safetyIdentifier: fc.string({ minLength: 1, maxLength: 64 }),
    parallelToolCalls: fc.boolean(),
  },
  { requiredKeys: [] },
);
const requests = fc
  .tuple(arbitraryRequest({ model: 'm' }), extras)
  .map(([request, more]): NeutralRequest => ({ ...sayable(request), ...more }));

describe('openAiResponsesCodec requests', () => {
  it('gives back what it was given, for everything that the format can say', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const written = codec.writeRequest(request, notes());
        expect(codec.readRequest(JSON.parse(JSON.stringify(written)) as JsonObject, {})).toEqual(request);
      }),
    );
  });

  itWithSpecification('are what the specification describes', () => {
    const sane = requests.map((request) => ({
      ...request,
      maxOutputTokens: Math.max(16, request.maxOutputTokens ?? 16),
    }));
    fc.assert(
      fc.property(sane, (request) => {
        expect(errorsOf('CreateResponse', codec.writeRequest(request, notes()))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('reads one turn of the assistant from its items, and writes them again', () => {
    const items: JsonValue = [
      { role: 'user', content: 'x' },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'thought' }],
        encrypted_content: 'E',
      },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'free' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      {
        type: 'custom_tool_call_output',
        call_id: 'c2',
        output: [{ type: 'input_image', image_url: 'https://a/b.png', detail: 'auto' }],
      },
    ];
    const request = read({ input: items });
    expect(request.messages.map(({ role, content }) => [role, content.map(({ kind }) => kind)])).toEqual([
      ['user', ['text']],
      ['assistant', ['reasoning', 'toolCall', 'toolCall']],
      ['tool', ['toolResult', 'toolResult']],
    ]);
    expect(codec.writeRequest(request, notes()).input).toEqual(items);
  });

  it('[G7] lets no other format lose what the provider was to remember', () => {
    const request = read({
      input: 'x',
      previous_response_id: 'resp_1',
      truncation: 'disabled',
      background: false,
    });
    expect(request.nativeMembers).toEqual({
      format: 'openai-responses',
      members: { previous_response_id: 'resp_1' },
    });
  });

  it('[G7] names what it cannot say of another format’s request', () => {
    const reporting = notes('report');
    const request: NeutralRequest = { ...read({ input: 'x' }), choices: 2, stop: ['a'], seed: 1, topK: 4 };
    codec.writeRequest(request, reporting);
    expect(reporting.reported).toEqual(['n', 'stop', 'seed', 'top_k']);
  });

  it('[G7] sends no thoughts that the provider did not encrypt itself', () => {
    const foreign: Part = {
      kind: 'reasoning',
      text: 'a',
      signature: { format: 'anthropic-messages', value: 'S' },
    };
    const reporting = notes('report');
    const request: NeutralRequest = {
      ...read({ input: 'x' }),
      messages: [{ role: 'assistant', content: [foreign, { kind: 'text', text: 'b' }] }],
    };
    expect(codec.writeRequest(request, reporting).input).toEqual([{ role: 'assistant', content: 'b' }]);
    expect(reporting.reported).toEqual(['messages[0].content[0].reasoning']);
  });

  it('throws nothing but what a caller can be told, for any body', () => {
    const item = fc.dictionary(
      fc.constantFrom('type', 'role', 'content', 'call_id', 'output', 'summary', 'encrypted_content', 'id'),
      fc.oneof(
        fc.constantFrom('message', 'reasoning', 'function_call', 'function_call_output', 'user', 'assistant'),
        fc.jsonValue({ maxDepth: 2 }),
      ),
    );
    const members = fc.dictionary(
      fc.constantFrom(
        'input',
        'tools',
        'tool_choice',
        'text',
        'reasoning',
        'include',
        'metadata',
        'instructions',
      ),
      fc.jsonValue({ maxDepth: 3 }),
    );
    fc.assert(
      fc.property(members, fc.array(item), (body, input) => {
        try {
          codec.writeRequest(read({ input, ...body } as unknown as JsonObject), notes('report'));
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** All reasoning is told as a summary; whether it is one is known again where there is a proof. */
const answers = arbitraryAnswer({ model: 'm', signatureFormat: 'anthropic-messages' });

const wire = (messages: readonly StreamMessage[]): readonly JsonObject[] =>
  messages.map(({ data }) => JSON.parse(data) as JsonObject);

function written(events: readonly NeutralEvent[], context = contextOf()): readonly StreamMessage[] {
  const writer = codec.createStreamWriter(context);
  return [...events.flatMap((event) => writer.write(event)), ...writer.finish()];
}

function readBack(events: readonly JsonObject[]): readonly NeutralEvent[] {
  const reader = codec.createStreamReader();
  return [...events.flatMap((event) => reader.read(event, '')), ...reader.close()];
}

/** Items of reasoning have ids here, and a stream tells the kind of a thought before its proof. */
function anonymous(parts: readonly Part[]): readonly Part[] {
  return parts.map((part) => {
    if (part.kind !== 'reasoning') return part;
    const { id: _id, isSummary: _isSummary, ...rest } = part;
    return rest;
  });
}

describe('openAiResponsesCodec answers', () => {
  it('give back what they were given, whole', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const body = JSON.parse(JSON.stringify(codec.writeAnswer(answer, contextOf()))) as JsonValue;
        const content = codec.readAnswer(body)?.choices[0]?.content ?? [];
        const withoutIds = content.map((part) => {
          if (part.kind !== 'reasoning') return part;
          const { id: _id, ...rest } = part;
          return rest;
        });
        expect(withoutIds).toEqual(answer.choices[0]?.content);
      }),
    );
  });

  it('give back what they were given, streamed', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const back = readBack(wire(written(eventsOf(answer))));
        expect(anonymous(assemble(back))).toEqual(answer.choices[0]?.content);
        expect(back.at(-1)).toEqual({ kind: 'end' });
      }),
    );
  });

  it('say the same whole and as the last event of the stream', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const last = wire(written(eventsOf(answer))).at(-1);
        expect(last?.response).toEqual(JSON.parse(JSON.stringify(codec.writeAnswer(answer, contextOf()))));
      }),
    );
  });

  it('number their events in sequence, and close what they open', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const events = wire(written(eventsOf(answer)));
        expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
        const countOf = (type: string) => events.filter((event) => event.type === type).length;
        expect(countOf('response.output_item.done')).toBe(countOf('response.output_item.added'));
        expect(countOf('response.content_part.done')).toBe(countOf('response.content_part.added'));
        expect(countOf('response.completed')).toBe(1);
      }),
    );
  });

  itWithSpecification('are what the specification describes', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        expect(errorsOf('Response', codec.writeAnswer(answer, contextOf()))).toEqual([]);
        for (const event of wire(written(eventsOf(answer)))) {
          expect([event.type, ...errorsOf(schemaOf(String(event.type)), event)]).toEqual([event.type]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('end as incomplete where they were cut off', () => {
    const cut: NeutralAnswer = {
      id: '',
      model: 'm',
      choices: [{ content: [{ kind: 'text', text: 'a' }], finish: { kind: 'length', raw: 'max_tokens' } }],
    };
    expect(codec.writeAnswer(cut, contextOf())).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
    expect(wire(written(eventsOf(cut))).at(-1)).toMatchObject({ type: 'response.incomplete' });
  });

  it('keep a summary and what is encrypted of it in one item, also streamed', () => {
    const id = 'rs_9';
    const redacted = { format: 'openai-responses', value: 'E' } as const;
    const events: NeutralEvent[] = [
      { kind: 'blockStart', choice: 0, block: 0, start: { kind: 'reasoning', id, isSummary: true } },
      { kind: 'blockDelta', choice: 0, block: 0, delta: { kind: 'text', text: 'thought' } },
      { kind: 'blockEnd', choice: 0, block: 0 },
      {
        kind: 'blockStart',
        choice: 0,
        block: 1,
        start: { kind: 'whole', part: { kind: 'reasoning', id, text: '', redacted } },
      },
      { kind: 'blockEnd', choice: 0, block: 1 },
    ];
    const items = wire(written([{ kind: 'start', id: '', model: 'm' }, ...events])).filter(
      (event) => event.type === 'response.output_item.done',
    );
    expect(items.map((event) => event.item)).toEqual([
      { id, type: 'reasoning', summary: [{ type: 'summary_text', text: 'thought' }], encrypted_content: 'E' },
    ]);
  });

  it('count the searches that the provider ran', () => {
    const answer = codec.readAnswer({
      output: [
        { type: 'web_search_call', action: { type: 'search' } },
        { type: 'web_search_call', action: { type: 'open_page' } },
      ],
      usage: { input_tokens: 1, output_tokens: 1 },
    });
    expect(answer?.usage?.units).toEqual({ web_search: 1 });
  });

  it('never throw for what a provider sends, never tell negative usage', () => {
    const noise = fc.oneof(
      fc.constantFrom(-1, 1e300, '', 'x', null, [], {}, true),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const type = fc.constantFrom(
      ...['response.created', 'response.completed', 'response.failed', 'response.output_item.added', 'error'],
      ...[
        'response.output_item.done',
        'response.output_text.delta',
        'response.function_call_arguments.delta',
      ],
      ...[
        'response.reasoning_summary_text.delta',
        'response.output_text.annotation.added',
        'response.unknown',
      ],
    );
    const item = fc.record(
      {
        type: fc.constantFrom(
          'message',
          'reasoning',
          'function_call',
          'custom_tool_call',
          'image_generation_call',
        ),
        content: fc.oneof(noise, fc.array(noise)),
        summary: fc.oneof(noise, fc.array(noise)),
        encrypted_content: noise,
        call_id: noise,
        arguments: noise,
        result: noise,
      },
      { requiredKeys: ['type'] },
    );
    const event = fc.record(
      {
        type,
        delta: noise,
        output_index: noise,
        content_index: noise,
        item: fc.oneof(item, noise),
        annotation: noise,
        logprobs: noise,
        response: fc.oneof(
          noise,
          fc.record({
            output: fc.oneof(fc.array(item), noise),
            usage: fc.dictionary(fc.constantFrom('input_tokens', 'output_tokens'), noise),
          }),
        ),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(event, noise)), (values) => {
        const reader = codec.createStreamReader();
        const writer = codec.createStreamWriter(contextOf());
        const events = [...values.flatMap((value) => reader.read(value as JsonValue, '')), ...reader.close()];
        for (const told of events) {
          writer.write(told);
          if (told.kind !== 'usage') continue;
          for (const count of Object.values(told.usage)) {
            if (typeof count === 'number') expect(count).toBeGreaterThanOrEqual(0);
          }
        }
        writer.finish();
        for (const value of values) codec.readAnswer(value as JsonValue);
      }),
      { numRuns: 300 },
    );
  });
});

/** The schema that the specification has for an event's type. */
function schemaOf(type: string): string {
  const special: Readonly<Record<string, string>> = {
    'response.output_text.delta': 'ResponseTextDeltaEvent',
    'response.output_text.done': 'ResponseTextDoneEvent',
    error: 'ResponseErrorEvent',
  };
  const words = type.replace(/^response\./, '').split(/[._]/);
  return (
    special[type] ??
    `Response${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Event`
  );
}

describe('the official SDK', () => {
  const clientOf = (messages: readonly StreamMessage[]) =>
    new OpenAI({
      apiKey: 'x',
      maxRetries: 0,
      fetch: () =>
        Promise.resolve(
          new Response(messages.map(({ event, data }) => `event: ${event}\ndata: ${data}\n\n`).join(''), {
            headers: { 'content-type': 'text/event-stream' },
          }),
        ),
    });

  it('accumulates our stream to the same response as our whole answer, for any answer', async () => {
    for (const answer of fc.sample(answers, { numRuns: 30, seed: 7 })) {
      const stream = clientOf(written(eventsOf(answer))).responses.stream({ model: 'm', input: 'x' });
      const final = await stream.finalResponse();
      const whole = JSON.parse(
        JSON.stringify(codec.writeAnswer(answer, contextOf())),
      ) as OpenAI.Responses.Response;
      expect(final.output).toMatchObject(whole.output);
      expect(final.usage).toEqual(whole.usage);
      const texts = (answer.choices[0]?.content ?? []).flatMap((part) =>
        part.kind === 'text' ? [part.text] : [],
      );
      expect(final.output_text).toBe(texts.join(''));
    }
  });

  it('raises an error that comes in mid-stream', async () => {
    const writer = codec.createStreamWriter(contextOf());
    const messages = [
      ...writer.write({ kind: 'start', id: '', model: 'm' }),
      ...writer.fail(new GatewayError('upstream_error', 'The provider broke off.')),
    ];
    expect(errorsOf('ResponseErrorEvent', JSON.parse(messages.at(-1)?.data ?? ''))).toEqual([]);
    const stream = await clientOf(messages).responses.create({ model: 'm', input: 'x', stream: true });
    await expect(Array.fromAsync(stream)).rejects.toThrow('The provider broke off.');
  });
});
