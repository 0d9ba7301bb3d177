/** A caller's chat completion request in neutral words. */
import { isJsonObject, objectIn, present, textIn } from '../../json/json-value.ts';
import type { RequestHints } from '../../neutral/codec.ts';
import { isReasoningEffort } from '../../neutral/reasoning-effort.ts';
import type { NeutralRequest, NeutralTool, OutputFormat, ReasoningWish } from '../../neutral/request.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';
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
} from '../body-reader.ts';
import { invalidRequest } from '../invalid-request.ts';
import { readMessages } from './read-message.ts';
import { readLegacyFunctions, readSearchMember, readToolChoice, readTools } from './tools.ts';

/** What is read here, and what the gateway itself obeys (request-extensions.ts); the rest is kept as it is. */
const READ: ReadonlySet<string> = new Set([
  ...['model', 'stream', 'stream_options', 'messages', 'tools', 'functions', 'tool_choice', 'function_call'],
  ...[
    'parallel_tool_calls',
    'response_format',
    'max_completion_tokens',
    'max_tokens',
    'temperature',
    'top_p',
  ],
  ...['top_k', 'stop', 'seed', 'n', 'frequency_penalty', 'presence_penalty', 'logprobs', 'top_logprobs'],
  ...['logit_bias', 'reasoning_effort', 'reasoning', 'thinking', 'verbosity', 'modalities', 'audio'],
  ...['service_tier', 'metadata', 'user', 'prompt_cache_key', 'safety_identifier', 'store'],
  ...['web_search_options', 'models', 'provider', 'fallbacks', 'tags'],
]);
const MODALITIES = ['text', 'audio', 'image'] as const;

/** @throws {GatewayError} `invalid_request`, naming the member at fault. */
export function readChatCodecRequest(body: JsonObject, hints: RequestHints): NeutralRequest {
  const messages = readList(body, 'messages');
  if (messages === undefined || messages.length === 0) {
    throw invalidRequest('"messages" must be an array of at least one message', 'messages');
  }
  const others = otherMembers(body, READ);
  return present({
    model: hints.model ?? readText(body, 'model') ?? '',
    stream: hints.stream ?? readFlag(body, 'stream') ?? false,
    messages: readMessages(messages),
    ...readToolMembers(body),
    outputFormat: readOutputFormat(readObject(body, 'response_format')),
    maxOutputTokens: readInteger(body, 'max_completion_tokens') ?? readInteger(body, 'max_tokens'),
    temperature: readNumber(body, 'temperature'),
    topP: readNumber(body, 'top_p'),
    topK: readInteger(body, 'top_k'),
    stop: readStop(givenIn(body, 'stop')),
    seed: readInteger(body, 'seed'),
    choices: readInteger(body, 'n'),
    frequencyPenalty: readNumber(body, 'frequency_penalty'),
    presencePenalty: readNumber(body, 'presence_penalty'),
    logprobs:
      readFlag(body, 'logprobs') === true ? { top: readInteger(body, 'top_logprobs') ?? 0 } : undefined,
    logitBias: readLogitBias(readObject(body, 'logit_bias')),
    reasoning: readReasoningWish(body),
    verbosity: readWord(body, 'verbosity', ['low', 'medium', 'high']),
    outputModalities: readModalities(readList(body, 'modalities')),
    audioOutput: readAudioOutput(readObject(body, 'audio')),
    serviceTier: readText(body, 'service_tier'),
    metadata: readStringMap(body, 'metadata'),
    endUser: readText(body, 'user'),
    promptCacheKey: readText(body, 'prompt_cache_key'),
    safetyIdentifier: readText(body, 'safety_identifier'),
    store: readFlag(body, 'store'),
    nativeMembers: others === undefined ? undefined : ({ format: 'openai-chat', members: others } as const),
  });
}

function readToolMembers(
  body: JsonObject,
): Pick<NeutralRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'> {
  const search = readObject(body, 'web_search_options');
  const tools: readonly NeutralTool[] = [
    ...readTools(readList(body, 'tools') ?? []),
    ...readLegacyFunctions(readList(body, 'functions') ?? []),
    ...(search === undefined ? [] : [readSearchMember(search)]),
  ];
  const choice = givenIn(body, 'tool_choice');
  const legacy = givenIn(body, 'function_call');
  const legacyChoice = isJsonObject(legacy) ? { type: 'function', function: legacy } : legacy;
  const wanted = choice ?? legacyChoice;
  return present({
    tools,
    toolChoice: wanted === undefined ? undefined : readToolChoice(wanted),
    parallelToolCalls: readFlag(body, 'parallel_tool_calls'),
  });
}

function readOutputFormat(format: JsonObject | undefined): OutputFormat | undefined {
  switch (format?.type) {
    case undefined:
      return undefined;
    case 'text':
      return { kind: 'text' };
    case 'json_object':
      return { kind: 'json' };
    case 'json_schema': {
      const named = objectIn(format.json_schema);
      if (!isJsonObject(named.schema)) {
        throw invalidRequest(
          '"response_format.json_schema.schema" must be an object',
          'response_format.json_schema.schema',
        );
      }
      return present({
        kind: 'schema' as const,
        schema: named.schema,
        name: textIn(named.name),
        description: textIn(named.description),
        strict: typeof named.strict === 'boolean' ? named.strict : undefined,
      });
    }
    default:
      throw invalidRequest(
        '"response_format.type" must be text, json_object or json_schema',
        'response_format.type',
      );
  }
}

function readStop(stop: JsonValue | undefined): readonly string[] | undefined {
  if (stop === undefined) return undefined;
  const list = typeof stop === 'string' ? [stop] : stop;
  if (!Array.isArray(list) || !list.every((entry) => typeof entry === 'string')) {
    throw invalidRequest('"stop" must be a string or an array of strings', 'stop');
  }
  return list as readonly string[];
}

function readLogitBias(bias: JsonObject | undefined): Readonly<Record<string, number>> | undefined {
  if (bias === undefined) return undefined;
  for (const value of Object.values(bias)) {
    if (typeof value !== 'number')
      throw invalidRequest('"logit_bias" must map tokens to numbers', 'logit_bias');
  }
  return bias as Readonly<Record<string, number>>;
}

/** OpenAI's effort, OpenRouter's `reasoning`, and the `thinking` of DeepSeek, Z.ai and LiteLLM. */
function readReasoningWish(body: JsonObject): ReasoningWish | undefined {
  const reasoning = readObject(body, 'reasoning');
  const thinking = readObject(body, 'thinking');
  const effort =
    readEffort(reasoning?.effort, 'reasoning.effort') ??
    readEffort(body.reasoning_effort, 'reasoning_effort');
  const budgetTokens = budgetIn(reasoning?.max_tokens) ?? thinkingBudget(thinking);
  const summary = summaryIn(reasoning);
  const enabled = reasoning?.enabled;
  const wish = present({
    effort: effort ?? (enabled === false ? ('none' as const) : undefined),
    budgetTokens:
      budgetTokens ?? (enabled === true && effort === undefined ? ('dynamic' as const) : undefined),
    summary,
  });
  return Object.keys(wish).length === 0 ? undefined : wish;
}

function readEffort(value: JsonValue | undefined, param: string): ReasoningWish['effort'] {
  // Groq's word for leaving it to the model.
  if (value === undefined || value === null || value === 'default') return undefined;
  if (!isReasoningEffort(value)) {
    throw invalidRequest(`"${param}" must be none, minimal, low, medium, high, xhigh or max`, param);
  }
  return value;
}

function budgetIn(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function thinkingBudget(thinking: JsonObject | undefined): ReasoningWish['budgetTokens'] {
  switch (thinking?.type) {
    case 'disabled':
      return 0;
    case 'enabled':
    case 'adaptive':
      return budgetIn(thinking.budget_tokens) ?? 'dynamic';
    default:
      return undefined;
  }
}

function summaryIn(reasoning: JsonObject | undefined): ReasoningWish['summary'] {
  if (reasoning?.exclude === true) return 'none';
  const summary = reasoning?.summary;
  return summary === 'auto' || summary === 'concise' || summary === 'detailed' ? summary : undefined;
}

function readModalities(list: readonly JsonValue[] | undefined): NeutralRequest['outputModalities'] {
  return list?.map((value) => {
    const known = MODALITIES.find((modality) => modality === value);
    if (known === undefined)
      throw invalidRequest('"modalities" must hold text, audio or image', 'modalities');
    return known;
  });
}

function readAudioOutput(audio: JsonObject | undefined): NeutralRequest['audioOutput'] {
  if (audio === undefined) return undefined;
  const voice = textIn(audio.voice) ?? textIn(objectIn(audio.voice).id);
  const format = textIn(audio.format);
  if (voice === undefined || format === undefined) {
    throw invalidRequest('"audio" must have a voice and a format', 'audio');
  }
  return { voice, format };
}
