/** A Converse request as the neutral one: what the simulator and the tests of the way there and back need. */

import type {
  JsonObject,
  JsonValue,
  NeutralMessage,
  NeutralRequest,
  NeutralTool,
  OutputFormat,
  Part,
  ReasoningWish,
  RequestHints,
  ToolChoice,
} from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';
import { FORMAT, markLast, readBlocks } from './content-reader.ts';
import { isObject, listIn, numberIn, objectIn, parseObject, textIn } from './json.ts';

const KNOWN_MEMBERS: ReadonlySet<string> = new Set([
  'modelId',
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'outputConfig',
  'additionalModelRequestFields',
  'additionalModelResponseFieldPaths',
  'requestMetadata',
  'serviceTier',
]);
const KNOWN_FIELDS: ReadonlySet<string> = new Set(['thinking', 'output_config', 'top_k', 'tool_choice']);

/** @throws {GatewayError} `invalid_request`. */
export function readConverseBody(body: JsonObject, hints: RequestHints): NeutralRequest {
  if (!Array.isArray(body.messages)) throw invalid('messages', '"messages" must be a list');
  const model = hints.model ?? textIn(body.modelId);
  if (model === undefined) throw invalid('modelId', 'the address must name a model');
  const members = nativeMembers(body);
  const system = readBlocks(body.system);
  const fields = objectIn(body.additionalModelRequestFields);
  const reasoning = readReasoning(fields);
  const tier = textIn(objectIn(body.serviceTier).type);
  const topK = numberIn(fields.top_k);
  const metadata = readMetadata(body.requestMetadata);
  return {
    model,
    stream: hints.stream ?? false,
    messages: [
      ...(system.length === 0 ? [] : [{ role: 'system', content: system } as const]),
      ...readMessages(body.messages),
    ],
    tools: readTools(objectIn(body.toolConfig)),
    ...readToolChoice(objectIn(body.toolConfig).toolChoice),
    ...readParallel(fields.tool_choice),
    ...readOutputFormat(body.outputConfig),
    ...readInference(objectIn(body.inferenceConfig)),
    ...(topK === undefined ? {} : { topK }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(tier === undefined ? {} : { serviceTier: tier }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(members === undefined ? {} : { nativeMembers: { format: FORMAT, members } }),
  };
}

function nativeMembers(body: JsonObject): JsonObject | undefined {
  const members = Object.fromEntries(Object.entries(body).filter(([name]) => !KNOWN_MEMBERS.has(name)));
  const fields = Object.fromEntries(
    Object.entries(objectIn(body.additionalModelRequestFields)).filter(([name]) => !KNOWN_FIELDS.has(name)),
  );
  const all =
    Object.keys(fields).length === 0 ? members : { ...members, additionalModelRequestFields: fields };
  return Object.keys(all).length === 0 ? undefined : all;
}

function readMessages(messages: readonly JsonValue[]): NeutralMessage[] {
  const names = new Map<string, string>();
  return messages.flatMap((message, index) => {
    const path = `messages[${index}]`;
    if (!isObject(message)) throw invalid(path, `"${path}" must be an object`);
    const { role, content } = message;
    if (role !== 'user' && role !== 'assistant') {
      throw invalid(`${path}.role`, `"${path}.role" must be "user" or "assistant"`);
    }
    const parts = readBlocks(content);
    for (const part of parts) if (part.kind === 'toolCall') names.set(part.id, part.name);
    return role === 'assistant' ? [{ role, content: parts }] : splitUserTurn(parts, names);
  });
}

function splitUserTurn(parts: readonly Part[], names: ReadonlyMap<string, string>): NeutralMessage[] {
  const messages: { role: 'user' | 'tool'; content: Part[] }[] = [];
  for (const part of parts) {
    const role = part.kind === 'toolResult' ? 'tool' : 'user';
    const name = part.kind === 'toolResult' ? names.get(part.callId) : undefined;
    const named = name === undefined ? part : ({ ...part, name } as Part);
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(named);
    else messages.push({ role, content: [named] });
  }
  return messages;
}

function readTools(toolConfig: JsonObject): readonly NeutralTool[] {
  const tools: NeutralTool[] = [];
  for (const tool of listIn(toolConfig.tools)) {
    if (!isObject(tool)) continue;
    if (tool.cachePoint !== undefined) markLast(tools, objectIn(tool.cachePoint));
    else if (isObject(tool.toolSpec)) tools.push(readToolSpec(tool.toolSpec));
    else {
      const [kind = 'tool'] = Object.keys(tool);
      const name = textIn(objectIn(tool[kind]).name) ?? kind;
      tools.push({ kind: 'server', name, native: { format: FORMAT, value: tool } });
    }
  }
  return tools;
}

function readToolSpec(spec: JsonObject): NeutralTool {
  const { json } = objectIn(spec.inputSchema);
  return {
    kind: 'function',
    name: textIn(spec.name) ?? '',
    ...(typeof spec.description === 'string' ? { description: spec.description } : {}),
    ...(isObject(json) ? { parameters: json } : {}),
    ...(typeof spec.strict === 'boolean' ? { strict: spec.strict } : {}),
  };
}

function readToolChoice(value: JsonValue | undefined): { toolChoice?: ToolChoice } {
  if (!isObject(value)) return {};
  if (value.any !== undefined) return { toolChoice: { kind: 'required' } };
  if (isObject(value.tool)) return { toolChoice: { kind: 'tool', name: textIn(value.tool.name) ?? '' } };
  return { toolChoice: { kind: 'auto' } };
}

/** Claude's own choice, which says whether calls may be parallel. */
function readParallel(value: JsonValue | undefined): { parallelToolCalls?: boolean } {
  const disabled = objectIn(value).disable_parallel_tool_use;
  return typeof disabled === 'boolean' ? { parallelToolCalls: !disabled } : {};
}

function readOutputFormat(value: JsonValue | undefined): { outputFormat?: OutputFormat } {
  const format = objectIn(objectIn(value).textFormat);
  const { schema, name, description } = objectIn(objectIn(format.structure).jsonSchema);
  const parsed = parseObject(textIn(schema) ?? '');
  if (parsed === undefined) return {};
  return {
    outputFormat: {
      kind: 'schema',
      schema: parsed,
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof description === 'string' ? { description } : {}),
    },
  };
}

function readInference(
  config: JsonObject,
): Pick<NeutralRequest, 'maxOutputTokens' | 'temperature' | 'topP' | 'stop'> {
  const maxOutputTokens = numberIn(config.maxTokens);
  const temperature = numberIn(config.temperature);
  const topP = numberIn(config.topP);
  const stop = listIn(config.stopSequences).filter((text): text is string => typeof text === 'string');
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(stop.length === 0 ? {} : { stop }),
  };
}

function readReasoning(fields: JsonObject): ReasoningWish | undefined {
  const { type, budget_tokens: budget } = objectIn(fields.thinking);
  const effort = textIn(objectIn(fields.output_config).effort);
  const isEffort =
    effort === 'low' || effort === 'medium' || effort === 'high' || effort === 'xhigh' || effort === 'max';
  const wish: ReasoningWish = {
    ...(isEffort ? { effort } : {}),
    ...(type === 'disabled' ? { budgetTokens: 0 } : {}),
    ...(type === 'adaptive' ? { budgetTokens: 'dynamic' } : {}),
    ...(type === 'enabled' ? { budgetTokens: numberIn(budget) ?? 'dynamic' } : {}),
  };
  return Object.keys(wish).length === 0 ? undefined : wish;
}

function readMetadata(value: JsonValue | undefined): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(objectIn(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function invalid(param: string, rule: string): GatewayError {
  return new GatewayError('invalid_request', `Cannot read the request: ${rule}.`, { param });
}
