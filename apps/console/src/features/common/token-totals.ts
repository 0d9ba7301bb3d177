/** What a provider calls input and output. Kinds of tokens are apart in the API: cached input is not part of input. */
import type { RequestSummary } from '@tollgate/api';

export type TokenCounts = Pick<
  RequestSummary,
  'inputTokens' | 'cachedInputTokens' | 'cacheWriteTokens' | 'outputTokens' | 'reasoningTokens'
>;

/** With what was read from and written to a cache. */
export function inputTokensOf(counts: TokenCounts): number {
  return counts.inputTokens + counts.cachedInputTokens + counts.cacheWriteTokens;
}

/** With what was thought and not said. */
export function outputTokensOf(counts: TokenCounts): number {
  return counts.outputTokens + counts.reasoningTokens;
}
