/** A neutral request as a provider of this format takes it. */
import { present } from '../../json/json-value.ts';
import { noteForeignMembers } from '../../neutral/foreign-members.ts';
import type { TranslationNotes } from '../../neutral/notes.ts';
import { effortOfBudget } from '../../neutral/reasoning-effort.ts';
import type { NeutralRequest, OutputFormat } from '../../neutral/request.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';
import type { ChatFlavour } from './flavour.ts';
import { writeToolChoice, writeTools } from './tools.ts';
import { writeMessages } from './write-message.ts';

/** Without these the answer would be another one. */
const MEANING: ReadonlySet<string> = new Set([
  'tools',
  'tool_choice',
  'response_format',
  'n',
  'modalities',
  'audio',
  'logprobs',
  'stop',
  'web_search_options',
]);

/** @throws {GatewayError} `unsupported_parameter` through the notes. */
export function writeChatCodecRequest(
  request: NeutralRequest,
  flavour: ChatFlavour,
  notes: TranslationNotes,
): JsonObject {
  noteForeignMembers(request, 'openai-chat', notes);
  const native = request.nativeMembers?.format === 'openai-chat' ? request.nativeMembers.members : {};
  if (request.topK !== undefined && !flavour.topK) notes.cannot('top_k', 'hint');
  const body: JsonObject = present({
    ...native,
    model: request.model,
    messages: writeMessages(request.messages, { flavour, notes }),
    ...writeTools(request.tools, flavour.cacheMarks, notes),
    tool_choice:
      request.toolChoice === undefined ? undefined : writeToolChoice(request.toolChoice, request.tools),
    parallel_tool_calls: request.parallelToolCalls,
    response_format: request.outputFormat === undefined ? undefined : writeOutputFormat(request.outputFormat),
    [flavour.maxTokensMember]: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: flavour.topK ? request.topK : undefined,
    stop: request.stop,
    seed: request.seed,
    n: request.choices,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    ...writeLogprobsWish(request.logprobs),
    logit_bias: request.logitBias,
    ...writeReasoningWish(request, flavour, notes),
    verbosity: request.verbosity,
    modalities: request.outputModalities,
    audio: request.audioOutput === undefined ? undefined : { ...request.audioOutput },
    service_tier: request.serviceTier,
    metadata: request.metadata,
    user: request.endUser,
    prompt_cache_key: request.promptCacheKey,
    safety_identifier: request.safetyIdentifier,
    store: request.store,
    ...(request.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  });
  return withoutUnknown(body, flavour, notes);
}

function withoutUnknown(body: JsonObject, flavour: ChatFlavour, notes: TranslationNotes): JsonObject {
  const unknown = flavour.unknownMembers.filter((name) => name in body);
  if (unknown.length === 0) return body;
  for (const name of unknown) notes.cannot(name, MEANING.has(name) ? 'meaning' : 'hint');
  return Object.fromEntries(Object.entries(body).filter(([name]) => !unknown.includes(name)));
}

function writeOutputFormat(format: OutputFormat): JsonObject {
  switch (format.kind) {
    case 'text':
      return { type: 'text' };
    case 'json':
      return { type: 'json_object' };
    case 'schema': {
      const { name = 'response', description, schema, strict } = format;
      return { type: 'json_schema', json_schema: present({ name, description, schema, strict }) };
    }
  }
}

function writeLogprobsWish(logprobs: NeutralRequest['logprobs']): JsonObject {
  if (logprobs === undefined) return {};
  return logprobs.top === 0 ? { logprobs: true } : { logprobs: true, top_logprobs: logprobs.top };
}

function writeReasoningWish(
  { reasoning }: NeutralRequest,
  flavour: ChatFlavour,
  notes: TranslationNotes,
): Record<string, JsonValue> {
  if (reasoning === undefined) return {};
  const { effort, budgetTokens, summary } = reasoning;
  switch (flavour.reasoningWish) {
    case 'none':
      notes.cannot('reasoning', 'hint');
      return {};
    case 'reasoning':
      return { reasoning: openReasoning(reasoning) };
    case 'thinking': {
      if (summary !== undefined && summary !== 'none') notes.cannot('reasoning.summary', 'hint');
      const isOff = effort === 'none' || budgetTokens === 0;
      const budget =
        typeof budgetTokens === 'number' && budgetTokens > 0 ? { budget_tokens: budgetTokens } : {};
      return { thinking: { type: isOff ? 'disabled' : 'enabled', ...budget } };
    }
    case 'reasoning_effort': {
      if (summary !== undefined && summary !== 'none') notes.cannot('reasoning.summary', 'hint');
      // A budget is said as the nearest effort, so that it is reported: it is not kept to the token.
      if (typeof budgetTokens === 'number' && budgetTokens > 0)
        notes.cannot('reasoning.budget_tokens', 'hint');
      const known = effort ?? (typeof budgetTokens === 'number' ? effortOfBudget(budgetTokens) : undefined);
      return known === undefined ? {} : { reasoning_effort: known };
    }
  }
}

/** OpenRouter's shape. */
function openReasoning({
  effort,
  budgetTokens,
  summary,
}: NonNullable<NeutralRequest['reasoning']>): JsonObject {
  return present({
    effort,
    max_tokens: typeof budgetTokens === 'number' ? budgetTokens : undefined,
    enabled: budgetTokens === 'dynamic' && effort === undefined ? true : undefined,
    exclude: summary === 'none' ? true : undefined,
    summary: summary === 'none' ? undefined : summary,
  });
}
