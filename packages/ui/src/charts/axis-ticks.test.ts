import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisTicks, axisWidthPx } from './axis-ticks.ts';

describe('axisTicks()', () => {
  it.each([
    [[3.7], true, [0, 1, 2, 3, 4]],
    [[3.7, 1], false, [0, 1, 2, 3, 4]],
    [[0.0042], true, [0, 0.002, 0.004, 0.006]],
    [[2], false, [0, 1, 2]],
    [[9], false, [0, 5, 10]],
    [[1_250_000], true, [0, 500_000, 1_000_000, 1_500_000]],
    [[-1, 2], true, [-1, 0, 1, 2]],
    [[], true, [0, 1]],
    [[0, 0], false, [0, 1]],
  ] as const)('marks %j at round numbers', (values, hasFractions, ticks) => {
    expect(axisTicks([...values], hasFractions)).toEqual(ticks);
  });

  it('has zero and every value between its ends, in at most six marks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -1e6, max: 1e9 }), fc.integer({ min: 0, max: 9 })), {
          maxLength: 40,
        }),
        fc.boolean(),
        (all, hasFractions) => {
          const values = all.map(([whole, digits]) => (hasFractions ? whole / 10 ** digits : whole));
          const ticks = axisTicks(values, hasFractions);
          const [least, most] = [ticks[0]!, ticks.at(-1)!];
          expect(ticks).toContain(0);
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length).toBeLessThanOrEqual(6);
          for (const value of values) {
            expect(value).toBeGreaterThanOrEqual(least - Math.abs(least) * 1e-9);
            expect(value).toBeLessThanOrEqual(most + Math.abs(most) * 1e-9);
          }
        },
      ),
    );
  });
});

describe('axisWidthPx()', () => {
  it.each(['$1.25K', '820 ms', '12.500', '$0'])('is the same for %s as for most charts', (label) => {
    expect(axisWidthPx(['$0', label])).toBe(axisWidthPx(['$1']));
  });

  it('holds the cost of a single small request', () => {
    expect(axisWidthPx(['$0.00008', '$0'])).toBeGreaterThanOrEqual(8 * 6.5 + 8);
  });
});
