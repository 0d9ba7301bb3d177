/**
 * The neutral request as a generateContent one; the model and whether it streams stand in the path, not here.
 *
 * Leading messages of system and developer become `systemInstruction`; later ones are told as the user's.
 */
import { noteForeignMembers } from '../neutral/foreign-members.ts';
import type { TranslationNotes } from '../neutral/notes.ts';
import type { NeutralMessage, NeutralRequest, NeutralTool } from '../neutral/request.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { writePart } from './content-writer.ts';
import { type GeminiAbilities, geminiAbilities } from './models.ts';
import { writeThinking } from './reasoning-writer.ts';
import { toGeminiSchema } from './schema.ts';
import { FOREIGN_CALL, FORMAT } from './signature.ts';

/** @throws {GatewayError} `unsupported_parameter` through the notes. */
export function writeGenerateBody(request: NeutralRequest, notes: TranslationNotes): JsonObject {
  const abilities = geminiAbilities(request.model);
  noteForeignMembers(request, FORMAT, notes);
  reportUnknown(request, notes);
  const { system, contents } = writeConversation(request.messages, abilities, notes);
  const config = writeConfig(request, abilities, notes);
  const tools = writeTools(request.tools, abilities, notes);
  return {
    ...writeOwnMembers(request, notes),
    contents,
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }),
    ...(tools.length === 0 ? {} : { tools }),
    ...writeToolChoice(request),
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
    ...writeTier(request.serviceTier, notes),
    ...(request.store === undefined ? {} : { store: request.store }),
  };
}

interface Content {
  readonly role: 'user' | 'model';
  /** Whose turn it was; results of one turn belong into one content. */
  readonly of: NeutralMessage['role'];
  readonly parts: JsonObject[];
}

function writeConversation(
  messages: readonly NeutralMessage[],
  abilities: GeminiAbilities,
  notes: TranslationNotes,
): { readonly system: readonly JsonObject[]; readonly contents: readonly JsonObject[] } {
  const system: JsonObject[] = [];
  const contents: Content[] = [];
  const names = namesOfCalls(messages);
  messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.name !== undefined) notes.cannot(`${path}.name`, 'hint');
    const written = message.content.flatMap((part, at) => {
      const named =
        part.kind === 'toolResult' && part.name === undefined
          ? { ...part, name: names.get(part.callId) ?? part.callId }
          : part;
      return writePart(named, `${path}.content[${at}]`, abilities, notes);
    });
    const isSystem = message.role === 'system' || message.role === 'developer';
    if (isSystem && contents.length === 0) {
      system.push(...written);
      return;
    }
    if (isSystem) notes.cannot(`${path}.role`, 'hint', "takes this as a part of the user's turn");
    if (written.length === 0) return;
    const parts = message.role === 'assistant' && abilities.needsSignatures ? signed(written) : written;
    const last = contents.at(-1);
    if (message.role === 'tool' && last?.of === 'tool') last.parts.push(...parts);
    else
      contents.push({
        role: message.role === 'assistant' ? 'model' : 'user',
        of: message.role,
        parts: [...parts],
      });
  });
  return { system, contents: contents.map(({ role, parts }) => ({ role, parts })) };
}

/** Gemini 3 wants the first call of a turn signed; Google's word stands in for calls that others made. */
function signed(parts: readonly JsonObject[]): readonly JsonObject[] {
  const first = parts.findIndex((part) => part.functionCall !== undefined);
  if (first === -1 || parts[first]?.thoughtSignature !== undefined) return parts;
  return parts.map((part, index) => (index === first ? { ...part, thoughtSignature: FOREIGN_CALL } : part));
}

function namesOfCalls(messages: readonly NeutralMessage[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { content } of messages) {
    for (const part of content) if (part.kind === 'toolCall') names.set(part.id, part.name);
  }
  return names;
}

function writeTools(
  tools: readonly NeutralTool[],
  abilities: GeminiAbilities,
  notes: TranslationNotes,
): readonly JsonObject[] {
  const declarations: JsonObject[] = [];
  const others: JsonObject[] = [];
  tools.forEach((tool, index) => {
    const path = `tools[${index}]`;
    switch (tool.kind) {
      case 'function': {
        if (tool.strict === true) notes.cannot(`${path}.strict`, 'hint');
        if (tool.cacheMark !== undefined) notes.cannot(`${path}.cache_control`, 'hint');
        declarations.push({
          name: tool.name,
          ...(tool.description === undefined ? {} : { description: tool.description }),
          ...writeParameters(tool.parameters, path, abilities, notes),
        });
        return;
      }
      case 'custom':
        notes.cannot(path, 'meaning', 'has only tools whose input is JSON');
        return;
      case 'server':
        if (tool.native.format === FORMAT) others.push(tool.native.value as JsonObject);
        else notes.cannot(path, 'meaning', `does not know "${tool.name}"`);
    }
  });
  return declarations.length === 0 ? others : [{ functionDeclarations: declarations }, ...others];
}

function writeParameters(
  parameters: JsonObject | undefined,
  path: string,
  { takesJsonSchema }: GeminiAbilities,
  notes: TranslationNotes,
): JsonObject {
  if (parameters === undefined) return {};
  if (takesJsonSchema) return { parametersJsonSchema: parameters };
  // An object without properties is refused there; no parameters is the same.
  const empty =
    parameters.type === 'object' && Object.keys((parameters.properties ?? {}) as object).length === 0;
  if (empty) return {};
  return { parameters: toGeminiSchema(parameters, (at) => notes.cannot(`${path}.parameters.${at}`, 'hint')) };
}

function writeToolChoice({ toolChoice, tools }: NeutralRequest): JsonObject {
  if (toolChoice === undefined || !tools.some(({ kind }) => kind === 'function')) return {};
  const config = (mode: string, names?: readonly string[]): JsonObject => ({
    toolConfig: {
      functionCallingConfig: { mode, ...(names === undefined ? {} : { allowedFunctionNames: names }) },
    },
  });
  switch (toolChoice.kind) {
    case 'auto':
      return config('AUTO');
    case 'none':
      return config('NONE');
    case 'required':
      return config('ANY');
    case 'tool':
      return config('ANY', [toolChoice.name]);
    case 'allowed':
      return config(toolChoice.mode === 'required' ? 'ANY' : 'VALIDATED', toolChoice.names);
  }
}

function writeConfig(
  request: NeutralRequest,
  abilities: GeminiAbilities,
  notes: TranslationNotes,
): Record<string, JsonValue> {
  const { logprobs, stop, audioOutput, outputModalities } = request;
  const numbers: Readonly<Record<string, number | undefined>> = {
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    candidateCount: request.choices,
    maxOutputTokens: request.maxOutputTokens,
    seed: request.seed,
    presencePenalty: request.presencePenalty,
    frequencyPenalty: request.frequencyPenalty,
  };
  const config: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(numbers)) if (value !== undefined) config[name] = value;
  if (stop !== undefined && stop.length > 0) config.stopSequences = stop;
  if (logprobs !== undefined) {
    config.responseLogprobs = true;
    if (logprobs.top > 0) config.logprobs = logprobs.top;
  }
  if (outputModalities !== undefined) {
    config.responseModalities = outputModalities.map((modality) => modality.toUpperCase());
  }
  if (audioOutput !== undefined) {
    if (audioOutput.format !== 'pcm16') notes.cannot('audio.format', 'hint', 'speaks 24 kHz PCM only');
    config.speechConfig = { voiceConfig: { prebuiltVoiceConfig: { voiceName: audioOutput.voice } } };
  }
  const thinkingConfig = writeThinking(request, abilities, notes);
  if (thinkingConfig !== undefined) config.thinkingConfig = thinkingConfig;
  return Object.assign(config, writeOutputFormat(request, abilities, notes));
}

function writeOutputFormat(
  { outputFormat }: NeutralRequest,
  { takesJsonSchema }: GeminiAbilities,
  notes: TranslationNotes,
): JsonObject {
  switch (outputFormat?.kind) {
    case undefined:
      return {};
    case 'text':
      return { responseMimeType: 'text/plain' };
    case 'json':
      return { responseMimeType: 'application/json' };
    case 'schema': {
      const { schema, description } = outputFormat;
      if (description !== undefined) notes.cannot('response_format.description', 'hint');
      const said: JsonObject = takesJsonSchema
        ? { responseJsonSchema: schema }
        : {
            responseSchema: toGeminiSchema(schema, (at) => notes.cannot(`response_format.${at}`, 'hint')),
          };
      return { responseMimeType: 'application/json', ...said };
    }
  }
}

/** Neutral tiers are OpenAI's words; `auto` is what Google does unasked. */
function writeTier(tier: string | undefined, notes: TranslationNotes): JsonObject {
  switch (tier) {
    case undefined:
    case 'auto':
      return {};
    case 'default':
      return { serviceTier: 'standard' };
    case 'flex':
    case 'priority':
      return { serviceTier: tier };
    default:
      notes.cannot('service_tier', 'hint', `has no tier "${tier.slice(0, 64)}"`);
      return {};
  }
}

/** Members that only this format has; those that stand inside others cannot be put back by name. */
function writeOwnMembers({ nativeMembers }: NeutralRequest, notes: TranslationNotes): JsonObject {
  if (nativeMembers?.format !== FORMAT) return {};
  const written: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(nativeMembers.members)) {
    if (/^\w+$/.test(name)) written[name] = value;
    else notes.cannot(name, 'hint');
  }
  return written;
}

function reportUnknown(request: NeutralRequest, notes: TranslationNotes): void {
  if (Object.keys(request.logitBias ?? {}).length > 0) notes.cannot('logit_bias', 'meaning');
  if (request.parallelToolCalls === false && request.tools.length > 0) {
    notes.cannot('parallel_tool_calls', 'hint', 'decides itself how many calls it makes');
  }
  if (request.verbosity !== undefined) notes.cannot('verbosity', 'hint');
  if (request.promptCacheKey !== undefined) notes.cannot('prompt_cache_key', 'hint');
  if (request.metadata !== undefined) notes.cannot('metadata', 'hint', 'keeps no tags');
  if (request.endUser !== undefined) notes.cannot('user', 'hint', 'is not told of end users');
  if (request.safetyIdentifier !== undefined) notes.cannot('safety_identifier', 'hint');
}
