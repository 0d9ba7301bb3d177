import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideAmount } from './divide-amount.ts';

const shares = fc
  .array(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 30 })
  .filter((all) => all.some((share) => share > 0));

describe('divideAmount()', () => {
  it('[M4] gives parts that sum to the amount, each less than one unit from its share', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), shares, (amount, all) => {
        const parts = divideAmount(amount, all);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount);
        const whole = BigInt(all.reduce((sum, share) => sum + share, 0));
        for (const [index, part] of parts.entries()) {
          const off = part * whole - amount * BigInt(all[index]!);
          expect(off < whole && off > -whole).toBe(true);
          if (all[index] === 0) expect(part).toBe(0n);
        }
        expect(divideAmount(-amount, all)).toEqual(parts.map((part) => -part));
      }),
    );
  });

  it('gives what is left over to those that lost most, the earlier one first', () => {
    expect(divideAmount(10n, [3_333, 3_333, 3_334])).toEqual([3n, 3n, 4n]);
    expect(divideAmount(2n, [1, 1, 1])).toEqual([1n, 1n, 0n]);
    expect(() => divideAmount(1n, [0, 0])).toThrow(/Cannot divide/);
  });
});
