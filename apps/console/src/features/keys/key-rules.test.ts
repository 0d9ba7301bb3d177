import { describe, expect, it } from 'vitest';
import { countKeyRules, findWrongRules, NO_KEY_RULES, toKeyRules } from './key-rules.ts';

describe('the limits of a new key', () => {
  it('are none unless told', () => {
    expect(toKeyRules(NO_KEY_RULES, 'en')).toEqual({});
    expect(findWrongRules(NO_KEY_RULES, 'en')).toEqual([]);
  });

  it('go along with the key, numbers read as the locale groups them', () => {
    const typed = { ...NO_KEY_RULES, budgetUsd: '1.000,50', tokensPerMinute: '200.000', concurrency: '8' };
    expect(toKeyRules(typed, 'de')).toEqual({
      budget: { limitUsd: '1000.50', period: 'month' },
      rateLimits: [
        { metric: 'tokens', limit: 200_000, windowSeconds: 60 },
        { metric: 'concurrency', limit: 8 },
      ],
    });
    expect(countKeyRules(typed)).toBe(3);
  });

  it('name each field that is no number', () => {
    const typed = { ...NO_KEY_RULES, budgetUsd: 'ten', requestsPerMinute: '1.5' };
    expect(findWrongRules(typed, 'en')).toEqual([
      { field: 'budgetUsd', kind: 'amount' },
      { field: 'requestsPerMinute', kind: 'count' },
    ]);
  });
});
