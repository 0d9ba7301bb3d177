import { describe, expect, it } from 'vitest';
import { newBudgetValues, parseThresholds, toNewBudget } from './budget-form-values.ts';

const WHERE = { timeZone: 'Europe/Berlin', nowMs: Date.parse('2026-11-22T12:00:00Z') };

describe('the budget form', () => {
  it('asks for an amount and nothing else, and is hard and monthly unless told', () => {
    expect(toNewBudget({ ...newBudgetValues(), limitUsd: '1,000' }, 'en', WHERE)).toEqual({
      scope: { type: 'organization', id: '*' },
      name: '',
      limitUsd: '1000',
      period: 'month',
      kind: 'hard',
      thresholds: [50, 80, 100],
      onExceeded: 'refuse',
      carryOver: false,
      carryOverCapUsd: null,
      anchorAt: null,
    });
  });

  it('sends the start of a fiscal month as an instant of the organization’s zone', () => {
    const values = { ...newBudgetValues(), startDay: '2026-11-15' };
    expect(toNewBudget(values, 'en', WHERE).anchorAt).toBe('2026-11-14T23:00:00.000Z');
  });

  it('sends one budget per value as a star', () => {
    const values = { ...newBudgetValues(), scopeType: 'key', scopeMode: 'each', scopeId: 'key_1' } as const;
    expect(toNewBudget(values, 'en', WHERE).scope).toEqual({ type: 'key', id: '*' });
  });

  it('a soft budget routes nowhere: it refuses nothing', () => {
    const values = { ...newBudgetValues(), kind: 'soft', onExceeded: 'model', model: 'sim-small' } as const;
    expect(toNewBudget(values, 'en', WHERE).onExceeded).toBe('refuse');
  });
});

describe('parseThresholds()', () => {
  it('sorts, and keeps each once', () => {
    expect(parseThresholds('100 %, 50;80, 50')).toEqual([50, 80, 100]);
    expect(parseThresholds('')).toEqual([]);
  });

  it.each(['0', '1001', '12.5x', '-5', '1 2 3 4 5 6 7 8 9 10 11'])('refuses %j', (typed) => {
    expect(parseThresholds(typed)).toBeUndefined();
  });
});
