import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTaxIdOf, TAX_ID_COUNTRIES, taxIdExample } from './tax-id.ts';

const EU = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');

describe('isTaxIdOf()', () => {
  it('knows the forms of every member state of the EU, and of some countries besides', () => {
    expect(EU).toHaveLength(27);
    expect(TAX_ID_COUNTRIES).toEqual(expect.arrayContaining([...EU, 'GB', 'CH', 'NO']));
    for (const country of TAX_ID_COUNTRIES)
      expect(isTaxIdOf(country, taxIdExample(country)!), country).toBe(true);
  });

  it.each([
    ['DE', 'DE', [9]],
    ['AT', 'ATU', [8]],
    ['BE', 'BE0', [9]],
    ['BG', 'BG', [9, 10]],
    ['CZ', 'CZ', [8, 9, 10]],
    ['FR', 'FR', [11]],
    ['GR', 'EL', [9]],
    ['LT', 'LT', [9, 12]],
    ['RO', 'RO', [2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['SE', 'SE', [12]],
    ['GB', 'GB', [9, 12]],
    ['GB', 'XI', [9, 12]],
    ['CH', 'CHE', [9]],
    ['NO', '', [9]],
  ])('of %s has after “%s” as many digits as it must: %j', (country, prefix, lengths) => {
    for (let length = 0; length <= 16; length++) {
      const id = prefix + '7'.repeat(length);
      expect(isTaxIdOf(country, id), id).toBe(lengths.includes(length));
    }
  });

  it.each([
    [
      'IE',
      ['IE1234567T', 'IE1A23456T', 'IE1+23456T', 'IE1234567FA'],
      ['IE123456T', 'IE1234567', 'IE12345678T'],
    ],
    ['NL', ['NL123456789B01', 'nl 1234.56.789.B01'], ['NL123456789A01', 'NL12345678B01', 'NL123456789B1']],
    ['ES', ['ESA12345678', 'ESX1234567L', 'ES12345678Z'], ['ES123456789', 'ESA1234567', 'ESAB1234567']],
    ['CY', ['CY12345678L'], ['CY123456789', 'CY1234567L']],
    [
      'CH',
      ['CHE-123.456.789 MWST', 'che123456789tva', 'CHE-123.456.789'],
      ['CHE-123.456.789 XYZ', 'CH123456789'],
    ],
    ['GB', ['GBGD001', 'GBHA599', 'XI123456789'], ['GBGD500', 'GBHA499', 'GB12345678']],
  ])('of %s: some that are, and some that are not', (country, good, bad) => {
    for (const id of good) expect(isTaxIdOf(country, id), id).toBe(true);
    for (const id of bad) expect(isTaxIdOf(country, id), id).toBe(false);
  });

  it('is of one country of the EU at most, however it is written', () => {
    const separators = fc.constantFrom('', ' ', '.', '-');
    fc.assert(
      fc.property(fc.constantFrom(...EU), separators, fc.boolean(), (country, separator, isLower) => {
        const written = taxIdExample(country)!.replaceAll(/(\d{3})/g, `$1${separator}`);
        const id = isLower ? written.toLowerCase() : written;
        expect(EU.filter((other) => isTaxIdOf(other, id))).toEqual([country]);
      }),
    );
  });

  it('says yes to nothing of a country that it does not know', () => {
    for (const country of ['', 'US', 'XX', 'Atlantis', '__proto__', 'constructor']) {
      expect(taxIdExample(country)).toBeUndefined();
      fc.assert(fc.property(fc.string(), (text) => !isTaxIdOf(country, text)));
    }
  });
});
