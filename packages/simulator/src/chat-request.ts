/**
 * Reads a chat completion request as strictly as the provider does, and refuses it in the provider's words.
 *
 * Unknown parameters are refused: OpenAI does, and it shows at once when a gateway forwards its own extensions.
 */
import { invalidRequest, type ProviderError } from './provider-error.ts';

export interface ToolDefinition {
  readonly name: string;
  readonly parameters: unknown;
}

export type ToolChoice =
  | { readonly kind: 'none' | 'auto' | 'required' }
  | { readonly kind: 'named'; readonly name: string };

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly includeObfuscation: boolean;
  readonly choiceCount: number;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean | null;
  readonly responseFormat: 'text' | 'json_object' | 'json_schema';
  readonly responseSchema: unknown;
  readonly logprobs: boolean;
  readonly serviceTier: string;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly user: string | null;
  /** The request wants the model to think first. Chat completions do not show it. */
  readonly reasons?: boolean;
}

const PARAMETERS = new Set(
  [
    'audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages',
    'metadata modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key',
    'prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed',
    'service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity',
    'web_search_options',
  ].flatMap((line) => line.split(' ')),
);
const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);
const CHOICES_MAX = 128;
const NO_TOOLS: readonly ToolDefinition[] = [];
const NO_STOP: readonly string[] = [];

/** Carries the refusal out of the nested readers; never leaves this file. */
class Refusal extends Error {
  readonly error: ProviderError;
  constructor(error: ProviderError) {
    super(error.message);
    this.error = error;
  }
}

type Body = Readonly<Record<string, unknown>>;
export type ParsedRequest =
  | { readonly ok: true; readonly request: ChatRequest }
  | { readonly ok: false; readonly error: ProviderError };

export function parseChatRequest(body: unknown, unknownParameters: 'refuse' | 'accept'): ParsedRequest {
  try {
    return { ok: true, request: readRequest(body, unknownParameters) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: error.error };
    throw error;
  }
}

function refuse(message: string, param: string | null, code: string | null): never {
  throw new Refusal(invalidRequest(message, param, code));
}

function readRequest(body: unknown, unknownParameters: 'refuse' | 'accept'): ChatRequest {
  if (!isObject(body)) refuse('Invalid body: expected a JSON object.', null, null);
  if (unknownParameters === 'refuse') refuseUnknown(body);
  if (body.model === undefined) refuse('you must provide a model parameter', null, null);
  const model = readString(body.model, 'model');
  const stream = readBoolean(body.stream, 'stream') ?? false;
  const streamOptions = readStreamOptions(body.stream_options, stream);
  readNumber(body.temperature, 'temperature', 0, 2);
  readNumber(body.top_p, 'top_p', 0, 1);
  readNumber(body.presence_penalty, 'presence_penalty', -2, 2);
  readNumber(body.frequency_penalty, 'frequency_penalty', -2, 2);
  const tools = readTools(body.tools);
  const messages = readMessages(body.messages);
  return {
    model,
    messages,
    stream,
    ...streamOptions,
    choiceCount: readInteger(body.n, 'n', 1, CHOICES_MAX) ?? 1,
    maxTokens: readMaxTokens(body),
    stop: readStop(body.stop),
    tools,
    toolChoice: readToolChoice(body.tool_choice, tools),
    parallelToolCalls: readBoolean(body.parallel_tool_calls, 'parallel_tool_calls'),
    ...readResponseFormat(body.response_format, messages),
    logprobs: readBoolean(body.logprobs, 'logprobs') ?? false,
    serviceTier: readServiceTier(body.service_tier),
    metadata: isObject(body.metadata) ? body.metadata : null,
    user: typeof body.user === 'string' ? body.user : null,
  };
}

function refuseUnknown(body: Body): void {
  for (const name in body) {
    if (PARAMETERS.has(name)) continue;
    const shown = name.slice(0, 100);
    refuse(`Unknown parameter: '${shown}'.`, shown, 'unknown_parameter');
  }
}

function readMessages(value: unknown): readonly Body[] {
  if (value === undefined)
    refuse("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter');
  if (!Array.isArray(value)) refuseType('messages', 'an array of objects', value);
  if (value.length === 0) {
    const message =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.";
    refuse(message, 'messages', 'empty_array');
  }
  for (let i = 0; i < value.length; i += 1) readMessage(value[i], `messages[${i}]`);
  return value;
}

function readMessage(message: unknown, path: string): void {
  if (!isObject(message)) refuseType(path, 'an object', message);
  if (message.role === undefined) {
    refuse(`Missing required parameter: '${path}.role'.`, `${path}.role`, 'missing_required_parameter');
  }
  if (!ROLES.has(String(message.role))) {
    const supported = "'system', 'assistant', 'user', 'function', 'tool', and 'developer'";
    const got = String(message.role).slice(0, 100);
    refuse(`Invalid value: '${got}'. Supported values are: ${supported}.`, `${path}.role`, 'invalid_value');
  }
  const { content } = message;
  if (typeof content === 'string' || Array.isArray(content)) return;
  if (message.role === 'assistant' && (content === null || content === undefined)) return;
  const got = content === null ? 'null' : typeof content;
  refuse(`Invalid value for 'content': expected a string, got ${got}.`, `${path}.content`, null);
}

function readStreamOptions(
  value: unknown,
  stream: boolean,
): Pick<ChatRequest, 'includeUsage' | 'includeObfuscation'> {
  if (value === undefined || value === null) return { includeUsage: false, includeObfuscation: true };
  if (!stream) {
    refuse(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
      null,
    );
  }
  if (!isObject(value)) refuseType('stream_options', 'an object', value);
  return {
    includeUsage: readBoolean(value.include_usage, 'stream_options.include_usage') ?? false,
    includeObfuscation: readBoolean(value.include_obfuscation, 'stream_options.include_obfuscation') ?? true,
  };
}

function readMaxTokens(body: Body): number | null {
  const modern = readInteger(body.max_completion_tokens, 'max_completion_tokens', 1, Number.MAX_SAFE_INTEGER);
  const older = readInteger(body.max_tokens, 'max_tokens', 1, Number.MAX_SAFE_INTEGER);
  if (modern !== null && older !== null) {
    const message =
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported. " +
      "Please remove 'max_tokens' from your request.";
    refuse(message, 'max_tokens', 'invalid_parameter_combination');
  }
  return modern ?? older;
}

function readStop(value: unknown): readonly string[] {
  if (value === undefined || value === null) return NO_STOP;
  const sequences = Array.isArray(value) ? value : [value];
  if (sequences.length > 4)
    refuse(
      "Invalid 'stop': array too long. Expected an array with maximum length 4.",
      'stop',
      'array_above_max_length',
    );
  return sequences.map((sequence) => readString(sequence, 'stop')).filter((sequence) => sequence !== '');
}

function readTools(value: unknown): readonly ToolDefinition[] {
  if (value === undefined || value === null) return NO_TOOLS;
  if (!Array.isArray(value)) refuseType('tools', 'an array of objects', value);
  if (value.length === 0) {
    const message =
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.";
    refuse(message, 'tools', 'empty_array');
  }
  return value.map((tool, i) => {
    const definition = isObject(tool) ? tool.function : undefined;
    if (!isObject(definition) || typeof definition.name !== 'string') {
      const path = `tools[${i}].function`;
      refuse(`Missing required parameter: '${path}'.`, path, 'missing_required_parameter');
    }
    return { name: definition.name, parameters: definition.parameters };
  });
}

function readToolChoice(value: unknown, tools: readonly ToolDefinition[]): ToolChoice {
  if (value === undefined || value === null) return { kind: 'auto' };
  if (tools.length === 0) {
    const message =
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.";
    refuse(message, 'tool_choice', null);
  }
  if (value === 'none' || value === 'auto' || value === 'required') return { kind: value };
  const named = isObject(value) && isObject(value.function) ? value.function.name : undefined;
  if (typeof named !== 'string') refuse("Invalid value for 'tool_choice'.", 'tool_choice', 'invalid_value');
  if (!tools.some((tool) => tool.name === named)) {
    refuse(`Tool choice '${named.slice(0, 100)}' not found in 'tools' parameter.`, 'tool_choice', null);
  }
  return { kind: 'named', name: named };
}

function readResponseFormat(
  value: unknown,
  messages: readonly Body[],
): Pick<ChatRequest, 'responseFormat' | 'responseSchema'> {
  const type = isObject(value) ? value.type : undefined;
  if (type === 'json_object') {
    if (!/json/i.test(JSON.stringify(messages))) {
      const message =
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
      refuse(message, 'messages', null);
    }
    return { responseFormat: 'json_object', responseSchema: null };
  }
  if (type !== 'json_schema') return { responseFormat: 'text', responseSchema: null };
  const format = isObject(value) && isObject(value.json_schema) ? value.json_schema : null;
  if (format === null || typeof format.name !== 'string') {
    const path = 'response_format.json_schema';
    refuse(`Missing required parameter: '${path}'.`, path, 'missing_required_parameter');
  }
  return { responseFormat: 'json_schema', responseSchema: format.schema };
}

function readServiceTier(value: unknown): string {
  return value === 'flex' || value === 'priority' || value === 'scale' ? value : 'default';
}

function readString(value: unknown, path: string): string {
  if (typeof value !== 'string') refuseType(path, 'a string', value);
  return value;
}

function readBoolean(value: unknown, path: string): boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'boolean') refuseType(path, 'a boolean', value);
  return value;
}

function readInteger(value: unknown, path: string, least: number, most: number): number | null {
  const number = readNumber(value, path, least, most, 'integer');
  if (number !== null && !Number.isInteger(number)) refuseType(path, 'an integer', value);
  return number;
}

function readNumber(
  value: unknown,
  path: string,
  least: number,
  most: number,
  kind: 'integer' | 'decimal' = 'decimal',
): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number') refuseType(path, kind === 'integer' ? 'an integer' : 'a decimal', value);
  if (value < least) refuseBound(path, kind, 'below minimum', '>=', least, value, 'below_min_value');
  if (value > most) refuseBound(path, kind, 'above maximum', '<=', most, value, 'above_max_value');
  return value;
}

function refuseBound(
  path: string,
  kind: string,
  side: string,
  sign: string,
  bound: number,
  got: number,
  code: string,
): never {
  const shown = kind === 'decimal' && Number.isInteger(got) ? got.toFixed(1) : String(got);
  const message = `Invalid '${path}': ${kind} ${side} value. Expected a value ${sign} ${bound}, but got ${shown} instead.`;
  refuse(message, path, `${kind}_${code}`);
}

function refuseType(path: string, expected: string, value: unknown): never {
  const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  refuse(`Invalid type for '${path}': expected ${expected}, but got ${got} instead.`, path, 'invalid_type');
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
