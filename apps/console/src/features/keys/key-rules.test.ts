import { describe, expect, it } from 'vitest';
import {
  countKeyRules,
  findWrongRules,
  NO_KEY_RULES,
  otherUsualRateLimits,
  toKeyRules,
  type UsualKeyRules,
  usualRateLimit,
} from './key-rules.ts';

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

describe('the limits of a new key where rules give some', () => {
  const from = { teamId: 'team_1' };
  const usual = {
    defaultBudget: { ...from, value: { limitUsd: '7', period: 'day', kind: 'hard' } },
    defaultRateLimits: {
      ...from,
      value: [
        { metric: 'requests', limit: 5, windowSeconds: 60 },
        { metric: 'requests', limit: 100, windowSeconds: 3_600 },
        { metric: 'concurrency', limit: 2, windowSeconds: 0 },
      ],
    },
  } as const satisfies UsualKeyRules;

  it('are left to the rules where nothing is written', () => {
    expect(toKeyRules(NO_KEY_RULES, 'en', usual)).toEqual({});
  });

  it('keep those of the rules beside one that is written, each field for itself', () => {
    const [, perHour, atOnce] = usual.defaultRateLimits.value;
    expect(toKeyRules({ ...NO_KEY_RULES, requestsPerMinute: '9' }, 'en', usual).rateLimits).toEqual([
      { metric: 'requests', limit: 9, windowSeconds: 60 },
      perHour,
      atOnce,
    ]);
    expect(toKeyRules({ ...NO_KEY_RULES, concurrency: '3' }, 'en', usual).rateLimits).toHaveLength(3);
  });

  it('are none where somebody says so, and only then', () => {
    const none = { ...NO_KEY_RULES, noBudget: true, noRateLimits: true };
    expect(toKeyRules(none, 'en', usual)).toEqual({ budget: null, rateLimits: [] });
    expect(toKeyRules({ ...none, tokensPerMinute: '10' }, 'en', usual).rateLimits).toEqual([
      { metric: 'tokens', limit: 10, windowSeconds: 60 },
    ]);
  });

  it('are told at the fields that stand for them, and the others beside them', () => {
    expect(usualRateLimit(usual, 'requestsPerMinute')?.limit).toBe(5);
    expect(usualRateLimit(usual, 'concurrency')?.limit).toBe(2);
    expect(usualRateLimit(usual, 'tokensPerMinute')).toBeUndefined();
    expect(otherUsualRateLimits(usual).map(({ limit }) => limit)).toEqual([100]);
  });
});
