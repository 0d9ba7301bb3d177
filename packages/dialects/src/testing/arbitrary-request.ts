/**
 * Requests and answers of any shape that every format can say, for the property that a format gives back what it
 * was given. What a format says in another way is for that format's own generator.
 */
import fc from 'fast-check';
import type {
  CacheMark,
  NeutralAnswer,
  NeutralMessage,
  NeutralRequest,
  NeutralTool,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  WireFormat,
} from '../neutral/index.ts';

export interface ArbitraryOptions {
  readonly model: string;
  /** Whose signatures the reasoning carries; absent: none is in the history. */
  readonly signatureFormat?: WireFormat;
  readonly cacheMarks?: boolean;
}

const someText = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((text) => text.trim() !== '');
const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/);
const callId = fc.stringMatching(/^call_[a-zA-Z0-9]{8}$/);
const base64 = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));
const cacheMark: fc.Arbitrary<CacheMark> = fc.record({
  ttl: fc.constantFrom(undefined, '5m' as const, '1h' as const),
});
const jsonInput = fc
  .dictionary(word, fc.oneof(fc.integer(), someText, fc.boolean(), fc.constant(null), fc.array(fc.integer())))
  .map((input) => JSON.stringify(input));

/** Members whose value is undefined are left out: absence and undefined differ here. */
export function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

function marked<T extends Part>(
  part: fc.Arbitrary<T>,
  { cacheMarks = false }: ArbitraryOptions,
): fc.Arbitrary<T> {
  if (!cacheMarks) return part;
  return fc.tuple(part, fc.option(cacheMark, { nil: undefined })).map(([plain, mark]) => ({
    ...plain,
    ...(mark === undefined ? {} : { cacheMark: mark }),
  }));
}

const textPart: fc.Arbitrary<TextPart> = someText.map((text) => ({ kind: 'text', text }));
const imagePart: fc.Arbitrary<Part> = fc
  .tuple(fc.constantFrom('image/png', 'image/jpeg'), base64)
  .map(([mediaType, data]) => ({ kind: 'image', source: { kind: 'base64', mediaType, data } }));
const pdfPart: fc.Arbitrary<Part> = base64.map((data) => ({
  kind: 'document',
  source: { kind: 'base64', mediaType: 'application/pdf', data },
  title: 'paper',
}));

function reasoningPart(format: WireFormat): fc.Arbitrary<ReasoningPart> {
  return fc
    .tuple(someText, base64)
    .map(([text, value]) => ({ kind: 'reasoning', text, signature: { format, value } }));
}

interface CallTurn {
  readonly assistant: NeutralMessage;
  readonly tool: NeutralMessage;
}

/** The model's calls, and their results in the next message. */
function callTurn(options: ArbitraryOptions): fc.Arbitrary<CallTurn> {
  const call = fc.record({ id: callId, name: word, arguments: jsonInput });
  const result = fc.record({ text: someText, isError: fc.option(fc.boolean(), { nil: undefined }) });
  const pairs = fc.uniqueArray(fc.tuple(call, result), {
    minLength: 1,
    maxLength: 3,
    selector: ([{ id }]) => id,
  });
  const thought =
    options.signatureFormat === undefined ? fc.constant(undefined) : reasoningPart(options.signatureFormat);
  return fc
    .tuple(fc.option(thought, { nil: undefined }), fc.option(textPart, { nil: undefined }), pairs)
    .map(([reasoning, text, called]) => {
      const calls = called.map(
        ([{ id, name, arguments: input }]): ToolCallPart => ({
          kind: 'toolCall',
          id,
          name,
          arguments: input,
        }),
      );
      const results = called.map(
        ([{ id, name }, { text: said, isError }]): ToolResultPart =>
          withoutUndefined({
            kind: 'toolResult',
            callId: id,
            content: [{ kind: 'text', text: said }],
            isError,
            name,
          }) as ToolResultPart,
      );
      const before = [reasoning, text].filter((part) => part !== undefined);
      return {
        assistant: { role: 'assistant', content: [...before, ...calls] },
        tool: { role: 'tool', content: results },
      };
    });
}

function conversation(options: ArbitraryOptions): fc.Arbitrary<readonly NeutralMessage[]> {
  const userPart = marked(fc.oneof(textPart, imagePart, pdfPart), options);
  const user = fc
    .array(userPart, { minLength: 1, maxLength: 3 })
    .map((content): NeutralMessage => ({ role: 'user', content }));
  const assistant = textPart.map((part): NeutralMessage => ({ role: 'assistant', content: [part] }));
  const system = fc
    .array(marked(textPart, options), { minLength: 1, maxLength: 2 })
    .map((content): NeutralMessage => ({ role: 'system', content }));
  const round = fc
    .tuple(user, fc.option(callTurn(options), { nil: undefined }), assistant)
    .map(([asked, called, said]) => [
      asked,
      ...(called === undefined ? [] : [called.assistant, called.tool]),
      said,
    ]);
  return fc
    .tuple(fc.option(system, { nil: undefined }), fc.array(round, { maxLength: 2 }), user)
    .map(([first, rounds, last]) => [...(first === undefined ? [] : [first]), ...rounds.flat(), last]);
}

const tool: fc.Arbitrary<NeutralTool> = fc
  .record({ name: word, description: fc.option(someText, { nil: undefined }) })
  .map(
    ({ name, description }) =>
      withoutUndefined({
        kind: 'function' as const,
        name,
        description,
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      }) as NeutralTool,
  );

/** Without reasoning, whose words are each format's own. */
export function arbitraryRequest(options: ArbitraryOptions): fc.Arbitrary<NeutralRequest> {
  const tools = fc.uniqueArray(tool, { minLength: 1, maxLength: 3, selector: ({ name }) => name });
  return fc
    .record({
      messages: conversation(options),
      tools,
      choice: fc.constantFrom('auto' as const, 'required' as const, 'tool' as const, undefined),
      outputFormat: fc.constantFrom(undefined, {
        kind: 'schema' as const,
        schema: { type: 'object', properties: {}, additionalProperties: false },
      }),
      maxOutputTokens: fc.integer({ min: 1, max: 8_000 }),
      temperature: fc.option(fc.constantFrom(0, 0.5, 1), { nil: undefined }),
      topP: fc.option(fc.constantFrom(0.5, 0.9), { nil: undefined }),
      stop: fc.option(fc.array(word, { minLength: 1, maxLength: 2 }), { nil: undefined }),
      stream: fc.boolean(),
    })
    .map(({ choice, tools: offered, ...rest }) => {
      const [first] = offered;
      const toolChoice =
        choice === 'tool'
          ? { kind: 'tool', name: first?.name ?? '' }
          : choice === undefined
            ? undefined
            : { kind: choice };
      return withoutUndefined({
        ...rest,
        model: options.model,
        tools: offered,
        toolChoice,
      }) as NeutralRequest;
    });
}

/** One choice of text, reasoning and calls, with usage of the kinds that all formats tell. */
export function arbitraryAnswer(options: ArbitraryOptions): fc.Arbitrary<NeutralAnswer> {
  const call = fc
    .record({ id: callId, name: word, arguments: jsonInput })
    .map((called): Part => ({ kind: 'toolCall', ...called }));
  const parts: fc.Arbitrary<Part>[] = [textPart, call];
  if (options.signatureFormat !== undefined) parts.push(reasoningPart(options.signatureFormat));
  const count = fc.nat(100_000);
  return fc
    .record({
      content: fc.uniqueArray(fc.oneof(...parts), {
        minLength: 1,
        maxLength: 4,
        selector: (part) => (part.kind === 'toolCall' ? part.id : part),
      }),
      inputTokens: count,
      cachedInputTokens: count,
      cacheWrite5mTokens: count,
      cacheWrite1hTokens: count,
      outputTokens: count,
    })
    .map(({ content, ...counts }) => ({
      id: '',
      model: options.model,
      choices: [{ content, finish: { kind: 'stop', raw: 'end_turn' } }],
      usage: { ...counts, reasoningTokens: 0, audioInputTokens: 0, audioOutputTokens: 0 },
    }));
}
