import { describe, expect, it } from 'vitest';
import { boundValues, figuresValues, toFigures, toLimitUsd } from './spend-bound.ts';

describe('a bound on what is resold', () => {
  it.each([
    ['5.00', 'en', { bound: 'amount', limitUsd: '5.00' }],
    ['5.00', 'de', { bound: 'amount', limitUsd: '5,00' }],
    [null, 'en', { bound: 'none', limitUsd: '' }],
  ] as const)('%s is shown in %s as %j, and read back', (limitUsd, locale, values) => {
    expect(boundValues(limitUsd, locale)).toEqual(values);
    expect(toLimitUsd(boundValues(limitUsd, locale), locale)).toBe(limitUsd);
  });

  it.each([
    { limitUsd: '50.00', firstLimitUsd: '15.00' },
    { limitUsd: null, firstLimitUsd: '0.50' },
    { limitUsd: null, firstLimitUsd: null },
  ])('has two figures, which are read back: %j', (figures) => {
    expect(toFigures(figuresValues(figures, 'de'), 'de', true)).toEqual(figures);
    expect(toFigures(figuresValues(figures, 'en'), 'en', false)).toEqual({ limitUsd: figures.limitUsd });
  });

  it('is no bound only where that is chosen: an amount that lacks or is none is refused', () => {
    for (const limitUsd of ['', ' ', 'much', '-1', '1.2.3']) {
      expect(toLimitUsd({ bound: 'amount', limitUsd }, 'en')).toBeUndefined();
    }
    expect(toLimitUsd({ bound: 'amount', limitUsd: '0' }, 'en')).toBe('0');
    expect(toLimitUsd({ bound: 'none', limitUsd: '7' }, 'en')).toBeNull();
  });
});
