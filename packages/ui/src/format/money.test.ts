import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatMoney,
  formatMoneyCompact,
  formatMoneyInColumn,
  fractionDigitsOf,
  isDecimal,
  placesOf,
} from './money.ts';

const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.stringMatching(/^\d{0,18}$/))
  .map(
    ([negative, whole, fraction]) => `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`,
  );

/** Back from English text to a decimal without closing zeros. */
const digitsOf = (text: string) => trimZeros(text.replaceAll(/[$,]/g, ''));
const trimZeros = (text: string) => {
  const trimmed = text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
  return trimmed === '-0' ? '0' : trimmed;
};

describe('formatMoney()', () => {
  it('keeps every digit of any decimal, far beyond what a float can hold', () => {
    fc.assert(
      fc.property(decimal, (value) => {
        expect(digitsOf(formatMoney(value))).toBe(trimZeros(value));
      }),
    );
  });

  it('shows the same digits in German', () => {
    fc.assert(
      fc.property(decimal, (value) => {
        const german = formatMoney(value, { locale: 'de' })
          .replaceAll(/[$.\s]/g, '')
          .replace(',', '.');
        expect(trimZeros(german)).toBe(trimZeros(value));
      }),
    );
  });

  it.each([
    { value: '1.25', format: {}, text: '$1.25' },
    { value: '1', format: {}, text: '$1.00' },
    { value: '0.000000000001', format: {}, text: '$0.000000000001' },
    { value: '9007199254740993.1', format: {}, text: '$9,007,199,254,740,993.10' },
    { value: '1.2500', format: {}, text: '$1.25' },
    { value: '-12.5', format: {}, text: '-$12.50' },
    { value: '-0.00', format: {}, text: '$0.00' },
    { value: '1234567.895', format: { precision: 'cents' }, text: '$1,234,567.90' },
    { value: '1.005', format: { precision: 'cents' }, text: '$1.01' },
    { value: '0.0000435', format: { precision: 'cents' }, text: '< $0.01' },
    { value: '-0.0000435', format: { precision: 'cents' }, text: '> -$0.01' },
    { value: '0.4', format: { precision: 0 }, text: '< $1' },
    { value: '0', format: { precision: 'cents' }, text: '$0.00' },
    { value: '3.5', format: { signed: true }, text: '+$3.50' },
    { value: '0', format: { signed: true }, text: '$0.00' },
    { value: '0.5', format: { precision: 12 }, text: '$0.500000000000' },
    { value: '1234.5', format: { locale: 'de' }, text: '1.234,50\u00a0$' },
  ] as const)('writes $value with $format as $text', ({ value, format, text }) => {
    expect(formatMoney(value, format)).toBe(text);
  });

  it.each(['', '1,25', '1e5', 'NaN', ' 1', '.5', '1.', '--1', '1'.repeat(60)])('refuses %j', (value) => {
    expect(isDecimal(value)).toBe(false);
    expect(() => formatMoney(value)).toThrow(RangeError);
  });
});

describe('fractionDigitsOf()', () => {
  it('ignores closing zeros', () => {
    expect(fractionDigitsOf('1.2300')).toBe(2);
    expect(fractionDigitsOf('100')).toBe(0);
  });
});

describe('formatMoneyInColumn()', () => {
  it.each([
    ['en', '1.5', { text: '$1.50', missing: 4 }],
    ['en', '-0.123456', { text: '-$0.123456', missing: 0 }],
    ['de', '1234.5', { text: '1.234,50\u00a0$', missing: 4 }],
  ])(
    'leaves room in %s for the digits that %s lacks, after a currency that comes last',
    (locale, value, parts) => {
      expect(placesOf(['1.5', null, '-0.123456', '2'])).toBe(6);
      expect(formatMoneyInColumn(value, 6, { locale })).toEqual(parts);
    },
  );
});

describe('formatMoneyCompact()', () => {
  it('shortens for axes', () => {
    expect(formatMoneyCompact('12480')).toBe('$12.5K');
    expect(formatMoneyCompact('0.5')).toBe('$0.50');
    expect(formatMoneyCompact('0.002')).toBe('$0.002');
  });
});
