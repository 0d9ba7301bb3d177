/** A generateContent request as the neutral one. @see request-writer.ts for the way back. */
import { GatewayError } from '@tollgate/errors';
import { isJsonObject, numberIn, textIn } from '../json/json-value.ts';
import type { RequestHints } from '../neutral/codec.ts';
import type { Part } from '../neutral/parts.ts';
import type {
  NeutralMessage,
  NeutralRequest,
  NeutralTool,
  OutputFormat,
  ReasoningEffort,
  ReasoningWish,
  ToolChoice,
} from '../neutral/request.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { type CallIds, createConversationIds, readPart, type TakeExtra } from './content-reader.ts';
import { camelCase, findProto, proto, repeated } from './proto.ts';
import { fromGeminiSchema } from './schema.ts';
import { FORMAT } from './signature.ts';

/** Members that the neutral request has words for; all others are this format's own. */
const KNOWN_MEMBERS: ReadonlySet<string> = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'serviceTier',
  'store',
]);

/** @throws {GatewayError} `invalid_request`, naming the field at fault. */
export function readGenerateBody(body: JsonObject, hints: RequestHints): NeutralRequest {
  const extras: Record<string, JsonValue> = {};
  const extra: TakeExtra = (path, value) => {
    extras[path] = value;
  };
  for (const [name, value] of Object.entries(proto(body))) if (!KNOWN_MEMBERS.has(name)) extra(name, value);
  const { systemInstruction, contents, tools, toolConfig, generationConfig, serviceTier, store, model } =
    proto(body);
  const ids = createConversationIds();
  const named = hints.model ?? textIn(model);
  if (named === undefined) return refuse('model', 'the model stands in the path');
  const read: NeutralRequest = {
    model: named,
    stream: hints.stream ?? false,
    messages: [...readSystem(systemInstruction, ids, extra), ...readContents(contents, ids, extra)],
    tools: readTools(tools, extra),
    ...readToolConfig(toolConfig, extra),
    ...readConfig(generationConfig, extra),
    ...(typeof serviceTier === 'string' ? readTier(serviceTier) : {}),
    ...(typeof store === 'boolean' ? { store } : {}),
  };
  return Object.keys(extras).length === 0
    ? read
    : { ...read, nativeMembers: { format: FORMAT, members: extras } };
}

function readSystem(value: JsonValue | undefined, ids: CallIds, extra: TakeExtra): NeutralMessage[] {
  if (value === undefined) return [];
  // One of the official SDKs sends plain text, which the API takes.
  if (typeof value === 'string') return [{ role: 'system', content: [{ kind: 'text', text: value }] }];
  const content = readParts(value, 'systemInstruction', ids, extra);
  return content.length === 0 ? [] : [{ role: 'system', content }];
}

function readContents(value: JsonValue | undefined, ids: CallIds, extra: TakeExtra): NeutralMessage[] {
  const contents = typeof value === 'string' ? undefined : repeated(value);
  if (contents === undefined) return refuse('contents', '"contents" must be a list');
  const messages = contents.flatMap((content, index): NeutralMessage[] => {
    const path = `contents[${index}]`;
    const { role } = proto(content);
    const parts = readParts(content, path, ids, extra);
    switch (role) {
      case 'model':
        return [{ role: 'assistant' as const, content: parts }];
      case undefined:
      case 'user':
      case 'function':
        return splitUserTurn(parts);
      default:
        return refuse(`${path}.role`, `"${path}.role" must be "user" or "model"`);
    }
  });
  return joinStreamed(messages);
}

/**
 * What was streamed comes back in its pieces: Google's SDK keeps a content for each chunk. One turn is one message,
 * and thoughts up to their signature are one, since the signature is of all of them.
 */
function joinStreamed(messages: readonly NeutralMessage[]): NeutralMessage[] {
  const joined: NeutralMessage[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last?.role === 'assistant' && message.role === 'assistant')
      joined[joined.length - 1] = { ...last, content: [...last.content, ...message.content] };
    else joined.push(message);
  }
  return joined.map((message) =>
    message.role === 'assistant' ? { ...message, content: joinThoughts(message.content) } : message,
  );
}

function joinThoughts(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const isOpen = last?.kind === 'reasoning' && last.signature === undefined && last.redacted === undefined;
    if (isOpen && part.kind === 'reasoning')
      joined[joined.length - 1] = { ...last, ...part, text: last.text + part.text };
    else joined.push(part);
  }
  return joined;
}

/** Results of functions are messages of their own in the neutral model. */
function splitUserTurn(parts: readonly Part[]): NeutralMessage[] {
  const messages: { role: 'user' | 'tool'; content: Part[] }[] = [];
  for (const part of parts) {
    const role = part.kind === 'toolResult' ? 'tool' : 'user';
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(part);
    else messages.push({ role, content: [part] });
  }
  return messages.length === 0 ? [{ role: 'user', content: [] }] : messages;
}

function readParts(value: JsonValue, path: string, ids: CallIds, extra: TakeExtra): readonly Part[] {
  const content = findProto(value);
  if (content === undefined) return refuse(path, `"${path}" must be an object`);
  const { parts } = content;
  const list = typeof parts === 'string' ? undefined : repeated(parts ?? []);
  if (list === undefined) return refuse(`${path}.parts`, `"${path}.parts" must be a list`);
  return list.flatMap((part, index) => {
    const partPath = `${path}.parts[${index}]`;
    return readPart(part, partPath, ids, extra) ?? refuse(partPath, `"${partPath}" must be an object`);
  });
}

const DECLARATION_MEMBERS: ReadonlySet<string> = new Set([
  'name',
  'description',
  'parameters',
  'parametersJsonSchema',
]);

function readTools(value: JsonValue | undefined, extra: TakeExtra): readonly NeutralTool[] {
  if (value === undefined) return [];
  const list = typeof value === 'string' ? undefined : repeated(value);
  if (list === undefined) return refuse('tools', '"tools" must be a list');
  return list.flatMap((tool, index) => {
    const path = `tools[${index}]`;
    const members = findProto(tool);
    if (members === undefined) return refuse(path, `"${path}" must be an object`);
    return Object.entries(members).flatMap(([name, member]): readonly NeutralTool[] => {
      if (name !== 'functionDeclarations') {
        return [{ kind: 'server', name, native: { format: FORMAT, value: { [name]: member } } }];
      }
      return (repeated(member) ?? []).map((declaration, at) =>
        readDeclaration(declaration, `${path}.functionDeclarations[${at}]`, extra),
      );
    });
  });
}

function readDeclaration(value: JsonValue, path: string, extra: TakeExtra): NeutralTool {
  const declaration = proto(value);
  const { name, description, parameters, parametersJsonSchema } = declaration;
  if (typeof name !== 'string' || name === '')
    return refuse(`${path}.name`, `"${path}.name" must be a string`);
  for (const [member, said] of Object.entries(declaration)) {
    if (!DECLARATION_MEMBERS.has(member)) extra(`${path}.${member}`, said);
  }
  const schema = isJsonObject(parametersJsonSchema)
    ? parametersJsonSchema
    : isJsonObject(parameters)
      ? fromGeminiSchema(parameters)
      : undefined;
  return {
    kind: 'function',
    name,
    ...(typeof description === 'string' ? { description } : {}),
    ...(schema === undefined ? {} : { parameters: schema }),
  };
}

function readToolConfig(value: JsonValue | undefined, extra: TakeExtra): { toolChoice?: ToolChoice } {
  const { functionCallingConfig, ...others } = proto(value);
  for (const [name, said] of Object.entries(others)) extra(`toolConfig.${name}`, said);
  const { mode, allowedFunctionNames } = proto(functionCallingConfig);
  const names = (repeated(allowedFunctionNames) ?? []).filter(
    (name): name is string => typeof name === 'string',
  );
  const [only] = names;
  switch (mode) {
    case undefined:
    case 'MODE_UNSPECIFIED':
      return {};
    case 'AUTO':
      return { toolChoice: { kind: 'auto' } };
    case 'NONE':
      return { toolChoice: { kind: 'none' } };
    case 'ANY':
      if (only === undefined) return { toolChoice: { kind: 'required' } };
      if (names.length === 1) return { toolChoice: { kind: 'tool', name: only } };
      return { toolChoice: { kind: 'allowed', mode: 'required', names } };
    case 'VALIDATED':
      return { toolChoice: only === undefined ? { kind: 'auto' } : { kind: 'allowed', mode: 'auto', names } };
    default:
      return refuse(
        'toolConfig.functionCallingConfig.mode',
        '"toolConfig.functionCallingConfig.mode" must be AUTO, ANY, NONE or VALIDATED',
      );
  }
}

const CONFIG_MEMBERS: ReadonlySet<string> = new Set([
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  '_responseJsonSchema',
  'thinkingConfig',
  'responseModalities',
  'speechConfig',
]);

function readConfig(value: JsonValue | undefined, extra: TakeExtra): Partial<NeutralRequest> {
  if (value !== undefined && !isJsonObject(value)) {
    return refuse('generationConfig', '"generationConfig" must be an object');
  }
  const config = proto(value);
  for (const [name, said] of Object.entries(config)) {
    if (!CONFIG_MEMBERS.has(camelCase(name))) extra(`generationConfig.${name}`, said);
  }
  const number = (name: string): number | undefined => {
    const said = config[name];
    if (said !== undefined && numberIn(said) === undefined) {
      return refuse(`generationConfig.${name}`, `"generationConfig.${name}" must be a number`);
    }
    return numberIn(said);
  };
  const stop = config.stopSequences;
  const stopTexts = (repeated(stop) ?? []).filter((text): text is string => typeof text === 'string');
  if (stop !== undefined && stopTexts.length !== repeated(stop)?.length) {
    return refuse(
      'generationConfig.stopSequences',
      '"generationConfig.stopSequences" must be a list of strings',
    );
  }
  const numbers = {
    temperature: number('temperature'),
    topP: number('topP'),
    topK: number('topK'),
    choices: number('candidateCount'),
    maxOutputTokens: number('maxOutputTokens'),
    seed: number('seed'),
    presencePenalty: number('presencePenalty'),
    frequencyPenalty: number('frequencyPenalty'),
  };
  const outputFormat = readOutputFormat(config, extra);
  const reasoning = readThinking(config.thinkingConfig, extra);
  return {
    ...Object.fromEntries(Object.entries(numbers).filter(([, said]) => said !== undefined)),
    ...(stopTexts.length === 0 ? {} : { stop: stopTexts }),
    ...(config.responseLogprobs === true ? { logprobs: { top: number('logprobs') ?? 0 } } : {}),
    ...(outputFormat === undefined ? {} : { outputFormat }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...readModalities(config, extra),
  };
}

function readOutputFormat(config: JsonObject, extra: TakeExtra): OutputFormat | undefined {
  const { responseMimeType, responseSchema, responseJsonSchema, _responseJsonSchema } = config;
  const given = responseJsonSchema ?? _responseJsonSchema;
  const schema = isJsonObject(given)
    ? given
    : isJsonObject(responseSchema)
      ? fromGeminiSchema(responseSchema)
      : undefined;
  switch (responseMimeType) {
    case undefined:
      return schema === undefined ? undefined : { kind: 'schema', schema };
    case 'text/plain':
      return { kind: 'text' };
    case 'application/json':
      return schema === undefined ? { kind: 'json' } : { kind: 'schema', schema };
    default:
      extra('generationConfig.responseMimeType', responseMimeType);
      return undefined;
  }
}

const LEVELS: Readonly<Record<string, ReasoningEffort>> = {
  MINIMAL: 'minimal',
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
};

function readThinking(value: JsonValue | undefined, extra: TakeExtra): ReasoningWish | undefined {
  if (value === undefined) return undefined;
  const { thinkingBudget, thinkingLevel, includeThoughts, ...others } = proto(value);
  for (const [name, said] of Object.entries(others)) extra(`generationConfig.thinkingConfig.${name}`, said);
  const effort = typeof thinkingLevel === 'string' ? LEVELS[thinkingLevel.toUpperCase()] : undefined;
  const budget = numberIn(thinkingBudget);
  const wish: ReasoningWish = {
    ...(effort === undefined ? {} : { effort }),
    ...(budget === undefined ? {} : { budgetTokens: budget < 0 ? 'dynamic' : budget }),
    ...(typeof includeThoughts === 'boolean' ? { summary: includeThoughts ? 'auto' : 'none' } : {}),
  };
  return Object.keys(wish).length === 0 ? undefined : wish;
}

const MODALITIES = { TEXT: 'text', IMAGE: 'image', AUDIO: 'audio' } as const;

function readModalities(
  { responseModalities, speechConfig }: JsonObject,
  extra: TakeExtra,
): Pick<NeutralRequest, 'outputModalities' | 'audioOutput'> {
  const outputModalities = (repeated(responseModalities) ?? []).flatMap((name) => {
    const word = typeof name === 'string' ? name.toUpperCase() : '';
    return word in MODALITIES ? [MODALITIES[word as keyof typeof MODALITIES]] : [];
  });
  const voice = speechConfig === undefined ? undefined : voiceOf(speechConfig);
  if (speechConfig !== undefined && voice === undefined) extra('generationConfig.speechConfig', speechConfig);
  return {
    ...(outputModalities.length === 0 ? {} : { outputModalities }),
    ...(voice === undefined ? {} : { audioOutput: { voice, format: 'pcm16' } }),
  };
}

/** One of the ready voices and nothing else; several speakers and languages are Google's own. */
function voiceOf(speechConfig: JsonValue): string | undefined {
  const config = proto(speechConfig);
  const { voiceName } = proto(proto(config.voiceConfig).prebuiltVoiceConfig);
  return Object.keys(config).length === 1 ? textIn(voiceName) : undefined;
}

/** Neutral tiers are OpenAI's words. */
function readTier(tier: string): { serviceTier?: string } {
  const word = tier.toLowerCase();
  if (word === 'unspecified') return {};
  return { serviceTier: word === 'standard' ? 'default' : word };
}

function refuse(param: string, rule: string): never {
  throw new GatewayError('invalid_request', `Cannot read the request: ${rule}.`, { param });
}
