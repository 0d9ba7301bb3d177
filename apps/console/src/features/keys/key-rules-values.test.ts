import type { KeyRules } from '@tollgate/api';
import { describe, expect, it } from 'vitest';
import { findWrongKeyRules, keyRulesValues, parseRemindDays, toKeyRules } from './key-rules-values.ts';

const RULES: KeyRules = {
  teamId: null,
  rotateEveryDays: 90,
  overlapSeconds: 86_400,
  remindDays: [7, 1],
  maxAgeDays: null,
  defaultExpiryDays: 30,
  defaultBudget: { limitUsd: '12.5', period: 'week', kind: 'soft' },
  defaultRateLimits: [
    { metric: 'requests', limit: 60, windowSeconds: 60 },
    { metric: 'tokens', limit: 5, windowSeconds: 3_600 },
    { metric: 'concurrency', limit: 3 },
  ],
  defaultModels: ['gpt-5*'],
  version: 2,
  updatedAt: '2026-11-21T00:00:00.000Z',
};

describe('toKeyRules()', () => {
  it.each(['en', 'de'])(
    'gives back what the form was filled with, in %s, with what it does not show',
    (locale) => {
      const { teamId: _team, version: _version, updatedAt: _updated, ...said } = RULES;
      expect(toKeyRules(keyRulesValues(RULES, locale), RULES, locale)).toEqual(said);
    },
  );
});

describe('findWrongKeyRules()', () => {
  it('names what is no number, no amount and no list of days', () => {
    const values = {
      ...keyRulesValues(RULES, 'en'),
      maxAgeDays: '0',
      rotateEveryDays: 'soon',
      budgetUsd: 'much',
      remindDays: '7, 91',
    };
    expect(findWrongKeyRules(values, 'en')).toEqual([
      { field: 'maxAgeDays', kind: 'count' },
      { field: 'rotateEveryDays', kind: 'count' },
      { field: 'budgetUsd', kind: 'amount' },
      { field: 'remindDays', kind: 'days' },
    ]);
    expect(parseRemindDays('1 7,7; 0')).toEqual([7, 1, 0]);
  });
});
