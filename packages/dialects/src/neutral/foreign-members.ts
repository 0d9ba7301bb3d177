/**
 * Members of a request that only the caller's own format has: which of them may be left out at another provider
 * without changing what is asked for.
 */
import type { TranslationNotes } from './notes.ts';
import type { NeutralRequest } from './request.ts';
import type { WireFormat } from './wire-format.ts';

/** Speed, price, caching, sampling beyond the usual: the answer stays an answer to the same question. */
const HINTS: ReadonlySet<string> = new Set([
  // OpenAI
  'include',
  'truncation',
  'prediction',
  'prompt_cache_options',
  'prompt_cache_retention',
  'service_tier',
  'stream_options',
  'max_tool_calls',
  // OpenRouter, vLLM, Mistral, Qwen and others that speak OpenAI's format
  'transforms',
  'usage',
  'repetition_penalty',
  'min_p',
  'top_a',
  'length_penalty',
  'min_tokens',
  'safe_prompt',
  'include_reasoning',
  'reasoning_format',
  'chat_template_kwargs',
  'enable_thinking',
  'context_length_exceeded_behavior',
  'drop_params',
  'timeout',
  'num_retries',
  // Anthropic, Gemini
  'inference_geo',
  'cache_control',
  'context_management',
  'diagnostics',
  'speed',
  'user_profile_id',
  'defer_loading',
  'input_examples',
  'eager_input_streaming',
  'allowed_callers',
  'transformations',
  'toolset_name',
  'cachedContent',
  'labels',
  // Bedrock
  'performanceConfig',
]);

/**
 * Reports every member that `own` cannot say because the caller's format alone has it; nothing where both are one.
 *
 * @throws {GatewayError} Through the notes.
 */
export function noteForeignMembers(request: NeutralRequest, own: WireFormat, notes: TranslationNotes): void {
  const native = request.nativeMembers;
  if (native === undefined || native.format === own) return;
  for (const [name, value] of Object.entries(native.members)) {
    // LangChain sends lists that say nothing, such as no safety settings.
    if (Array.isArray(value) && value.length === 0) continue;
    // Some stand inside others: `tools[0].defer_loading`.
    const last = name.slice(name.lastIndexOf('.') + 1);
    notes.cannot(name, HINTS.has(last) ? 'hint' : 'meaning');
  }
}
