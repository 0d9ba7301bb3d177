/**
 * Token usage as OpenAI-compatible providers report it, as disjoint kinds.
 *
 * `prompt_tokens` includes cached and audio tokens, `completion_tokens` includes reasoning and audio: both are
 * taken apart here, so that every token is priced once. Providers are not trusted: what is no whole number
 * from 0 up to a sane bound counts as not reported, and parts larger than their whole are cut to it. A report
 * whose output is nonsense is none: read as zero it would make a low cost look exact.
 */
import type { TokenUsage } from '@tollgate/catalog';

/** More than any context window times any number of choices; above it a report is nonsense. */
const MAX_TOKENS = 1_000_000_000;

/** @returns Undefined where the provider reported nothing usable; a reported zero is a zero. */
export function readUsage(value: unknown): TokenUsage | undefined {
  if (!isRecord(value)) return undefined;
  const prompt = readCount(value.prompt_tokens) ?? readCount(value.input_tokens);
  const output = value.completion_tokens ?? value.output_tokens ?? 0;
  const completion = readCount(output);
  if (prompt === undefined || completion === undefined) return undefined;
  const promptDetails = isRecord(value.prompt_tokens_details) ? value.prompt_tokens_details : {};
  const completionDetails = isRecord(value.completion_tokens_details) ? value.completion_tokens_details : {};

  const cached = Math.min(
    readCount(promptDetails.cached_tokens) ?? readCount(value.prompt_cache_hit_tokens) ?? 0,
    prompt,
  );
  const audioInput = Math.min(readCount(promptDetails.audio_tokens) ?? 0, prompt - cached);
  const reasoning = Math.min(readCount(completionDetails.reasoning_tokens) ?? 0, completion);
  const audioOutput = Math.min(readCount(completionDetails.audio_tokens) ?? 0, completion - reasoning);
  return {
    inputTokens: prompt - cached - audioInput,
    cachedInputTokens: cached,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: completion - reasoning - audioOutput,
    reasoningTokens: reasoning,
    audioInputTokens: audioInput,
    audioOutputTokens: audioOutput,
  };
}

/** Reports are cumulative: of two, the one that accounts for more tokens is the later truth. */
export function laterUsage(known: TokenUsage | undefined, reported: TokenUsage): TokenUsage {
  return known === undefined || totalTokens(reported) >= totalTokens(known) ? reported : known;
}

function totalTokens(usage: TokenUsage): number {
  return (
    usage.inputTokens +
    usage.cachedInputTokens +
    usage.outputTokens +
    usage.reasoningTokens +
    usage.audioInputTokens +
    usage.audioOutputTokens
  );
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MAX_TOKENS
    ? value
    : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
