/** A neutral request as a provider of the Responses API takes it. */
import { present } from '../json/json-value.ts';
import { noteForeignMembers } from '../neutral/foreign-members.ts';
import type { TranslationNotes } from '../neutral/notes.ts';
import { effortOfBudget } from '../neutral/reasoning-effort.ts';
import type { NeutralMessage, NeutralRequest, OutputFormat, ReasoningWish } from '../neutral/request.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { writeToolChoice, writeTools } from './tools.ts';
import { writeInputItems } from './write-items.ts';

/** @throws {GatewayError} `unsupported_parameter` through the notes. */
export function writeResponsesCodecRequest(request: NeutralRequest, notes: TranslationNotes): JsonObject {
  noteForeignMembers(request, 'openai-responses', notes);
  noteUnsayable(request, notes);
  const native = request.nativeMembers?.format === 'openai-responses' ? request.nativeMembers.members : {};
  const { instructions, messages } = splitInstructions(request.messages);
  const tools = writeTools(request.tools, notes);
  const include = writeInclude(request, native.include);
  return present({
    ...native,
    model: request.model,
    instructions,
    input: writeInputItems(messages, notes),
    tools: tools.length === 0 ? undefined : tools,
    tool_choice:
      request.toolChoice === undefined ? undefined : writeToolChoice(request.toolChoice, request.tools),
    parallel_tool_calls: request.parallelToolCalls,
    text: writeText(request),
    max_output_tokens: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_logprobs:
      request.logprobs === undefined || request.logprobs.top === 0 ? undefined : request.logprobs.top,
    reasoning: request.reasoning === undefined ? undefined : writeReasoning(request.reasoning, notes),
    include,
    service_tier: request.serviceTier,
    metadata: request.metadata,
    user: request.endUser,
    prompt_cache_key: request.promptCacheKey,
    safety_identifier: request.safetyIdentifier,
    // Callers of other formats did not ask to have their conversation kept, which is the default here.
    store: request.store ?? false,
    stream: request.stream ? true : undefined,
  });
}

function noteUnsayable(request: NeutralRequest, notes: TranslationNotes): void {
  if ((request.choices ?? 1) > 1) notes.cannot('n', 'meaning', 'gives one answer to a request');
  if (request.stop !== undefined && request.stop.length > 0) notes.cannot('stop', 'meaning');
  if (request.audioOutput !== undefined) notes.cannot('audio', 'meaning');
  for (const modality of request.outputModalities ?? []) {
    if (modality !== 'text') notes.cannot('modalities', 'meaning', `does not answer with ${modality}`);
  }
  if (request.seed !== undefined) notes.cannot('seed', 'hint');
  if (request.topK !== undefined) notes.cannot('top_k', 'hint');
  if (request.frequencyPenalty !== undefined) notes.cannot('frequency_penalty', 'hint');
  if (request.presencePenalty !== undefined) notes.cannot('presence_penalty', 'hint');
  if (request.logitBias !== undefined) notes.cannot('logit_bias', 'hint');
}

/** What the conversation opens with, where it is a plain system message. */
function splitInstructions(messages: readonly NeutralMessage[]): {
  readonly instructions: string | undefined;
  readonly messages: readonly NeutralMessage[];
} {
  const [first, ...others] = messages;
  const [part, ...more] = first?.content ?? [];
  const isPlain =
    first?.role === 'system' &&
    first.name === undefined &&
    part?.kind === 'text' &&
    part.cacheMark === undefined &&
    more.length === 0;
  return isPlain ? { instructions: part.text, messages: others } : { instructions: undefined, messages };
}

function writeInclude(
  request: NeutralRequest,
  native: JsonValue | undefined,
): readonly JsonValue[] | undefined {
  const include: JsonValue[] = Array.isArray(native) ? [...(native as readonly JsonValue[])] : [];
  if (request.logprobs !== undefined) include.push('message.output_text.logprobs');
  // Nothing is stored, so that reasoning survives only in what the caller hands back. Models that do not reason
  // refuse to be asked for it.
  const { reasoning } = request;
  const isReasoning = reasoning !== undefined && reasoning.effort !== 'none' && reasoning.budgetTokens !== 0;
  if (isReasoning && request.store !== true) include.push('reasoning.encrypted_content');
  return include.length === 0 ? undefined : include;
}

function writeText({ outputFormat, verbosity }: NeutralRequest): JsonObject | undefined {
  if (outputFormat === undefined && verbosity === undefined) return undefined;
  return present({
    format: outputFormat === undefined ? undefined : writeOutputFormat(outputFormat),
    verbosity,
  });
}

export function writeOutputFormat(format: OutputFormat): JsonObject {
  switch (format.kind) {
    case 'text':
      return { type: 'text' };
    case 'json':
      return { type: 'json_object' };
    case 'schema': {
      const { name = 'response', description, schema, strict } = format;
      return present({ type: 'json_schema', name, description, schema, strict });
    }
  }
}

function writeReasoning(
  { effort, budgetTokens, summary }: ReasoningWish,
  notes: TranslationNotes,
): JsonObject | undefined {
  if (typeof budgetTokens === 'number' && budgetTokens > 0) notes.cannot('reasoning.budget_tokens', 'hint');
  const known = effort ?? (typeof budgetTokens === 'number' ? effortOfBudget(budgetTokens) : undefined);
  const written = present({ effort: known, summary: summary === 'none' ? undefined : summary });
  return Object.keys(written).length === 0 ? undefined : written;
}
