/** A caller's Responses request in neutral words. */
import { isJsonObject, listIn, present, textIn } from '../json/json-value.ts';
import type { RequestHints } from '../neutral/codec.ts';
import { isReasoningEffort } from '../neutral/reasoning-effort.ts';
import type { NeutralMessage, NeutralRequest, OutputFormat, ReasoningWish } from '../neutral/request.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import {
  givenIn,
  otherMembers,
  readFlag,
  readInteger,
  readList,
  readNumber,
  readObject,
  readStringMap,
  readText,
  readWord,
} from '../openai/body-reader.ts';
import { invalidRequest } from '../openai/invalid-request.ts';
import { readInputItems } from './read-items.ts';
import { readToolChoice, readTools } from './tools.ts';

const READ: ReadonlySet<string> = new Set([
  ...['model', 'stream', 'stream_options', 'input', 'instructions', 'tools', 'tool_choice'],
  ...[
    'parallel_tool_calls',
    'text',
    'max_output_tokens',
    'temperature',
    'top_p',
    'top_logprobs',
    'reasoning',
  ],
  ...['include', 'metadata', 'user', 'prompt_cache_key', 'safety_identifier', 'service_tier', 'store'],
  ...['models', 'provider', 'fallbacks', 'tags', 'truncation', 'background'],
]);
const LOGPROBS = 'message.output_text.logprobs';
const ENCRYPTED = 'reasoning.encrypted_content';

/** @throws {GatewayError} `invalid_request`, naming the member at fault. */
export function readResponsesCodecRequest(body: JsonObject, hints: RequestHints): NeutralRequest {
  const tools = readTools(readList(body, 'tools') ?? []);
  const choice = givenIn(body, 'tool_choice');
  const text = readObject(body, 'text') ?? {};
  const include = readList(body, 'include') ?? [];
  const topLogprobs = readInteger(body, 'top_logprobs');
  const others = unsaid(body, include);
  return present({
    model: hints.model ?? readText(body, 'model') ?? '',
    stream: hints.stream ?? readFlag(body, 'stream') ?? false,
    messages: readConversation(body),
    tools,
    toolChoice: choice === undefined ? undefined : readToolChoice(choice),
    parallelToolCalls: readFlag(body, 'parallel_tool_calls'),
    outputFormat: readOutputFormat(text.format),
    maxOutputTokens: readInteger(body, 'max_output_tokens'),
    temperature: readNumber(body, 'temperature'),
    topP: readNumber(body, 'top_p'),
    logprobs: include.includes(LOGPROBS) || (topLogprobs ?? 0) > 0 ? { top: topLogprobs ?? 0 } : undefined,
    reasoning: readReasoning(readObject(body, 'reasoning')),
    verbosity: readWord(text, 'verbosity', ['low', 'medium', 'high']),
    serviceTier: readText(body, 'service_tier'),
    metadata: readStringMap(body, 'metadata'),
    endUser: readText(body, 'user'),
    promptCacheKey: readText(body, 'prompt_cache_key'),
    safetyIdentifier: readText(body, 'safety_identifier'),
    store: readFlag(body, 'store'),
    nativeMembers:
      others === undefined ? undefined : ({ format: 'openai-responses', members: others } as const),
  });
}

/** What has no neutral words; defaults that were written out are none. */
function unsaid(body: JsonObject, include: readonly JsonValue[]): JsonObject | undefined {
  const wanted = include.filter((entry) => entry !== LOGPROBS && entry !== ENCRYPTED);
  const members: JsonObject = {
    ...otherMembers(body, READ),
    ...(wanted.length === 0 ? {} : { include: wanted }),
    ...(body.truncation === 'auto' ? { truncation: 'auto' } : {}),
    ...(body.background === true ? { background: true } : {}),
  };
  return Object.keys(members).length === 0 ? undefined : members;
}

function readConversation(body: JsonObject): readonly NeutralMessage[] {
  const instructions = readText(body, 'instructions');
  const first: readonly NeutralMessage[] =
    instructions === undefined || instructions === ''
      ? []
      : [{ role: 'system', content: [{ kind: 'text', text: instructions }] }];
  const input = givenIn(body, 'input');
  if (input === undefined) return first;
  if (typeof input === 'string')
    return [...first, { role: 'user', content: [{ kind: 'text', text: input }] }];
  if (!Array.isArray(input)) throw invalidRequest('"input" must be a string or an array of items', 'input');
  return [...first, ...readInputItems(listIn(input))];
}

function readOutputFormat(format: JsonValue | undefined): OutputFormat | undefined {
  if (!isJsonObject(format)) return undefined;
  switch (format.type) {
    case 'text':
      return { kind: 'text' };
    case 'json_object':
      return { kind: 'json' };
    case 'json_schema':
      if (!isJsonObject(format.schema)) {
        throw invalidRequest('"text.format.schema" must be an object', 'text.format.schema');
      }
      return present({
        kind: 'schema' as const,
        schema: format.schema,
        name: textIn(format.name),
        description: textIn(format.description),
        strict: typeof format.strict === 'boolean' ? format.strict : undefined,
      });
    default:
      throw invalidRequest('"text.format.type" must be text, json_object or json_schema', 'text.format.type');
  }
}

function readReasoning(reasoning: JsonObject | undefined): ReasoningWish | undefined {
  if (reasoning === undefined) return undefined;
  const effort = givenIn(reasoning, 'effort');
  if (effort !== undefined && !isReasoningEffort(effort)) {
    throw invalidRequest(
      '"reasoning.effort" must be none, minimal, low, medium, high, xhigh or max',
      'reasoning.effort',
    );
  }
  const said = reasoning.summary ?? reasoning.generate_summary;
  const summary = (['auto', 'concise', 'detailed'] as const).find((word) => word === said);
  const wish = present({ effort, summary });
  return Object.keys(wish).length === 0 ? undefined : wish;
}
