/**
 * The neutral request as a Converse request. The model and whether it streams stand in the address.
 *
 * Converse knows little of what models differ in; those words go to the model itself in
 * `additionalModelRequestFields`, as its maker names them.
 */
import {
  claudeAbilities,
  JSON_IN_WORDS,
  type JsonObject,
  type JsonValue,
  type NeutralMessage,
  type NeutralRequest,
  type NeutralTool,
  noteForeignMembers,
  type TranslationNotes,
  writeReasoningWish,
  writeSchema,
} from '@tollgate/dialects';
import { FORMAT } from './content-reader.ts';
import { cachePoint, type WritingState, writeBlocks } from './content-writer.ts';
import { objectIn } from './json.ts';

/** @throws {GatewayError} `unsupported_parameter` through the notes. */
export function writeConverseBody(request: NeutralRequest, notes: TranslationNotes): JsonObject {
  const maker = makerOf(request.model);
  const state: WritingState = { notes, documentNames: new Set() };
  const { system: said, messages } = writeConversation(request, state);
  const system = request.outputFormat?.kind === 'json' ? [...said, { text: JSON_IN_WORDS }] : said;
  const { toolConfig, fields: toolFields } = writeTools(request, maker, notes);
  const model = writeModelFields(request, maker, notes);
  const own = writeOwnMembers(request);
  const fields = { ...objectIn(own.additionalModelRequestFields), ...model.fields, ...toolFields };
  const inference = { ...writeInference(request, model, notes), ...model.inference };
  noteForeignMembers(request, FORMAT, notes);
  reportUnknown(request, notes);
  return {
    ...own,
    ...(system.length === 0 ? {} : { system }),
    messages,
    ...(Object.keys(inference).length === 0 ? {} : { inferenceConfig: inference }),
    ...(toolConfig === undefined ? {} : { toolConfig }),
    ...writeOutputFormat(request, notes),
    ...(Object.keys(fields).length === 0 ? {} : { additionalModelRequestFields: fields }),
    ...writeStopPath(request, maker),
    ...writeTier(request.serviceTier, notes),
    ...writeMetadata(request.metadata, notes),
  };
}

type Maker = 'anthropic' | 'amazon' | 'openai' | 'other';

/** Of inference profiles too: `us.anthropic.claude-…`, an ARN that ends in one. */
function makerOf(model: string): Maker {
  const found = /(?:^|[./])(anthropic|amazon|openai)\./.exec(model)?.[1];
  return found === undefined ? (/claude/.test(model) ? 'anthropic' : 'other') : (found as Maker);
}

function writeConversation(
  request: NeutralRequest,
  state: WritingState,
): { readonly system: readonly JsonObject[]; readonly messages: readonly JsonObject[] } {
  const system: JsonObject[] = [];
  const turns: { role: 'user' | 'assistant'; content: JsonObject[] }[] = [];
  for (const [index, message] of request.messages.entries()) {
    const path = `messages[${index}]`;
    if (message.name !== undefined) state.notes.cannot(`${path}.name`, 'hint');
    const blocks = writeMessage(message, path, state);
    if (blocks.length === 0) continue;
    if (isOfSystem(message) && turns.length === 0) {
      system.push(...blocks);
      continue;
    }
    if (isOfSystem(message)) {
      state.notes.cannot(`${path}.role`, 'hint', "takes this as a part of the user's turn");
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: [...blocks] });
  }
  return { system, messages: turns };
}

function writeMessage(message: NeutralMessage, path: string, state: WritingState): readonly JsonObject[] {
  return message.content.flatMap((part, index) => {
    const partPath = `${path}.content[${index}]`;
    if (isOfSystem(message) && part.kind !== 'text' && part.kind !== 'native') {
      state.notes.cannot(partPath, 'meaning', `takes no ${part.kind} in system messages`);
      return [];
    }
    return writeBlocks(part, partPath, state);
  });
}

function isOfSystem({ role }: NeutralMessage): boolean {
  return role === 'system' || role === 'developer';
}

interface WrittenTools {
  readonly toolConfig?: JsonObject;
  readonly fields?: JsonObject;
}

function writeTools(request: NeutralRequest, maker: Maker, notes: TranslationNotes): WrittenTools {
  const { toolChoice: choice, parallelToolCalls } = request;
  const called = calledTools(request);
  if (choice?.kind === 'none' && called.length === 0) return {};
  if (choice?.kind === 'none') {
    notes.cannot('tool_choice', 'meaning', 'cannot hold back tools that were called before');
  }
  const offered =
    choice?.kind === 'allowed'
      ? request.tools.filter(({ name }) => choice.names.includes(name))
      : request.tools;
  const written = offered.flatMap((tool) => writeTool(tool, request.tools.indexOf(tool), notes));
  // Bedrock refuses calls and results in the history where no tool is defined.
  const tools =
    written.length > 0
      ? written
      : called.map((name) => ({ toolSpec: { name, inputSchema: { json: writeSchema(undefined) } } }));
  if (tools.length === 0) return {};
  const fields = writeParallel(parallelToolCalls, choice, maker, notes);
  const toolChoice = writeToolChoice(request);
  return {
    toolConfig: { tools, ...(toolChoice === undefined ? {} : { toolChoice }) },
    ...(fields === undefined ? {} : { fields }),
  };
}

function calledTools({ messages }: NeutralRequest): readonly string[] {
  const names = new Set<string>();
  for (const { content } of messages) {
    for (const part of content) if (part.kind === 'toolCall') names.add(part.name);
  }
  return [...names];
}

function writeTool(tool: NeutralTool, index: number, notes: TranslationNotes): readonly JsonObject[] {
  switch (tool.kind) {
    case 'function': {
      const spec: JsonObject = {
        toolSpec: {
          name: tool.name,
          ...(tool.description === undefined || tool.description === ''
            ? {}
            : { description: tool.description }),
          inputSchema: { json: writeSchema(tool.parameters) },
          ...(tool.strict === true ? { strict: true } : {}),
        },
      };
      return tool.cacheMark === undefined ? [spec] : [spec, cachePoint(tool.cacheMark.ttl)];
    }
    case 'custom':
      notes.cannot(`tools[${index}]`, 'meaning', 'has only tools whose input is JSON');
      return [];
    case 'server':
      if (tool.native.format === FORMAT) return [tool.native.value as JsonObject];
      notes.cannot(`tools[${index}]`, 'meaning', `does not know "${tool.name}"`);
      return [];
  }
}

function writeToolChoice({ toolChoice: choice }: NeutralRequest): JsonObject | undefined {
  switch (choice?.kind) {
    case undefined:
    case 'none':
      return undefined;
    case 'auto':
      return { auto: {} };
    case 'required':
      return { any: {} };
    case 'tool':
      return { tool: { name: choice.name } };
    case 'allowed':
      return choice.mode === 'required' ? { any: {} } : { auto: {} };
  }
}

/** Only Claude can be told to make one call at a time, in its own words. */
function writeParallel(
  parallel: boolean | undefined,
  choice: NeutralRequest['toolChoice'],
  maker: Maker,
  notes: TranslationNotes,
): JsonObject | undefined {
  if (parallel === undefined) return undefined;
  if (maker !== 'anthropic') {
    if (!parallel) notes.cannot('parallel_tool_calls', 'hint', 'makes as many calls as the model wants');
    return undefined;
  }
  const type = choice?.kind === 'required' ? 'any' : choice?.kind === 'tool' ? 'tool' : 'auto';
  return {
    tool_choice: {
      type,
      ...(choice?.kind === 'tool' ? { name: choice.name } : {}),
      disable_parallel_tool_use: !parallel,
    },
  };
}

interface ModelFields {
  readonly fields: JsonObject;
  readonly inference: JsonObject;
  /** Whether the model takes temperature and top_p with the rest of the request. */
  readonly samples: boolean;
}

function writeModelFields(request: NeutralRequest, maker: Maker, notes: TranslationNotes): ModelFields {
  const { topK } = request;
  if (maker === 'anthropic') return writeClaudeFields(request, notes);
  const fields: Record<string, JsonValue> = {};
  if (topK !== undefined) {
    if (maker === 'amazon') fields.inferenceConfig = { topK };
    else fields.top_k = topK;
  }
  return {
    fields: { ...fields, ...writeOtherReasoning(request, maker, notes) },
    inference: {},
    samples: true,
  };
}

function writeClaudeFields(request: NeutralRequest, notes: TranslationNotes): ModelFields {
  const abilities = claudeAbilities(request.model);
  const { thinking, effort, leastMaxTokens } = writeReasoningWish(request, abilities, notes);
  const thinks = thinking !== undefined && thinking.type !== 'disabled';
  const samples = abilities.takesSampling && !thinks;
  if (request.topK !== undefined && !samples)
    notes.cannot('top_k', 'hint', 'is a model that samples in its own way');
  // Without a limit Bedrock sets its own, which a budget of thinking may not fit.
  const needsLimit = request.maxOutputTokens === undefined && leastMaxTokens > 0;
  return {
    fields: {
      ...(thinking === undefined ? {} : { thinking }),
      ...(effort === undefined ? {} : { output_config: { effort } }),
      ...(request.topK === undefined || !samples ? {} : { top_k: request.topK }),
    },
    inference: needsLimit ? { maxTokens: leastMaxTokens } : {},
    samples,
  };
}

/** Nova's and gpt-oss's own words; the others have none. */
function writeOtherReasoning(
  { reasoning }: NeutralRequest,
  maker: Maker,
  notes: TranslationNotes,
): JsonObject {
  if (reasoning === undefined) return {};
  const { effort, budgetTokens } = reasoning;
  const isOff = budgetTokens === 0 || effort === 'none';
  const level =
    effort === 'minimal' ? 'low' : effort === 'xhigh' || effort === 'max' ? 'high' : (effort ?? 'medium');
  if (maker === 'amazon') {
    return { reasoningConfig: isOff ? { type: 'disabled' } : { type: 'enabled', maxReasoningEffort: level } };
  }
  if (maker === 'openai' && !isOff) return { reasoning_effort: level };
  notes.cannot('reasoning', 'hint', 'is a model that thinks in its own way');
  return {};
}

function writeInference(
  { maxOutputTokens, temperature, topP, stop }: NeutralRequest,
  { samples }: ModelFields,
  notes: TranslationNotes,
): JsonObject {
  const why = 'is a model that samples in its own way';
  if (!samples && temperature !== undefined && temperature !== 1) notes.cannot('temperature', 'hint', why);
  if (!samples && topP !== undefined) notes.cannot('top_p', 'hint', why);
  if (samples && temperature !== undefined && temperature > 1) {
    notes.cannot('temperature', 'hint', 'takes at most 1; 1 is used');
  }
  const stops = (stop ?? []).filter((text) => text.trim() !== '');
  if (stops.length < (stop ?? []).length)
    notes.cannot('stop', 'hint', 'takes no stop sequence of white space only');
  return {
    ...(maxOutputTokens === undefined ? {} : { maxTokens: maxOutputTokens }),
    ...(samples && temperature !== undefined ? { temperature: Math.min(temperature, 1) } : {}),
    ...(samples && topP !== undefined ? { topP } : {}),
    ...(stops.length === 0 ? {} : { stopSequences: stops }),
  };
}

function writeOutputFormat({ outputFormat: format }: NeutralRequest, notes: TranslationNotes): JsonObject {
  switch (format?.kind) {
    case undefined:
    case 'text':
      return {};
    case 'json':
      notes.cannot('response_format', 'hint', 'has JSON output only with a schema; it is asked for in words');
      return {};
    case 'schema': {
      const jsonSchema = {
        schema: JSON.stringify(format.schema),
        ...(format.name === undefined ? {} : { name: format.name }),
        ...(format.description === undefined ? {} : { description: format.description }),
      };
      return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
    }
  }
}

/** Which sequence stopped Claude is told only when asked for. */
function writeStopPath({ stop, stream }: NeutralRequest, maker: Maker): JsonObject {
  if (maker !== 'anthropic' || (stop ?? []).length === 0) return {};
  return { additionalModelResponseFieldPaths: [stream ? '/delta/stop_sequence' : '/stop_sequence'] };
}

function writeTier(tier: string | undefined, notes: TranslationNotes): JsonObject {
  if (tier === undefined || tier === 'auto') return {};
  if (tier === 'default' || tier === 'flex' || tier === 'priority') return { serviceTier: { type: tier } };
  notes.cannot('service_tier', 'hint', `has no tier "${tier}"`);
  return {};
}

const METADATA_TEXT = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;
const MAX_METADATA = 16;

function writeMetadata(metadata: NeutralRequest['metadata'], notes: TranslationNotes): JsonObject {
  if (metadata === undefined) return {};
  const entries = Object.entries(metadata);
  const kept = entries
    .filter(([name, value]) => name !== '' && METADATA_TEXT.test(name) && METADATA_TEXT.test(value))
    .slice(0, MAX_METADATA);
  if (kept.length < entries.length) notes.cannot('metadata', 'hint', 'takes 16 entries of plain characters');
  return kept.length === 0 ? {} : { requestMetadata: Object.fromEntries(kept) };
}

function writeOwnMembers({ nativeMembers }: NeutralRequest): JsonObject {
  return nativeMembers?.format === FORMAT ? nativeMembers.members : {};
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
  if (request.endUser !== undefined) notes.cannot('user', 'hint');
  if (request.safetyIdentifier !== undefined) notes.cannot('safety_identifier', 'hint');
}
