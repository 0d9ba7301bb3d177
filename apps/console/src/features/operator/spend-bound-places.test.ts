import { describe, expect, it } from 'vitest';
import { shownPlaces } from './spend-bound.ts';

const AMOUNTS = {
  bound: 'amount',
  limitUsd: '50.00',
  firstBound: 'amount',
  firstLimitUsd: '9.00',
} as const;

describe('what is wrong with a figure is told where it can be seen', () => {
  it('at its amount while that is asked for', () => {
    expect(shownPlaces(AMOUNTS)).toEqual({});
  });

  it('at the choice above it where no amount is asked for', () => {
    expect(shownPlaces({ ...AMOUNTS, firstBound: 'none' })).toEqual({ firstLimitUsd: 'firstBound' });
    expect(shownPlaces({ ...AMOUNTS, bound: 'none' })).toEqual({ limitUsd: 'bound' });
  });
});
