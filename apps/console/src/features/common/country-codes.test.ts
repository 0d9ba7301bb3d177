import { describe, expect, it } from 'vitest';
import { listCountries } from './country-codes.ts';

describe('listCountries', () => {
  it.each([
    ['en', 'Germany', 'Austria'],
    ['de', 'Deutschland', 'Österreich'],
  ])('has every country once, named and in the order of %s', (locale, germany, austria) => {
    const countries = listCountries(locale);
    expect(new Set(countries.map(({ code }) => code)).size).toBe(249);
    expect(countries.filter(({ code, name }) => name === code)).toEqual([]);
    const names = countries.map(({ name }) => name);
    expect(names).toEqual(names.toSorted((left, right) => left.localeCompare(right, locale)));
    expect(names).toEqual(expect.arrayContaining([germany, austria]));
  });
});
