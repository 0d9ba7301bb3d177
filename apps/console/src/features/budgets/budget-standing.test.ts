import type { Budget } from '@tollgate/api';
import { describe, expect, it } from 'vitest';
import { barShares, healthOf, worstShares } from './budget-standing.ts';

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
  ] as const)('is %s with %o', (health, change) => {
    expect(healthOf(budget(change), false)).toBe(health);
  });
});
