import { describe, expect, it } from 'vitest';
import { inputTokensOf, outputTokensOf } from './token-totals.ts';

describe('token totals', () => {
  const counts = {
    inputTokens: 1,
    cachedInputTokens: 20,
    cacheWriteTokens: 300,
    outputTokens: 4_000,
    reasoningTokens: 50_000,
  };

  it('are what the provider counts, whatever came from a cache or was only thought', () => {
    expect(inputTokensOf(counts)).toBe(321);
    expect(outputTokensOf(counts)).toBe(54_000);
  });
});
