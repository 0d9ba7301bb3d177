/**
 * What a tax id looks like in its country: the forms that the EU publishes for VAT numbers (VIES), and those of some
 * countries besides. A table, because it is short and changes once in years, and nothing that checks digits is needed:
 * whether an id is genuine is the operator's to ask.
 */
import { canonicalCountry } from './country.ts';

interface TaxIdForm {
  readonly pattern: RegExp;
  /** One that has it, to be shown. */
  readonly example: string;
}

/** Without spaces and punctuation, in capitals. */
const FORMS: Readonly<Record<string, TaxIdForm>> = {
  AT: { pattern: /^ATU\d{8}$/, example: 'ATU12345678' },
  BE: { pattern: /^BE[01]\d{9}$/, example: 'BE0123456789' },
  BG: { pattern: /^BG\d{9,10}$/, example: 'BG123456789' },
  CY: { pattern: /^CY\d{8}[A-Z]$/, example: 'CY12345678X' },
  CZ: { pattern: /^CZ\d{8,10}$/, example: 'CZ12345678' },
  DE: { pattern: /^DE\d{9}$/, example: 'DE123456789' },
  DK: { pattern: /^DK\d{8}$/, example: 'DK12345678' },
  EE: { pattern: /^EE\d{9}$/, example: 'EE123456789' },
  ES: { pattern: /^ES([A-Z]\d{7}[A-Z\d]|\d{8}[A-Z])$/, example: 'ESA12345678' },
  FI: { pattern: /^FI\d{8}$/, example: 'FI12345678' },
  FR: { pattern: /^FR[A-HJ-NP-Z\d]{2}\d{9}$/, example: 'FR12345678901' },
  GR: { pattern: /^EL\d{9}$/, example: 'EL123456789' },
  HR: { pattern: /^HR\d{11}$/, example: 'HR12345678901' },
  HU: { pattern: /^HU\d{8}$/, example: 'HU12345678' },
  IE: { pattern: /^IE(\d[A-Z\d+*]\d{5}[A-Z]|\d{7}[A-Z]{2})$/, example: 'IE1234567T' },
  IT: { pattern: /^IT\d{11}$/, example: 'IT12345678901' },
  LT: { pattern: /^LT(\d{9}|\d{12})$/, example: 'LT123456789' },
  LU: { pattern: /^LU\d{8}$/, example: 'LU12345678' },
  LV: { pattern: /^LV\d{11}$/, example: 'LV12345678901' },
  MT: { pattern: /^MT\d{8}$/, example: 'MT12345678' },
  NL: { pattern: /^NL\d{9}B\d{2}$/, example: 'NL123456789B01' },
  PL: { pattern: /^PL\d{10}$/, example: 'PL1234567890' },
  PT: { pattern: /^PT\d{9}$/, example: 'PT123456789' },
  RO: { pattern: /^RO\d{2,10}$/, example: 'RO1234567890' },
  SE: { pattern: /^SE\d{12}$/, example: 'SE123456789001' },
  SI: { pattern: /^SI\d{8}$/, example: 'SI12345678' },
  SK: { pattern: /^SK\d{10}$/, example: 'SK1234567890' },
  // With Northern Ireland's, which has a prefix of its own.
  GB: { pattern: /^(GB|XI)(\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/, example: 'GB123456789' },
  CH: { pattern: /^CHE\d{9}(MWST|TVA|IVA)?$/, example: 'CHE-123.456.789 MWST' },
  LI: { pattern: /^(CHE\d{9}(MWST|TVA|IVA)?|\d{5})$/, example: '12345' },
  NO: { pattern: /^(NO)?\d{9}(MVA)?$/, example: '123456789MVA' },
  AU: { pattern: /^\d{11}$/, example: '12345678901' },
  CA: { pattern: /^\d{9}(RT\d{4})?$/, example: '123456789RT0001' },
  IN: { pattern: /^\d{2}[A-Z]{5}\d{4}[A-Z][A-Z\d]{3}$/, example: '22ABCDE1234F1Z5' },
  JP: { pattern: /^T\d{13}$/, example: 'T1234567890123' },
  NZ: { pattern: /^\d{8,9}$/, example: '123456789' },
  ZA: { pattern: /^4\d{9}$/, example: '4123456789' },
  AE: { pattern: /^\d{15}$/, example: '123456789012345' },
};

/** Of those whose form is known here. */
export const TAX_ID_COUNTRIES: readonly string[] = Object.keys(FORMS);

/** @returns What an id of the country looks like; undefined where its form is not known here. */
export function taxIdExample(country: string): string | undefined {
  return formOf(country)?.example;
}

/** Whether it is one of this country. False where the country's form is not known: nothing can be said then. */
export function isTaxIdOf(country: string, taxId: string): boolean {
  return formOf(country)?.pattern.test(taxId.toUpperCase().replaceAll(/[\s./-]/g, '')) ?? false;
}

function formOf(country: string): TaxIdForm | undefined {
  const code = canonicalCountry(country);
  return Object.hasOwn(FORMS, code) ? FORMS[code] : undefined;
}
