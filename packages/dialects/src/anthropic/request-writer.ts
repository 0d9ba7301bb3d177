/**
 * The neutral request as a Messages request.
 *
 * Leading messages of system and developer become `system`; turns of one role that follow each other are one
 * message; results of tools belong to the user's turn. `max_tokens` is required here, and filled where the
 * caller's format does not ask for it.
 */
import {
  type JsonObject,
  type JsonValue,
  type NeutralMessage,
  type NeutralRequest,
  type NeutralTool,
  noteForeignMembers,
  type TranslationNotes,
} from '../neutral/index.ts';
import { writeMark, writePart } from './content-writer.ts';
import { type ClaudeAbilities, claudeAbilities } from './models.ts';
import { writeReasoningWish } from './reasoning-writer.ts';
import { FORMAT } from './signature.ts';

/** Output limit where neither caller nor gateway set one; every Claude model since 3.5 may write as much. */
export const DEFAULT_MAX_TOKENS = 8_192;

/** @throws {GatewayError} `unsupported_parameter` through the notes. */
export function writeMessagesBody(request: NeutralRequest, notes: TranslationNotes): JsonObject {
  const abilities = claudeAbilities(request.model);
  const { system, messages } = writeConversation(request.messages, abilities, notes);
  const reasoning = writeReasoningWish(request, abilities, notes);
  const format = writeOutputFormat(request, notes);
  const outputConfig = {
    ...(reasoning.effort === undefined ? {} : { effort: reasoning.effort }),
    ...(format === undefined ? {} : { format }),
  };
  noteForeignMembers(request, FORMAT, notes);
  reportUnknown(request, notes);
  return {
    ...writeOwnMembers(request, notes),
    model: request.model,
    max_tokens: request.maxOutputTokens ?? Math.max(DEFAULT_MAX_TOKENS, reasoning.leastMaxTokens),
    ...writeSystem(system, request),
    messages,
    ...(request.stream ? { stream: true } : {}),
    ...writeTools(request, notes),
    ...(reasoning.thinking === undefined ? {} : { thinking: reasoning.thinking }),
    ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
    ...writeSampling(request, abilities, isThinking(reasoning.thinking), notes),
    ...writeTier(request.serviceTier, notes),
    ...writeUser(request),
  };
}

/** Where there is JSON without a schema, words are all there is to ask for it with. */
export const JSON_IN_WORDS = 'Answer with one JSON object and nothing else: no other text, no code fence.';

function writeSystem(blocks: readonly JsonObject[], { outputFormat }: NeutralRequest): JsonObject {
  const asked = outputFormat?.kind === 'json' ? [{ type: 'text', text: JSON_IN_WORDS }] : [];
  const system = [...blocks, ...asked];
  return system.length === 0 ? {} : { system: asText(system) ?? system };
}

type Role = 'user' | 'assistant' | 'system';

function writeConversation(
  messages: readonly NeutralMessage[],
  abilities: ClaudeAbilities,
  notes: TranslationNotes,
): { readonly system: readonly JsonObject[]; readonly messages: readonly JsonObject[] } {
  const system: JsonObject[] = [];
  const turns: { role: Role; content: JsonObject[] }[] = [];
  messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.name !== undefined) notes.cannot(`${path}.name`, 'hint');
    const blocks = writeMessageContent(message, path, notes);
    if (blocks.length === 0) return;
    const ofSystem = isOfSystem(message);
    if (ofSystem && turns.length === 0) {
      system.push(...blocks);
      return;
    }
    const next = messages[index + 1];
    const role = ofSystem ? laterSystemRole(turns.at(-1)?.role, next, abilities) : writeRole(message);
    if (ofSystem && role === 'user') {
      notes.cannot(`${path}.role`, 'hint', "takes this as a part of the user's turn");
    }
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: [...blocks] });
  });
  return {
    system,
    messages: turns.map(({ role, content }) => ({ role, content: asText(content) ?? content })),
  };
}

function writeRole({ role }: NeutralMessage): Role {
  return role === 'assistant' ? 'assistant' : 'user';
}

function isOfSystem({ role }: NeutralMessage): boolean {
  return role === 'system' || role === 'developer';
}

/** Behind a user's turn and before the model's own, where the model knows it; else the user says it. */
function laterSystemRole(
  before: Role | undefined,
  next: NeutralMessage | undefined,
  { takesLaterSystem }: ClaudeAbilities,
): Role {
  const fits =
    before !== 'assistant' && (next === undefined || next.role === 'assistant' || isOfSystem(next));
  return takesLaterSystem && fits ? 'system' : 'user';
}

function writeMessageContent(
  message: NeutralMessage,
  path: string,
  notes: TranslationNotes,
): readonly JsonObject[] {
  return message.content.flatMap((part, index): JsonObject[] => {
    const partPath = `${path}.content[${index}]`;
    if (isOfSystem(message) && part.kind !== 'text' && part.kind !== 'native') {
      notes.cannot(partPath, 'meaning', `takes no ${part.kind} in system messages`);
      return [];
    }
    const block = writePart(part, partPath, notes);
    return block === undefined ? [] : [block];
  });
}

/** Text alone needs no list. */
function asText(blocks: readonly JsonObject[]): string | undefined {
  const [first] = blocks;
  if (blocks.length !== 1 || first?.type !== 'text' || Object.keys(first).length !== 2) return undefined;
  return first.text as string;
}

function writeTools(request: NeutralRequest, notes: TranslationNotes): JsonObject {
  const { toolChoice: choice, parallelToolCalls } = request;
  // A choice among some of the tools is the same as offering only those.
  const offered =
    choice?.kind === 'allowed'
      ? request.tools.filter(({ name }) => choice.names.includes(name))
      : request.tools;
  const tools = offered.flatMap((tool) => writeTool(tool, request.tools.indexOf(tool), notes) ?? []);
  if (tools.length === 0) return {};
  const written = writeToolChoice(request);
  const parallel =
    parallelToolCalls === undefined || choice?.kind === 'none'
      ? {}
      : { disable_parallel_tool_use: !parallelToolCalls };
  const toolChoice = written === undefined && Object.keys(parallel).length > 0 ? { type: 'auto' } : written;
  return { tools, ...(toolChoice === undefined ? {} : { tool_choice: { ...toolChoice, ...parallel } }) };
}

function writeToolChoice({ toolChoice: choice }: NeutralRequest): JsonObject | undefined {
  switch (choice?.kind) {
    case undefined:
      return undefined;
    case 'auto':
    case 'none':
      return { type: choice.kind };
    case 'required':
      return { type: 'any' };
    case 'tool':
      return { type: 'tool', name: choice.name };
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto' };
  }
}

function writeTool(tool: NeutralTool, index: number, notes: TranslationNotes): JsonObject | undefined {
  switch (tool.kind) {
    case 'function':
      return {
        name: tool.name,
        ...(tool.description === undefined ? {} : { description: tool.description }),
        input_schema: writeSchema(tool.parameters),
        ...(tool.strict === undefined ? {} : { strict: tool.strict }),
        ...writeMark(tool.cacheMark),
      };
    case 'custom':
      notes.cannot(`tools[${index}]`, 'meaning', 'has only tools whose input is JSON');
      return undefined;
    case 'server':
      if (tool.native.format === FORMAT) return tool.native.value as JsonObject;
      notes.cannot(`tools[${index}]`, 'meaning', `does not know "${tool.name}"`);
      return undefined;
  }
}

/** A schema says of which type it is; what has no parameters is an empty object. */
export function writeSchema(parameters: JsonObject | undefined): JsonObject {
  if (parameters === undefined) return { type: 'object', properties: {} };
  return parameters.type === undefined ? { type: 'object', ...parameters } : parameters;
}

function writeOutputFormat(
  { outputFormat }: NeutralRequest,
  notes: TranslationNotes,
): JsonObject | undefined {
  switch (outputFormat?.kind) {
    case undefined:
    case 'text':
      return undefined;
    case 'json':
      notes.cannot('response_format', 'hint', 'has JSON output only with a schema; it is asked for in words');
      return undefined;
    case 'schema':
      if (outputFormat.description !== undefined) notes.cannot('response_format.description', 'hint');
      return { type: 'json_schema', schema: outputFormat.schema };
  }
}

function isThinking(thinking: JsonObject | undefined): boolean {
  return thinking !== undefined && thinking.type !== 'disabled';
}

function writeSampling(
  request: NeutralRequest,
  { takesSampling }: ClaudeAbilities,
  thinking: boolean,
  notes: TranslationNotes,
): JsonObject {
  const { temperature, topP, topK, stop } = request;
  const free = takesSampling && !thinking;
  const why = takesSampling
    ? 'samples in its own way while it thinks'
    : 'is a model that samples in its own way';
  const keep = (name: string, value: number | undefined, allowed: boolean): JsonObject => {
    if (value === undefined) return {};
    if (allowed) return { [name]: value };
    notes.cannot(name, 'hint', why);
    return {};
  };
  if (free && temperature !== undefined && temperature > 1) {
    notes.cannot('temperature', 'hint', 'takes at most 1; 1 is used');
  }
  return {
    ...keep(
      'temperature',
      free && temperature !== undefined ? Math.min(temperature, 1) : temperature,
      free || temperature === 1,
    ),
    ...keep('top_p', topP, free || (takesSampling && (topP ?? 0) >= 0.95)),
    ...keep('top_k', topK, free),
    ...writeStop(stop, notes),
  };
}

/** Sequences of nothing but space are refused. */
function writeStop(stop: readonly string[] | undefined, notes: TranslationNotes): JsonObject {
  if (stop === undefined) return {};
  const kept = stop.filter((text) => text.trim() !== '');
  if (kept.length < stop.length) notes.cannot('stop', 'hint', 'takes no stop sequence of white space only');
  return kept.length === 0 ? {} : { stop_sequences: kept };
}

/** Neutral tiers are OpenAI's words. */
function writeTier(tier: string | undefined, notes: TranslationNotes): JsonObject {
  if (tier === undefined) return {};
  if (tier === 'auto') return { service_tier: 'auto' };
  if (tier === 'default') return { service_tier: 'standard_only' };
  notes.cannot('service_tier', 'hint', `has no tier "${tier}" that a request could ask for`);
  return {};
}

function writeUser({ endUser, safetyIdentifier }: NeutralRequest): JsonObject {
  const user = endUser ?? safetyIdentifier;
  return user === undefined || user === '' ? {} : { metadata: { user_id: user } };
}

/** Members that only this format has; those that stand inside others cannot be put back by name. */
function writeOwnMembers({ nativeMembers }: NeutralRequest, notes: TranslationNotes): JsonObject {
  if (nativeMembers === undefined || nativeMembers.format !== FORMAT) return {};
  const written: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(nativeMembers.members)) {
    if (/^\w+$/.test(name)) written[name] = value;
    else notes.cannot(name, 'hint');
  }
  return written;
}

function reportUnknown(request: NeutralRequest, notes: TranslationNotes): void {
  const modalities = request.outputModalities?.filter((modality) => modality !== 'text') ?? [];
  if (modalities.length > 0 || request.audioOutput !== undefined) {
    notes.cannot('modalities', 'meaning', 'answers with text only');
  }
  if ((request.choices ?? 1) > 1) notes.cannot('n', 'meaning', 'gives one answer');
  if (request.logprobs !== undefined) notes.cannot('logprobs', 'meaning');
  if (Object.keys(request.logitBias ?? {}).length > 0) notes.cannot('logit_bias', 'meaning');
  if ((request.frequencyPenalty ?? 0) !== 0) notes.cannot('frequency_penalty', 'hint');
  if ((request.presencePenalty ?? 0) !== 0) notes.cannot('presence_penalty', 'hint');
  if (request.seed !== undefined) notes.cannot('seed', 'hint');
  if (request.verbosity !== undefined) notes.cannot('verbosity', 'hint');
  if (request.promptCacheKey !== undefined) notes.cannot('prompt_cache_key', 'hint');
  if (request.store === true) notes.cannot('store', 'hint');
  if (request.metadata !== undefined) notes.cannot('metadata', 'hint', 'keeps only the user of a request');
  if (request.endUser !== undefined && request.safetyIdentifier !== undefined) {
    notes.cannot('safety_identifier', 'hint', 'has one name for the user');
  }
}
