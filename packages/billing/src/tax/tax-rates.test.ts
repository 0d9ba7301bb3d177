import { describe, expect, it } from 'vitest';
import { chooseTaxes, holdsAt, type KnownTaxRate, type TaxSubject } from './tax-rates.ts';

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
  issuerCountry: 'FR',
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

  it('prints the reverse-charge text instead of a tax where the customer has a tax id of another country than the issuer', () => {
    const german = { country: 'de', taxId: 'DE 123 456 789' };
    expect(chooseTaxes(subject(german), KNOWN)).toEqual({ rates: [], notes: [REVERSE] });
    expect(names({ ...german, issuerCountry: 'United States' })).toEqual([]);
    expect(names({ country: 'IE', taxId: 'IE1234567T' })).toEqual([['VAT', 2_300]]);
  });

  it.each([
    { taxId: 'anything' },
    { taxId: 'DE12345678' },
    { taxId: 'FR12345678901' },
    { issuerCountry: 'DE' },
    { issuerCountry: ' de ' },
    { issuerCountry: 'Germany' },
    { issuerCountry: '' },
  ])('charges the tax all the same where %j', (overrides) => {
    const german = { country: 'DE', taxId: 'DE123456789' };
    expect(names(german)).toEqual([]);
    expect(chooseTaxes(subject({ ...german, ...overrides }), KNOWN)).toEqual({
      rates: [{ name: 'VAT', rateBasisPoints: 1_900 }],
      notes: [],
    });
  });

  const BRITISH = [
    { country: 'GB', region: '', name: 'VAT', rateBasisPoints: 2_000, reverseChargeText: REVERSE },
  ];
  const GREEK = [
    { country: 'EL', region: '', name: 'VAT', rateBasisPoints: 2_400, reverseChargeText: REVERSE },
  ];

  it.each([
    ['GB', 'UK', 'GB123456789', BRITISH],
    ['UK', 'GB', 'GB123456789', BRITISH],
    [' uk ', 'United Kingdom', 'GB123456789', BRITISH],
    ['GR', 'EL', 'EL123456789', GREEK],
    ['EL', 'GR', 'EL123456789', GREEK],
    ['EL', 'Griechenland', 'EL123456789', GREEK],
  ])('sees one country in %s and %s, however it is written', (country, issuerCountry, taxId, rates) => {
    const here = subject({ country, issuerCountry, taxId });
    expect(chooseTaxes(here, rates)).toMatchObject({ rates: [{ name: 'VAT' }], notes: [] });
    expect(chooseTaxes({ ...here, issuerCountry: 'DE' }, rates)).toEqual({ rates: [], notes: [REVERSE] });
  });

  it.each(['Deutschland', 'DEU', 'Bundesrepublik', 'XX', 'ZZ', 'EU', '??', '', ' '])(
    'charges the tax where the letterhead says “%s”, which is Germany or nobody knows',
    (issuerCountry) => {
      expect(names({ country: 'DE', taxId: 'DE123456789', issuerCountry })).toEqual([['VAT', 1_900]]);
    },
  );

  it('finds the rate of a country whose name was typed once', () => {
    expect(names({ country: 'Deutschland' })).toEqual([['VAT', 1_900]]);
    expect(names({ country: 'germany' })).toEqual([['VAT', 1_900]]);
  });

  it('lets rates of the organization itself go first, and an exemption before everything', () => {
    const ownRates = [{ name: 'GST', rateBasisPoints: 500 }];
    expect(names({ country: 'DE', ownRates })).toEqual([['GST', 500]]);
    expect(names({ country: 'DE', ownRates, taxExempt: true })).toEqual([]);
  });
});

describe('holdsAt()', () => {
  const january = { validFrom: new Date('2027-01-01T00:00:00Z'), endsAt: new Date('2028-01-01T00:00:00Z') };
  /** The last instant of a month there. */
  const END_OF_DECEMBER = {
    'Europe/Berlin': '2026-12-31T22:59:59.999Z',
    'America/New_York': '2027-01-01T04:59:59.999Z',
    'Asia/Tokyo': '2026-12-31T14:59:59.999Z',
    'Pacific/Kiritimati': '2026-12-31T09:59:59.999Z',
  };

  it.each(Object.entries(END_OF_DECEMBER))(
    'taxes December in %s by the rate of December',
    (timeZone, last) => {
      const at = new Date(last);
      expect(holdsAt(january, { at, timeZone })).toBe(false);
      expect(holdsAt(january, { at: new Date(at.getTime() + 1), timeZone })).toBe(true);
      const nextYear = new Date(at.getTime() + 365 * 86_400_000);
      expect(holdsAt(january, { at: nextYear, timeZone })).toBe(true);
      expect(holdsAt(january, { at: new Date(nextYear.getTime() + 1), timeZone })).toBe(false);
    },
  );

  it.each(['2026-12-31T23:00:00Z', '2027-01-01T05:00:00Z'])(
    'reads %s as the day that was meant',
    (instant) => {
      const rate = { validFrom: new Date(instant), endsAt: null };
      expect(holdsAt(rate, { at: new Date('2026-12-31T23:59:59Z'), timeZone: 'UTC' })).toBe(false);
      expect(holdsAt(rate, { at: new Date('2027-01-01T00:00:00Z'), timeZone: 'UTC' })).toBe(true);
    },
  );
});
