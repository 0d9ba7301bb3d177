/** A Messages request as the neutral one. @see request-writer.ts for the way back. */
import { GatewayError } from '@tollgate/errors';
import { isJsonObject, someTextIn, textIn } from '../json/json-value.ts';
import type {
  JsonObject,
  JsonValue,
  NeutralMessage,
  NeutralRequest,
  NeutralTool,
  OutputFormat,
  Part,
  ReasoningEffort,
  ReasoningWish,
  RequestHints,
  ToolChoice,
} from '../neutral/index.ts';
import { readContent, readMark, type TakeExtra } from './content-reader.ts';
import { isAbsent, isList, without } from './json.ts';
import { FORMAT } from './signature.ts';

/** Members that the neutral request has words for; all others are this format's own. */
const KNOWN_MEMBERS: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'system',
  'messages',
  'max_tokens',
  'metadata',
  'stop_sequences',
  'temperature',
  'top_k',
  'top_p',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'service_tier',
]);
const EFFORTS: ReadonlySet<string> = new Set(['low', 'medium', 'high', 'xhigh', 'max']);

/** @throws {GatewayError} `invalid_request`, naming the field at fault. */
export function readMessagesBody(body: JsonObject, hints: RequestHints): NeutralRequest {
  const extras: Record<string, JsonValue> = { ...without(body, KNOWN_MEMBERS) };
  const extra: TakeExtra = (path, value) => {
    extras[path] = value;
  };
  const maxOutputTokens = readNumber(body, 'max_tokens');
  const outputFormat = readOutputFormat(body);
  const reasoning = readReasoning(body, extra);
  return {
    model: hints.model ?? textIn(body.model) ?? refuse('model', '"model" must be a string'),
    stream: hints.stream ?? body.stream === true,
    messages: [...readSystem(body, extra), ...readMessages(body, extra)],
    tools: readTools(body, extra),
    ...readToolChoice(body),
    ...(outputFormat === undefined ? {} : { outputFormat }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...readSampling(body),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...readTier(body),
    ...readMetadata(body, extra),
    ...(Object.keys(extras).length === 0 ? {} : { nativeMembers: { format: FORMAT, members: extras } }),
  };
}

function readSystem(body: JsonObject, extra: TakeExtra): readonly NeutralMessage[] {
  if (isAbsent(body.system)) return [];
  const content = readContent(body.system, 'system', extra, refuseBlock);
  if (content === undefined) return refuse('system', '"system" must be text or a list of blocks');
  return content.length === 0 ? [] : [{ role: 'system', content }];
}

function readMessages(body: JsonObject, extra: TakeExtra): NeutralMessage[] {
  if (!isList(body.messages)) return refuse('messages', '"messages" must be a list');
  const messages: NeutralMessage[] = [];
  const toolNames = new Map<string, string>();
  for (const [index, message] of body.messages.entries()) {
    const path = `messages[${index}]`;
    if (!isJsonObject(message)) return refuse(path, `"${path}" must be an object`);
    const { role } = message;
    if (role !== 'user' && role !== 'assistant' && role !== 'system') {
      return refuse(`${path}.role`, `"${path}.role" must be "user", "assistant" or "system"`);
    }
    const content = readContent(message.content, `${path}.content`, extra, refuseBlock);
    if (content === undefined) {
      return refuse(`${path}.content`, `"${path}.content" must be text or a list of blocks`);
    }
    for (const part of content) if (part.kind === 'toolCall') toolNames.set(part.id, part.name);
    if (role !== 'user') messages.push({ role, content });
    else messages.push(...splitUserTurn(content, toolNames));
  }
  return messages;
}

/** Results of tools are messages of their own in the neutral model. */
function splitUserTurn(
  content: readonly Part[],
  toolNames: ReadonlyMap<string, string>,
): readonly NeutralMessage[] {
  const messages: { role: 'user' | 'tool'; content: Part[] }[] = [];
  for (const part of content) {
    const role = part.kind === 'toolResult' ? 'tool' : 'user';
    const last = messages.at(-1);
    const named = part.kind === 'toolResult' ? withName(part, toolNames) : part;
    if (last?.role === role) last.content.push(named);
    else messages.push({ role, content: [named] });
  }
  return messages.length === 0 ? [{ role: 'user', content: [] }] : messages;
}

function withName(part: Extract<Part, { kind: 'toolResult' }>, names: ReadonlyMap<string, string>): Part {
  const name = names.get(part.callId);
  return name === undefined ? part : { ...part, name };
}

const TOOL_MEMBERS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
]);

function readTools(body: JsonObject, extra: TakeExtra): readonly NeutralTool[] {
  if (isAbsent(body.tools)) return [];
  if (!isList(body.tools)) return refuse('tools', '"tools" must be a list');
  return body.tools.map((tool, index) => {
    const path = `tools[${index}]`;
    if (!isJsonObject(tool)) return refuse(path, `"${path}" must be an object`);
    const type = someTextIn(tool.type);
    if (type !== undefined && type !== 'custom') {
      return { kind: 'server', name: type.replace(/_\d{8}$/, ''), native: { format: FORMAT, value: tool } };
    }
    const name = someTextIn(tool.name);
    if (name === undefined) return refuse(`${path}.name`, `"${path}.name" must be a string`);
    for (const [member, value] of Object.entries(without(tool, TOOL_MEMBERS) ?? {})) {
      extra(`${path}.${member}`, value);
    }
    return {
      kind: 'function',
      name,
      ...(typeof tool.description === 'string' ? { description: tool.description } : {}),
      ...(isJsonObject(tool.input_schema) ? { parameters: tool.input_schema } : {}),
      ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
      ...readMark(tool),
    };
  });
}

function readToolChoice(body: JsonObject): { toolChoice?: ToolChoice; parallelToolCalls?: boolean } {
  const choice = body.tool_choice;
  if (isAbsent(choice)) return {};
  if (!isJsonObject(choice)) return refuse('tool_choice', '"tool_choice" must be an object');
  const disabled = choice.disable_parallel_tool_use;
  return {
    toolChoice: readChoice(choice),
    ...(typeof disabled === 'boolean' ? { parallelToolCalls: !disabled } : {}),
  };
}

function readChoice(choice: JsonObject): ToolChoice {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { kind: choice.type };
    case 'any':
      return { kind: 'required' };
    case 'tool':
      if (typeof choice.name === 'string') return { kind: 'tool', name: choice.name };
      return refuse('tool_choice.name', '"tool_choice.name" must be a string');
    default:
      return refuse('tool_choice.type', '"tool_choice.type" must be "auto", "any", "tool" or "none"');
  }
}

/** `output_config.format`, or `output_format` as it was called before. */
function readOutputFormat(body: JsonObject): OutputFormat | undefined {
  const config = isJsonObject(body.output_config) ? body.output_config : {};
  const format = isAbsent(config.format) ? body.output_format : config.format;
  if (isAbsent(format)) return undefined;
  if (!isJsonObject(format) || format.type !== 'json_schema' || !isJsonObject(format.schema)) {
    return refuse('output_config.format', '"output_config.format" must hold a JSON schema');
  }
  return { kind: 'schema', schema: format.schema };
}

const CONFIG_MEMBERS: ReadonlySet<string> = new Set(['effort', 'format']);

function readReasoning(body: JsonObject, extra: TakeExtra): ReasoningWish | undefined {
  const config = isJsonObject(body.output_config) ? body.output_config : {};
  for (const [name, value] of Object.entries(without(config, CONFIG_MEMBERS) ?? {})) {
    extra(`output_config.${name}`, value);
  }
  const { effort } = config;
  const wish: ReasoningWish = {
    ...(isEffort(effort) ? { effort } : {}),
    ...readThinking(body.thinking),
  };
  return Object.keys(wish).length === 0 ? undefined : wish;
}

function readThinking(thinking: JsonValue | undefined): ReasoningWish {
  if (isAbsent(thinking)) return {};
  if (!isJsonObject(thinking)) return refuse('thinking', '"thinking" must be an object');
  const summary: ReasoningWish =
    thinking.display === 'summarized'
      ? { summary: 'auto' }
      : thinking.display === 'omitted'
        ? { summary: 'none' }
        : {};
  switch (thinking.type) {
    case 'disabled':
      return { budgetTokens: 0 };
    case 'adaptive':
      return { budgetTokens: 'dynamic', ...summary };
    case 'enabled':
      return { budgetTokens: readNumber(thinking, 'budget_tokens', 'thinking.') ?? 'dynamic', ...summary };
    default:
      return refuse('thinking.type', '"thinking.type" must be "enabled", "disabled" or "adaptive"');
  }
}

function isEffort(value: JsonValue | undefined): value is ReasoningEffort {
  return typeof value === 'string' && EFFORTS.has(value);
}

function readSampling(body: JsonObject): Pick<NeutralRequest, 'temperature' | 'topP' | 'topK' | 'stop'> {
  const temperature = readNumber(body, 'temperature');
  const topP = readNumber(body, 'top_p');
  const topK = readNumber(body, 'top_k');
  const stop = body.stop_sequences;
  if (!isAbsent(stop) && !(isList(stop) && stop.every((text) => typeof text === 'string'))) {
    return refuse('stop_sequences', '"stop_sequences" must be a list of strings');
  }
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(isAbsent(stop) ? {} : { stop: stop as readonly string[] }),
  };
}

/** Neutral tiers are OpenAI's words: what is not priority is `default`. */
function readTier(body: JsonObject): { serviceTier?: string } {
  const tier = someTextIn(body.service_tier);
  if (tier === undefined) return {};
  return { serviceTier: tier === 'standard_only' ? 'default' : tier };
}

function readMetadata(body: JsonObject, extra: TakeExtra): Pick<NeutralRequest, 'metadata' | 'endUser'> {
  const { metadata } = body;
  if (isAbsent(metadata)) return {};
  if (!isJsonObject(metadata)) return refuse('metadata', '"metadata" must be an object');
  const endUser = someTextIn(metadata.user_id);
  const tags: Record<string, string> = {};
  for (const [name, value] of Object.entries(without(metadata, USER_ID) ?? {})) {
    if (typeof value === 'string') tags[name] = value;
    else extra(`metadata.${name}`, value);
  }
  return {
    ...(endUser === undefined ? {} : { endUser }),
    ...(Object.keys(tags).length === 0 ? {} : { metadata: tags }),
  };
}

const USER_ID: ReadonlySet<string> = new Set(['user_id']);

function readNumber(object: JsonObject, name: string, path = ''): number | undefined {
  const value = object[name];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return refuse(path + name, `"${path}${name}" must be a number`);
  }
  return value;
}

function refuseBlock(path: string): never {
  return refuse(path, `"${path}" must be a content block`);
}

function refuse(param: string, rule: string): never {
  throw new GatewayError('invalid_request', `Cannot read the request: ${rule}.`, { param });
}
