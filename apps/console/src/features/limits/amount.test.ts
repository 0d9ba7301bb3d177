import { describe, expect, it } from 'vitest';
import { parseAmount, parseCount, typedAmount } from './amount.ts';

describe('parseAmount()', () => {
  it.each([
    ['en', '25', '25'],
    ['en', '12.50', '12.50'],
    ['en', '1,000', '1000'],
    ['en', '1,234,567.89', '1234567.89'],
    ['en', ' $ 5 ', '5'],
    ['en', '007', '7'],
    ['de', '12,50', '12.50'],
    ['de', '12.50', '12.50'],
    ['de', '1.000', '1000'],
    ['de', '1.234.567,89', '1234567.89'],
    ['en', '0.000001', '0.000001'],
  ])('in %s reads %j as %s', (locale, typed, amount) => {
    expect(parseAmount(typed, locale)).toBe(amount);
  });

  it.each([
    ['en', '1,5'],
    ['en', '-5'],
    ['en', '1e3'],
    ['en', ''],
    ['en', '5.'],
    ['de', '1,2,3'],
    ['de', '1.0000'.padEnd(30, '0')],
  ])('in %s refuses %j', (locale, typed) => {
    expect(parseAmount(typed, locale)).toBeUndefined();
  });

  it.each(['en', 'de'])('reads back in %s what it shows', (locale) => {
    for (const amount of ['0.5', '1000.25', '12']) {
      expect(parseAmount(typedAmount(amount, locale), locale)).toBe(amount);
    }
  });
});

describe('parseCount()', () => {
  it('takes grouped whole numbers and nothing else', () => {
    expect(parseCount('100,000', 'en')).toBe(100_000);
    expect(parseCount('100.000', 'de')).toBe(100_000);
    expect(parseCount('1.5', 'en')).toBeUndefined();
  });
});
