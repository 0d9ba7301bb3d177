import { describe, expect, it } from 'vitest';
import { chooseTaxes, type KnownTaxRate, type TaxSubject } from './tax-rates.ts';

const REVERSE = 'Reverse charge: the recipient owes the tax.';
const KNOWN: KnownTaxRate[] = [
  { country: 'DE', region: '', name: 'VAT', rateBasisPoints: 1_900, reverseChargeText: REVERSE },
  { country: 'IE', region: '', name: 'VAT', rateBasisPoints: 2_300, reverseChargeText: '' },
  { country: 'US', region: '', name: 'State tax', rateBasisPoints: 0, reverseChargeText: '' },
  { country: 'US', region: 'NY', name: 'Sales tax', rateBasisPoints: 888, reverseChargeText: '' },
];
const subject = (overrides: Partial<TaxSubject>): TaxSubject => ({
  country: '',
  region: '',
  taxId: '',
  taxExempt: false,
  ownRates: [],
  ...overrides,
});
const names = (overrides: Partial<TaxSubject>) =>
  chooseTaxes(subject(overrides), KNOWN).rates.map(({ name, rateBasisPoints }) => [name, rateBasisPoints]);

describe('chooseTaxes()', () => {
  it('takes the rates of the country, and those of the region besides', () => {
    expect(names({ country: 'de' })).toEqual([['VAT', 1_900]]);
    expect(names({ country: 'US', region: 'ny' })).toEqual([
      ['State tax', 0],
      ['Sales tax', 888],
    ]);
    expect(names({ country: 'US', region: 'CA' })).toEqual([['State tax', 0]]);
    expect(names({ country: 'FR' })).toEqual([]);
  });

  it('prints the reverse-charge text instead of a tax where the customer has a tax id', () => {
    expect(chooseTaxes(subject({ country: 'DE', taxId: 'DE123' }), KNOWN)).toEqual({
      rates: [],
      notes: [REVERSE],
    });
    expect(names({ country: 'IE', taxId: 'IE123' })).toEqual([['VAT', 2_300]]);
  });

  it('lets rates of the organization itself go first, and an exemption before everything', () => {
    const ownRates = [{ name: 'GST', rateBasisPoints: 500 }];
    expect(names({ country: 'DE', ownRates })).toEqual([['GST', 500]]);
    expect(names({ country: 'DE', ownRates, taxExempt: true })).toEqual([]);
  });
});
