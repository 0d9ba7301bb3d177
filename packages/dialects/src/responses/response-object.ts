/** The response object around its output: an answer repeats what was asked, as the API does. */
import type { TokenUsage } from '@tollgate/catalog';
import type { Finish } from '../neutral/answer.ts';
import type { AnswerContext } from '../neutral/codec.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { writeResponsesUsage } from '../openai/usage.ts';
import { writeToolChoice, writeTools } from './tools.ts';
import { writeOutputFormat } from './write-request.ts';

/** What an answer says of itself before there is any output. */
export interface ResponseHead {
  readonly id: string;
  readonly model: string;
  readonly createdAt: number;
  readonly serviceTier: string | undefined;
}

export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly output: readonly JsonObject[];
  readonly usage?: TokenUsage | undefined;
  readonly finish?: Finish | undefined;
  readonly error?: JsonObject | undefined;
}

/** @param answer What the provider says of it, as far as it says it. */
export function headOf(
  answer: {
    readonly id: string;
    readonly model: string;
    readonly createdAt?: number;
    readonly serviceTier?: string;
  },
  context: AnswerContext,
): ResponseHead {
  return {
    // Ids of other formats would look like nothing that this API gives out.
    id: answer.id.startsWith('resp_') ? answer.id : `resp_${context.requestId}`,
    model: answer.model || context.model,
    createdAt: answer.createdAt ?? context.nowSeconds,
    serviceTier: answer.serviceTier,
  };
}

/** Items' ids are made of the response's, so that the same item has the same id in every event. */
export function itemId(
  prefix: 'msg' | 'rs' | 'fc' | 'ctc' | 'ig',
  head: ResponseHead,
  index: number,
): string {
  return `${prefix}_${head.id.slice('resp_'.length)}_${index}`;
}

export function writeResponse(head: ResponseHead, state: ResponseState, context: AnswerContext): JsonObject {
  const { request } = context;
  const native = request.nativeMembers?.format === 'openai-responses' ? request.nativeMembers.members : {};
  const isDone = state.status !== 'in_progress';
  return {
    id: head.id,
    object: 'response',
    created_at: head.createdAt,
    status: state.status,
    background: false,
    ...(isDone ? { completed_at: state.status === 'completed' ? context.nowSeconds : null } : {}),
    error: state.error ?? null,
    incomplete_details: incompleteDetails(state),
    instructions: instructionsOf(context),
    max_output_tokens: request.maxOutputTokens ?? null,
    max_tool_calls: native.max_tool_calls ?? null,
    model: head.model,
    output: state.output,
    parallel_tool_calls: request.parallelToolCalls ?? true,
    previous_response_id: native.previous_response_id ?? null,
    prompt_cache_key: request.promptCacheKey ?? null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: summaryOf(context) },
    safety_identifier: request.safetyIdentifier ?? null,
    service_tier: serviceTierOf(head.serviceTier),
    // Whatever was asked for: an answer of another provider cannot be fetched again.
    store: false,
    temperature: request.temperature ?? 1,
    text: {
      format: request.outputFormat === undefined ? { type: 'text' } : writeOutputFormat(request.outputFormat),
      verbosity: request.verbosity ?? 'medium',
    },
    tool_choice:
      request.toolChoice === undefined ? 'auto' : writeToolChoice(request.toolChoice, request.tools),
    tools: writeTools(request.tools, undefined),
    top_logprobs: request.logprobs?.top ?? 0,
    top_p: request.topP ?? 1,
    truncation: native.truncation ?? 'disabled',
    ...(state.usage === undefined ? {} : { usage: writeResponsesUsage(state.usage) }),
    ...(request.endUser === undefined ? {} : { user: request.endUser }),
    metadata: request.metadata ?? {},
  };
}

/** `incomplete` is what was cut off or filtered; everything else came to its end. */
export function statusOf(finish: Finish | undefined): 'completed' | 'incomplete' {
  return finish?.kind === 'length' || finish?.kind === 'filtered' ? 'incomplete' : 'completed';
}

function incompleteDetails({ status, finish }: ResponseState): JsonValue {
  if (status !== 'incomplete') return null;
  return { reason: finish?.kind === 'length' ? 'max_output_tokens' : 'content_filter' };
}

function instructionsOf({ request }: AnswerContext): string | null {
  const [first] = request.messages;
  const [part] = first?.content ?? [];
  return first?.role === 'system' && part?.kind === 'text' ? part.text : null;
}

function summaryOf({ request }: AnswerContext): string | null {
  const summary = request.reasoning?.summary;
  return summary === undefined || summary === 'none' ? null : summary;
}

const TIERS: ReadonlySet<string> = new Set([
  'auto',
  'default',
  'flex',
  'scale',
  'priority',
  'fast',
  'ultrafast',
]);

function serviceTierOf(tier: string | undefined): string {
  return tier !== undefined && TIERS.has(tier) ? tier : 'default';
}
