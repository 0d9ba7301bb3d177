import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPicoUsd, type PicoUsdSum, picoUsd, picoUsdSum, sumPicoUsd, ZERO } from './index.ts';

const LARGEST = 2n ** 63n - 1n;
const SMALLEST = -(2n ** 63n);
const anyAmount = fc.bigInt({ min: SMALLEST, max: LARGEST }).map(picoUsd);

describe('picoUsd()', () => {
  it('[M4] accepts exactly what Postgres BIGINT holds', () => {
    expect(picoUsd(LARGEST)).toBe(LARGEST);
    expect(picoUsd(SMALLEST)).toBe(SMALLEST);
    expect(() => picoUsd(LARGEST + 1n)).toThrow(RangeError);
    expect(() => picoUsd(SMALLEST - 1n)).toThrow(RangeError);
  });
});

describe('picoUsdSum()', () => {
  it('[M4] accepts exactly what Postgres NUMERIC(38,0) holds', () => {
    const largest = 10n ** 38n - 1n;
    expect(picoUsdSum(largest)).toBe(largest);
    expect(picoUsdSum(-largest)).toBe(-largest);
    expect(() => picoUsdSum(largest + 1n)).toThrow(RangeError);
    expect(() => picoUsdSum(-largest - 1n)).toThrow(RangeError);
  });
});

describe('addPicoUsd()', () => {
  it('[M4] is exact or throws, and never wraps around', () => {
    fc.assert(
      fc.property(anyAmount, anyAmount, (left, right) => {
        const exact = (left as bigint) + (right as bigint);
        if (exact === BigInt.asIntN(64, exact)) expect(addPicoUsd(left, right)).toBe(exact);
        else expect(() => addPicoUsd(left, right)).toThrow(RangeError);
      }),
    );
  });
});

describe('sumPicoUsd()', () => {
  it('[M4] is independent of order and grouping, beyond 64 bits too', () => {
    fc.assert(
      fc.property(fc.array(anyAmount), fc.nat(), (amounts, cut) => {
        const total = sumPicoUsd(amounts);
        const at = amounts.length === 0 ? 0 : cut % amounts.length;
        const parts: PicoUsdSum[] = [sumPicoUsd(amounts.slice(at)), sumPicoUsd(amounts.slice(0, at))];
        expect(sumPicoUsd(parts)).toBe(total);
        expect(sumPicoUsd(amounts.toReversed())).toBe(total);
      }),
    );
  });

  it('is zero for no amounts', () => {
    expect(sumPicoUsd([])).toBe(ZERO);
  });
});
