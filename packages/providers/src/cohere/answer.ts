/** An answer of Cohere's chat, version 2, as the neutral one and back. */
import type {
  AnswerContext,
  Citation,
  JsonObject,
  JsonValue,
  NeutralAnswer,
  Part,
  TokenLogprob,
  ToolCallPart,
} from '@tollgate/dialects';
import { readCohereFinish, writeCohereFinish } from './finish-reason.ts';
import { FORMAT } from './format.ts';
import { isObject, listIn, objectIn, textIn } from './json.ts';
import { readContent } from './request-reader.ts';
import { readCohereUsage } from './usage.ts';

/** @returns Undefined where the body is no answer of this format. */
export function readCohereAnswer(body: JsonValue): NeutralAnswer | undefined {
  if (!isObject(body) || !isObject(body.message)) return undefined;
  const { message } = body;
  const usage = readCohereUsage(body.usage);
  const logprobs = readLogprobs(body.logprobs);
  const content = [
    ...readPlan(message.tool_plan),
    ...withCitations(readContent(message.content), listIn(message.citations)),
    ...readCalls(message.tool_calls),
  ];
  return {
    id: textIn(body.id),
    model: '',
    choices: [
      {
        content,
        finish: readCohereFinish(body.finish_reason),
        ...(logprobs === undefined ? {} : { logprobs }),
      },
    ],
    ...(usage === undefined ? {} : { usage }),
  };
}

function readPlan(plan: JsonValue | undefined): readonly Part[] {
  return textIn(plan) === '' ? [] : [{ kind: 'text', text: textIn(plan) }];
}

function readCalls(calls: JsonValue | undefined): readonly ToolCallPart[] {
  return listIn(calls).map((call) => {
    const { name, arguments: args } = objectIn(objectIn(call).function);
    // A function without parameters is called with `null` or nothing.
    const text = typeof args === 'string' && args !== '' && args !== 'null' ? args : '{}';
    return { kind: 'toolCall', id: textIn(objectIn(call).id), name: textIn(name), arguments: text };
  });
}

/** They count in the text of the block that they name; all of it is one part. */
function withCitations(parts: readonly Part[], values: readonly JsonValue[]): readonly Part[] {
  return parts.map((part, index) => {
    if (part.kind !== 'text') return part;
    const citations = values
      .filter((value) => (objectIn(value).content_index ?? firstText(parts)) === index)
      .map((value) => readCitation(value, part.text));
    return citations.length === 0 ? part : { ...part, citations };
  });
}

function firstText(parts: readonly Part[]): number {
  return parts.findIndex(({ kind }) => kind === 'text');
}

/** Longer texts cost too much to count in; then places are not told. */
const MAX_COUNTED_CHARACTERS = 200_000;

/** Cohere counts characters, the neutral model UTF-16 units. */
export function readCitation(value: JsonValue, text: string): Citation {
  const { start, end, text: quote, sources } = objectIn(value);
  const documents = listIn(sources).map((source) => {
    const { document, tool_output: output } = objectIn(source);
    return objectIn(document ?? output);
  });
  const url = documents.map((document) => textIn(document.url)).find((one) => one !== '');
  const title = documents.map((document) => textIn(document.title)).find((one) => one !== '');
  const isPlaced =
    typeof start === 'number' && typeof end === 'number' && text.length <= MAX_COUNTED_CHARACTERS;
  const characters = isPlaced ? [...text] : [];
  const place =
    typeof start === 'number' &&
    typeof end === 'number' &&
    start >= 0 &&
    start <= end &&
    end <= characters.length
      ? {
          start: characters.slice(0, start).join('').length,
          end: characters.slice(0, end).join('').length,
        }
      : {};
  return {
    ...(textIn(quote) === '' ? {} : { text: textIn(quote) }),
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...place,
    native: { format: FORMAT, value },
  };
}

/** Told by pieces of text; a piece of several tokens has their probabilities together. */
export function readLogprobs(value: JsonValue | undefined): readonly TokenLogprob[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return listIn(value).map((entry) => {
    const { text, logprobs } = objectIn(entry);
    let logprob = 0;
    for (const one of listIn(logprobs)) if (typeof one === 'number') logprob += one;
    return { token: textIn(text), logprob, top: [] };
  });
}

export function writeCohereAnswer(answer: NeutralAnswer, context: AnswerContext): JsonObject {
  const [choice] = answer.choices;
  const content: JsonObject[] = [];
  const calls: JsonObject[] = [];
  const citations: JsonValue[] = [];
  for (const part of choice?.content ?? []) {
    if (part.kind === 'text' || part.kind === 'refusal') content.push({ type: 'text', text: part.text });
    else if (part.kind === 'reasoning') content.push({ type: 'thinking', thinking: part.text });
    else if (part.kind === 'toolCall') calls.push(writeCall(part));
    if (part.kind !== 'text') continue;
    for (const { native } of part.citations ?? [])
      if (native?.format === FORMAT) citations.push(native.value);
  }
  const plan = calls.length === 0 ? [] : content.filter(({ type }) => type === 'text');
  const shown = content.filter((part) => !plan.includes(part));
  const { usage } = answer;
  return {
    id: answer.id === '' ? context.requestId : answer.id,
    message: {
      role: 'assistant',
      ...(shown.length === 0 ? {} : { content: shown }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
      ...(plan.length === 0 ? {} : { tool_plan: plan.map(({ text }) => text).join('\n') }),
      ...(citations.length === 0 ? {} : { citations }),
    },
    finish_reason: choice === undefined ? 'COMPLETE' : writeCohereFinish(choice.finish),
    ...(choice?.logprobs === undefined
      ? {}
      : {
          logprobs: choice.logprobs.map(({ token, logprob }) => ({
            text: token,
            token_ids: [],
            logprobs: [logprob],
          })),
        }),
    ...(usage === undefined
      ? {}
      : {
          usage: {
            billed_units: {
              input_tokens: usage.inputTokens,
              output_tokens: usage.outputTokens + usage.reasoningTokens,
            },
            tokens: {
              input_tokens: usage.inputTokens + usage.cachedInputTokens,
              output_tokens: usage.outputTokens + usage.reasoningTokens,
              ...(usage.reasoningTokens === 0 ? {} : { reasoning_tokens: usage.reasoningTokens }),
            },
            cached_tokens: usage.cachedInputTokens,
          },
        }),
  };
}

function writeCall({ id, name, arguments: text }: ToolCallPart): JsonObject {
  return { id, type: 'function', function: { name, arguments: text } };
}
