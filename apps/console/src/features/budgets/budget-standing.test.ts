import type { Budget } from '@tollgate/api';
import { describe, expect, it } from 'vitest';
import {
  barShares,
  healthOf,
  standInOf,
  summarizeBudgets,
  valueHealth,
  worstShares,
} from './budget-standing.ts';

const budget = (change: Partial<Budget> = {}): Budget => ({
  id: 'bud_1',
  name: '',
  scope: { type: 'organization', id: 'org_1' },
  scopeName: 'Acme',
  limitUsd: '10.00',
  period: 'month',
  anchorAt: null,
  kind: 'hard',
  thresholds: [],
  onExceeded: 'refuse',
  carryOver: false,
  carryOverCapUsd: null,
  counts: 'all',
  setBy: 'organization',
  raisedByPayment: false,
  state: 'active',
  version: 1,
  createdAt: '2026-11-01T00:00:00Z',
  updatedAt: '2026-11-01T00:00:00Z',
  periodStart: '2026-11-01T00:00:00Z',
  resetsAt: '2026-12-01T00:00:00Z',
  periodLimitUsd: '10.00',
  spentUsd: '2.50',
  assumedUsd: '0.00',
  grantedUsd: '1.00',
  heldUsd: '1.00',
  remainingUsd: '6.50',
  valueCount: 1,
  forecastExceededAt: null,
  ...change,
});

describe('barShares()', () => {
  it('draws what is spent and what is in flight against the limit of the period', () => {
    expect(barShares(budget())).toEqual({ spent: 0.25, held: 0.1 });
    expect(barShares(budget({ periodLimitUsd: '0.00' }))).toEqual({ spent: 1, held: 0 });
  });

  it('draws a budget per value by the value with least left', () => {
    expect(worstShares(budget({ spentUsd: '40.00', remainingUsd: '1.00' }), true).spent).toBe(0.9);
  });
});

describe('healthOf()', () => {
  it.each([
    ['fine', {}],
    ['risk', { forecastExceededAt: '2026-11-25T00:00:00Z' }],
    ['risk', { spentUsd: '8.00', heldUsd: '0.00', remainingUsd: '2.00' }],
    ['usedUp', { spentUsd: '10.00', heldUsd: '0.00', remainingUsd: '0.00' }],
    ['fine', { spentUsd: '2.00', heldUsd: '8.00', remainingUsd: '0.00' }],
    ['paused', { state: 'paused', spentUsd: '10.00', remainingUsd: '0.00' }],
    // Whatever is spent of it will be gone some day.
    ['fine', { period: 'lifetime', resetsAt: null, forecastExceededAt: '2031-11-25T00:00:00Z' }],
  ] as const)('is %s with %o', (health, change) => {
    expect(healthOf(budget(change), false)).toBe(health);
  });
});

describe('valueHealth()', () => {
  const each = budget({
    scope: { type: 'key', id: '*' },
    spentUsd: '12.00',
    heldUsd: '0.00',
    remainingUsd: '0.00',
    forecastExceededAt: '2026-11-20T00:00:00Z',
  });
  const value = { periodLimitUsd: '10.00', heldUsd: '0.00' };

  it('is of the value itself, whatever the others have used up', () => {
    const standing = { ...value, spentUsd: '2.00', remainingUsd: '8.00', forecastExceededAt: null };
    expect(healthOf(each, true)).toBe('usedUp');
    expect(valueHealth(each, standing)).toBe('fine');
    expect(valueHealth(each, { ...standing, forecastExceededAt: '2026-11-25T00:00:00Z' })).toBe('risk');
    expect(valueHealth(each, { ...standing, spentUsd: '10.00', remainingUsd: '0.00' })).toBe('usedUp');
    expect(valueHealth({ ...each, state: 'paused' }, standing)).toBe('paused');
  });
});

describe('standInOf()', () => {
  const onExceeded = { model: 'small' };
  it.each([
    ['of one model', { scope: { type: 'model', id: 'large' }, onExceeded }, 'small'],
    ['of each model', { scope: { type: 'model', id: '*' }, onExceeded }, 'small'],
    ['that names its own model', { scope: { type: 'model', id: 'small' }, onExceeded }, undefined],
    ['under which the cheaper model falls as well', { onExceeded }, undefined],
    ['that refuses', { scope: { type: 'model', id: 'large' } }, undefined],
    ['that is soft', { kind: 'soft', scope: { type: 'model', id: 'large' }, onExceeded }, undefined],
  ] as const)('of a budget %s', (_, change, model) => {
    expect(standInOf(budget(change))).toBe(model);
  });
});

describe('summarizeBudgets()', () => {
  const gone = { spentUsd: '10.00', heldUsd: '0.00', remainingUsd: '0.00' };
  const summarize = (...changes: Partial<Budget>[]) => summarizeBudgets(changes.map(budget), () => false);

  it('counts as refusing what is used up and has nothing that takes over', () => {
    const model = { scope: { type: 'model', id: 'large' }, onExceeded: { model: 'small' } } as const;
    expect(summarize(gone, { ...gone, kind: 'soft' }, { ...gone, ...model }, {})).toMatchObject({
      active: 4,
      hard: 3,
      refusing: 1,
    });
  });

  it('counts as gone before they reset what resets; next to run out is any', () => {
    const [first, second] = ['2026-11-24T00:00:00Z', '2026-11-26T00:00:00Z'];
    const never = { id: 'never', resetsAt: null, forecastExceededAt: first };
    expect(
      summarize({ forecastExceededAt: second }, never, { ...gone, forecastExceededAt: first }),
    ).toMatchObject({
      early: 1,
      next: { id: 'never' },
    });
  });
});
