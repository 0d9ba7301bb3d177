/** The response object: output items, usage, and the request's settings said back. */
import { logprobsJson } from '../../completion-body.ts';
import { PICTURE_BASE64 } from '../../picture.ts';
import { hexId } from '../../random.ts';
import type { Body } from '../../wire/json.ts';
import { seal } from '../../wire/signature.ts';
import type { Spoken } from '../../wire/speech.ts';
import { bendUsage } from '../../wire/sse.ts';
import { ENCRYPTED_PURPOSE, type ResponsesRequest } from './responses-request.ts';

export type Item = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

const ID_ITEM = 5_000;

/** @param sequence Of the call: ids follow from it. */
export function outputItems(spoken: Spoken, seed: number, sequence: number): readonly Item[] {
  const { answer, controls } = spoken;
  const request = spoken.request as ResponsesRequest;
  const choice = answer.choices[0]!;
  let count = 0;
  const id = (prefix: string) => `${prefix}_${hexId(seed, sequence, ID_ITEM + ++count, 48)}`;
  const items: Item[] = [];
  if (choice.reasoningTokens > 0) {
    const isShown = request.wantsSummary || controls.reasoning === true;
    items.push({
      id: id('rs'),
      type: 'reasoning',
      summary: isShown ? [{ type: 'summary_text', text: choice.reasoningText }] : [],
      ...(request.wantsEncrypted ? { encrypted_content: seal(ENCRYPTED_PURPOSE, choice.reasoningText) } : {}),
    });
  }
  if (choice.text !== null && (choice.text !== '' || choice.toolCalls.length === 0)) {
    const status = choice.finishReason === 'length' ? 'incomplete' : 'completed';
    items.push({ id: id('msg'), type: 'message', status, content: [contentPart(spoken)], role: 'assistant' });
  }
  for (const call of choice.toolCalls)
    items.push({
      id: id('fc'),
      type: 'function_call',
      status: 'completed',
      arguments: call.arguments,
      call_id: call.id,
      name: call.name,
    });
  for (let i = 0; i < Math.min(controls.images ?? 0, 20); i += 1)
    items.push({
      id: id('ig'),
      type: 'image_generation_call',
      status: 'completed',
      output_format: 'png',
      quality: 'low',
      size: '1024x1024',
      result: PICTURE_BASE64,
    });
  return items;
}

function contentPart({ answer, request, controls }: Spoken): object {
  const choice = answer.choices[0]!;
  const text = choice.text ?? '';
  if (choice.isRefusal) return { type: 'refusal', refusal: text };
  const hasLogprobs = request.logprobs || controls.logprobs === true;
  const logprobs = hasLogprobs ? JSON.parse(logprobsJson(text)).content : [];
  return {
    type: 'output_text',
    annotations: annotationsOf(text, controls.citations === true),
    logprobs,
    text,
  };
}

function annotationsOf(text: string, isWanted: boolean): object[] {
  if (!isWanted) return [];
  const end_index = Math.min(20, text.length);
  const title = 'The simulated source';
  return [{ type: 'url_citation', start_index: 0, end_index, title, url: 'https://example.com/' }];
}

/** OpenAI's meaning: input includes cached tokens, output includes reasoning. */
export function usageOf({ usage, controls }: Spoken): unknown {
  return bendUsage(
    {
      input_tokens: usage.promptTokens,
      input_tokens_details: { cached_tokens: usage.cachedTokens },
      output_tokens: usage.completionTokens,
      output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
      total_tokens: usage.promptTokens + usage.completionTokens,
    },
    controls,
  );
}

export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed';

export function finalStatus({ answer, controls }: Spoken): ResponseStatus {
  if (controls.finish === 'content_filter' || controls.finish === 'max_output_tokens') return 'incomplete';
  if (controls['safety-block'] !== undefined) return 'incomplete';
  return answer.choices[0]!.finishReason === 'length' ? 'incomplete' : 'completed';
}

export function responseObject(
  spoken: Spoken,
  body: Body,
  status: ResponseStatus,
  output: readonly Item[],
  error: object | null = null,
): Body {
  const { answer, request, controls } = spoken;
  const isFinal = status !== 'in_progress' && status !== 'failed';
  const reason =
    controls['safety-block'] !== undefined ? 'content_filter' : (controls.finish ?? 'max_output_tokens');
  return {
    id: `resp_${Buffer.from(answer.id.slice(9)).toString('hex').slice(0, 50)}`,
    object: 'response',
    created_at: answer.created,
    status,
    background: false,
    completed_at: status === 'completed' ? answer.created : null,
    error,
    frequency_penalty: 0,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: answer.model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    presence_penalty: 0,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    prompt_cache_retention: body.prompt_cache_retention ?? null,
    reasoning: { effort: null, summary: null, ...(body.reasoning as object | undefined) },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: isFinal ? request.serviceTier : (body.service_tier ?? 'auto'),
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: { type: 'text' }, verbosity: 'medium', ...(body.text as object | undefined) },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: isFinal ? (usageOf(spoken) ?? null) : null,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}
