import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUsd, InvalidUsdError, parseUsd, parseUsdSum, picoUsd, picoUsdSum } from './index.ts';

describe('parseUsd() and formatUsd()', () => {
  it('[M4] return the same amount after a round trip, for every 64-bit amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (amount) => {
        expect(parseUsd(formatUsd(picoUsd(amount)))).toBe(amount);
      }),
    );
  });

  it('[M4] return the same sum after a round trip, for every 38-digit sum', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), (amount) => {
        expect(parseUsdSum(formatUsd(picoUsdSum(amount)))).toBe(amount);
      }),
    );
  });

  it.each([
    ['0', 0n, '0.00'],
    ['-0', 0n, '0.00'],
    ['1.25', 1_250_000_000_000n, '1.25'],
    ['1.250000000000', 1_250_000_000_000n, '1.25'],
    ['30', 30_000_000_000_000n, '30.00'],
    ['0.1', 100_000_000_000n, '0.10'],
    ['0.000000000001', 1n, '0.000000000001'],
    ['-0.000000000001', -1n, '-0.000000000001'],
    ['-12.3456', -12_345_600_000_000n, '-12.3456'],
    ['007.50', 7_500_000_000_000n, '7.50'],
  ])('read %s as %s and write it as %s', (text, amount, written) => {
    expect(parseUsd(text)).toBe(amount);
    expect(formatUsd(picoUsd(amount))).toBe(written);
  });

  it.each([
    ['empty', ''],
    ['more than 12 decimals', '0.0000000000001'],
    ['more than 12 decimals, even zeros', '0.0000000000000'],
    ['an exponent', '1e3'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['a plus sign', '+1'],
    ['two signs', '--1'],
    ['no digit before the point', '.5'],
    ['no digit after the point', '5.'],
    ['two points', '1.2.3'],
    ['a comma', '1,000.00'],
    ['a space', ' 1'],
    ['a line end', '1\n'],
    ['a currency sign', '$1'],
    ['hexadecimal', '0x10'],
    ['digits of another script', '١'],
    ['endless digits', '1'.repeat(65)],
  ])('[M4] refuse %s', (_, text) => {
    expect(() => parseUsd(text)).toThrow(InvalidUsdError);
  });

  it.each([1.25, 1n, null, undefined, {}, ['1'], Number.NaN])(
    '[M4] refuse a value that is not text: %s',
    (value) => {
      expect(() => parseUsd(value as string)).toThrow(InvalidUsdError);
    },
  );

  it('refuse an amount beyond 64 bits, which parseUsdSum() reads', () => {
    expect(() => parseUsd('9223372.036854775808')).toThrow(RangeError);
    expect(parseUsdSum('20000000')).toBe(20_000_000_000_000_000_000n);
  });

  it('[M4] agree with what the same decimals mean digit by digit', () => {
    fc.assert(
      fc.property(fc.nat({ max: 9_000_000 }), fc.stringMatching(/^\d{1,12}$/), (whole, decimals) => {
        const expected = BigInt(whole) * 10n ** 12n + BigInt(decimals) * 10n ** BigInt(12 - decimals.length);
        expect(parseUsd(`${whole}.${decimals}`)).toBe(expected);
      }),
    );
  });
});
