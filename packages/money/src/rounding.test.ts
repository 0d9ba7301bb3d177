import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocateCentsByLargestRemainder,
  multiplyRoundHalfUp,
  PICO_USD_PER_CENT,
  parseUsd,
  picoUsd,
  picoUsdSum,
  roundToCents,
  sumPicoUsd,
  toCents,
} from './index.ts';

const anyAmount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map(picoUsd);

describe('multiplyRoundHalfUp()', () => {
  it('[M4] is the nearest integer, and the upper one at a half', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 15n }).map(picoUsd),
        fc.bigInt({ min: 0n, max: 1000n }),
        fc.bigInt({ min: 1n, max: 20_000n }),
        (amount, numerator, denominator) => {
          const result = multiplyRoundHalfUp(amount, numerator, denominator);
          const doubledError = 2n * (result * denominator - amount * numerator);
          expect(doubledError > -denominator && doubledError <= denominator).toBe(true);
        },
      ),
    );
  });

  it('[M4] lets a reversal cancel its charge exactly', () => {
    fc.assert(
      fc.property(anyAmount, fc.bigInt({ min: 0n, max: 9000n }), (amount, numerator) => {
        const reversed = multiplyRoundHalfUp(picoUsd(-amount), numerator, 10_000n);
        expect(multiplyRoundHalfUp(amount, numerator, 10_000n) + reversed).toBe(0n);
      }),
    );
  });

  it.each([
    [1n, 1n, 2n, 1n],
    [-1n, 1n, 2n, -1n],
    [1n, 4999n, 10_000n, 0n],
    [3n, 1n, 2n, 2n],
    [1000n, 11_550n, 10_000n, 1155n],
  ])('rounds %s x %s / %s to %s', (amount, numerator, denominator, result) => {
    expect(multiplyRoundHalfUp(picoUsd(amount), numerator, denominator)).toBe(result);
  });

  it('refuses a denominator that is not positive', () => {
    expect(() => multiplyRoundHalfUp(picoUsd(1n), 1n, 0n)).toThrow(RangeError);
    expect(() => multiplyRoundHalfUp(picoUsd(1n), 1n, -1n)).toThrow(RangeError);
  });

  it('refuses a result beyond 64 bits', () => {
    expect(() => multiplyRoundHalfUp(picoUsd(2n ** 62n), 3n, 1n)).toThrow(RangeError);
  });
});

describe('roundToCents()', () => {
  it('[M4] shows what it changed: amount + rounding = rounded, at most half a cent', () => {
    fc.assert(
      fc.property(anyAmount, (amount) => {
        const { roundedPicoUsd, roundingPicoUsd } = roundToCents(amount);
        expect(amount + roundingPicoUsd).toBe(roundedPicoUsd);
        expect(roundedPicoUsd % PICO_USD_PER_CENT).toBe(0n);
        const size = roundingPicoUsd < 0n ? -roundingPicoUsd : roundingPicoUsd;
        expect(2n * size <= PICO_USD_PER_CENT).toBe(true);
      }),
    );
  });

  it.each([
    ['0.005', '0.01'],
    ['0.004999999999', '0'],
    ['-0.005', '-0.01'],
    ['-0.004999999999', '0'],
    ['1.015', '1.02'],
    ['2.345', '2.35'],
  ])('[M4] rounds %s to %s: halves away from zero', (amount, rounded) => {
    expect(roundToCents(parseUsd(amount)).roundedPicoUsd).toBe(parseUsd(rounded));
  });

  it('rounds sums beyond 64 bits', () => {
    const amount = picoUsdSum(10n ** 30n + 5_000_000_000n);
    expect(roundToCents(amount).roundedPicoUsd).toBe(10n ** 30n + PICO_USD_PER_CENT);
  });
});

describe('toCents()', () => {
  it('refuses an amount that was not rounded before', () => {
    expect(toCents(parseUsd('12.34'))).toBe(1234n);
    expect(() => toCents(parseUsd('12.345'))).toThrow(RangeError);
  });
});

describe('allocateCentsByLargestRemainder()', () => {
  it('[M4] sums to the rounded total, each line less than a cent off, whole cents unchanged', () => {
    fc.assert(
      fc.property(fc.array(anyAmount, { maxLength: 40 }), (amounts) => {
        const cents = allocateCentsByLargestRemainder(amounts);
        const total = cents.reduce((sum, part) => sum + part, 0n);
        expect(total).toBe(toCents(roundToCents(sumPicoUsd(amounts)).roundedPicoUsd));
        for (const [index, amount] of amounts.entries()) {
          const off = cents[index]! * PICO_USD_PER_CENT - amount;
          expect(off < PICO_USD_PER_CENT && off > -PICO_USD_PER_CENT).toBe(true);
          if (amount % PICO_USD_PER_CENT === 0n) expect(off).toBe(0n);
        }
      }),
    );
  });

  it('gives the cent to the largest remainder, and to the earlier line at a tie', () => {
    expect(
      allocateCentsByLargestRemainder([parseUsd('0.333'), parseUsd('0.333'), parseUsd('0.334')]),
    ).toEqual([33n, 33n, 34n]);
    expect(allocateCentsByLargestRemainder([parseUsd('0.005'), parseUsd('0.005')])).toEqual([1n, 0n]);
  });

  it('returns nothing for no lines', () => {
    expect(allocateCentsByLargestRemainder([])).toEqual([]);
  });
});
