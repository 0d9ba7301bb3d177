/**
 * Token usage as OpenAI's formats report it, as disjoint kinds, and back.
 *
 * Chat's `prompt_tokens` and Responses' `input_tokens` include cached, cache-written and audio tokens,
 * `completion_tokens` and `output_tokens` include reasoning and audio (openai.yaml, CompletionUsage and
 * ResponseUsage): all are taken apart here, so that every token is priced once. xAI counts reasoning apart from
 * `completion_tokens`, which its total shows. Providers are not trusted: what is no whole number from 0 up to a sane
 * bound counts as not reported, and parts larger than their whole are cut to it. A report whose output is nonsense
 * is none: read as zero it would make a low cost look exact.
 */
import { type TokenUsage, totalInputTokens, totalOutputTokens } from '@tollgate/catalog';
import type { JsonObject } from '../neutral/wire-format.ts';

/** More than any context window times any number of choices; above it a report is nonsense. */
const MAX_TOKENS = 1_000_000_000;

/** @returns Undefined where the provider reported nothing usable; a reported zero is a zero. */
export function readUsage(value: unknown): TokenUsage | undefined {
  if (!isRecord(value)) return undefined;
  const prompt = readCount(value.prompt_tokens) ?? readCount(value.input_tokens);
  const output = readCount(value.completion_tokens ?? value.output_tokens ?? 0);
  if (prompt === undefined || output === undefined) return undefined;
  const promptDetails = recordIn(value.prompt_tokens_details ?? value.input_tokens_details);
  const outputDetails = recordIn(value.completion_tokens_details ?? value.output_tokens_details);

  const cached = Math.min(
    readCount(promptDetails.cached_tokens ?? value.prompt_cache_hit_tokens ?? value.cached_tokens) ?? 0,
    prompt,
  );
  const written = Math.min(
    readCount(promptDetails.cache_write_tokens) ?? readCount(value.cache_creation_input_tokens) ?? 0,
    prompt - cached,
  );
  const audioInput = Math.min(readCount(promptDetails.audio_tokens) ?? 0, prompt - cached - written);
  const reported = readCount(outputDetails.reasoning_tokens) ?? readCount(value.reasoning_tokens) ?? 0;
  const isApart = reported > 0 && readCount(value.total_tokens) === prompt + output + reported;
  const completion = isApart ? output + reported : output;
  const reasoning = Math.min(reported, completion);
  const audioOutput = Math.min(readCount(outputDetails.audio_tokens) ?? 0, completion - reasoning);
  const searches = readCount(value.num_search_queries) ?? 0;
  return {
    inputTokens: prompt - cached - written - audioInput,
    cachedInputTokens: cached,
    cacheWrite5mTokens: written,
    cacheWrite1hTokens: 0,
    outputTokens: completion - reasoning - audioOutput,
    reasoningTokens: reasoning,
    audioInputTokens: audioInput,
    audioOutputTokens: audioOutput,
    ...(searches > 0 ? { units: { web_search: searches } } : {}),
  };
}

/** Reports are cumulative: of two, the one that accounts for more tokens is the later truth. */
export function laterUsage(known: TokenUsage | undefined, reported: TokenUsage): TokenUsage {
  return known === undefined || totalTokens(reported) >= totalTokens(known) ? reported : known;
}

/** `CompletionUsage`. */
export function writeChatUsage(usage: TokenUsage): JsonObject {
  const input = totalInputTokens(usage);
  const output = writtenTokens(usage);
  const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      audio_tokens: usage.audioInputTokens,
      ...(written > 0 ? { cache_write_tokens: written } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: usage.audioOutputTokens,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** `ResponseUsage`, which knows no audio: it is counted with the rest. */
export function writeResponsesUsage(usage: TokenUsage): JsonObject {
  const input = totalInputTokens(usage);
  const output = writtenTokens(usage);
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: input + output,
  };
}

/** Tokens of generated images are priced apart, but written by the model like the others. */
function writtenTokens(usage: TokenUsage): number {
  return totalOutputTokens(usage) + (usage.units?.image_output_token ?? 0);
}

function totalTokens(usage: TokenUsage): number {
  return totalInputTokens(usage) + totalOutputTokens(usage);
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MAX_TOKENS
    ? value
    : undefined;
}

function recordIn(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
