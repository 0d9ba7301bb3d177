import { describe, expect, it } from 'vitest';
import {
  dunningValues,
  parseReminderDays,
  parseTaxLines,
  toDunningPolicy,
  typedTaxLines,
} from './terms-form-values.ts';

describe('parseTaxLines()', () => {
  it.each(['en', 'de'])('reads back what it shows, in %s', (locale) => {
    const rates = [
      { name: 'VAT', rateBasisPoints: 1_900 },
      { name: 'State tax 2026', rateBasisPoints: 725 },
    ];
    expect(parseTaxLines(typedTaxLines(rates, locale), locale)).toEqual(rates);
  });

  it.each(['VAT', '19 %', 'VAT 101', 'VAT 7.255', 'VAT 19\nnothing'])('does not guess at %j', (typed) => {
    expect(parseTaxLines(typed, 'en')).toBeUndefined();
  });

  it('takes nothing as no rates of its own', () => {
    expect(parseTaxLines(' \n', 'en')).toEqual([]);
  });
});

describe('a dunning policy', () => {
  it.each([
    { reminderDays: [3, 10, 20], grace: null, softLimit: null, stop: null },
    {
      reminderDays: [],
      grace: { afterDays: 0 },
      softLimit: { afterDays: 30, requestsPerMinute: 60 },
      stop: { afterDays: 60 },
    },
  ])('is what its form says: %j', (policy) => {
    expect(toDunningPolicy(dunningValues(policy), 'en')).toEqual(policy);
  });

  it('reads days in any order, and no half ones', () => {
    expect(parseReminderDays('20, 3;10 3', 'en')).toEqual([3, 10, 20]);
    expect(parseReminderDays('3, soon', 'en')).toBeUndefined();
    expect(parseReminderDays('366', 'en')).toBeUndefined();
  });
});
