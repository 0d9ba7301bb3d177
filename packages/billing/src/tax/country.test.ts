import { describe, expect, it } from 'vitest';
import { COUNTRY_CODES, canonicalCountry, writingsOf } from './country.ts';

describe('canonicalCountry()', () => {
  it('knows every country of ISO 3166-1 by its code, and no other code', () => {
    expect(COUNTRY_CODES).toHaveLength(249);
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const known = letters.flatMap((first) =>
      letters.map((second) => first + second).filter((code) => canonicalCountry(code) !== ''),
    );
    expect(known.toSorted()).toEqual([...COUNTRY_CODES, 'UK', 'EL'].toSorted());
    for (const code of COUNTRY_CODES) expect(canonicalCountry(` ${code.toLowerCase()} `)).toBe(code);
  });

  it.each([
    ['UK', 'GB'],
    ['el', 'GR'],
    ['Germany', 'DE'],
    ['DEUTSCHLAND', 'DE'],
    ['United Kingdom', 'GB'],
    ['', ''],
    ['XX', ''],
    ['constructor', ''],
    ['Atlantis', ''],
  ])('reads “%s” as “%s”', (written, code) => {
    expect(canonicalCountry(written)).toBe(code);
  });
});

describe('writingsOf()', () => {
  it('tells as what a country may stand in a table, and leaves what it does not know as it is', () => {
    expect(writingsOf('uk').toSorted()).toEqual(['GB', 'UK']);
    expect(writingsOf('Greece').toSorted()).toEqual(['EL', 'GR']);
    expect(writingsOf('de')).toEqual(['DE']);
    expect(writingsOf('xk ')).toEqual(['XK']);
    expect(writingsOf('')).toEqual(['']);
  });
});
