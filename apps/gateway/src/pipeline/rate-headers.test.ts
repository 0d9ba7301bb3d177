import { describe, expect, it } from 'vitest';
import { pushRateHeaders, resetText } from './rate-headers.ts';

describe('rate limit headers', () => {
  it('tell of the limit with the least left, for requests and tokens each', () => {
    const headers: string[] = [];
    pushRateHeaders(headers, [
      { ruleId: 'a', metric: 'requests', limit: 1_000, remaining: 900, resetMs: 60_000 },
      { ruleId: 'b', metric: 'requests', limit: 10, remaining: 3, resetMs: 320 },
      { ruleId: 'c', metric: 'concurrency', limit: 1, remaining: 0, resetMs: 0 },
      { ruleId: 'd', metric: 'tokens', limit: 50, remaining: 0, resetMs: 1_500 },
    ]);
    expect(headers).toEqual([
      ...['x-ratelimit-limit-requests', '10', 'x-ratelimit-remaining-requests', '3'],
      ...['x-ratelimit-reset-requests', '320ms'],
      ...['x-ratelimit-limit-tokens', '50', 'x-ratelimit-remaining-tokens', '0'],
      ...['x-ratelimit-reset-tokens', '1.5s'],
    ]);
  });

  it.each([
    [0, '0ms'],
    [999.2, '1s'],
    [59_999, '59.999s'],
    [360_000, '6m0s'],
    [90_061_000, '25h1m1s'],
  ])('write %d ms as %s', (ms, text) => expect(resetText(ms)).toBe(text));
});
