import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutStretches } from './lanes.ts';

describe('cutStretches()', () => {
  it('[M2] leaves no instant of the period out and none to two lanes, wherever its attempts lie', () => {
    const slices = fc.uniqueArray(
      fc.record({ slice: fc.nat({ max: 1_999 }), attempts: fc.integer({ min: 1, max: 100_000 }) }),
      { selector: ({ slice }) => slice, maxLength: 40 },
    );
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 10 ** 10 }),
        slices,
        fc.nat(),
        (fromMs, lengthMs, found, per) => {
          const [from, to] = [new Date(fromMs), new Date(fromMs + lengthMs)];
          const sorted = found.toSorted((left, right) => left.slice - right.slice);
          const stretches = cutStretches({ from, to }, sorted, per + 1);
          expect(stretches[0]!.from).toEqual(from);
          expect(stretches.at(-1)!.to).toEqual(to);
          for (const [index, stretch] of stretches.entries()) {
            expect(stretch.from < stretch.to).toBe(true);
            if (index > 0) expect(stretch.from).toEqual(stretches[index - 1]!.to);
          }
          expect(stretches.length).toBeLessThanOrEqual(64);
        },
      ),
    );
  });

  it('gives each lane about as much', () => {
    const slices = Array.from({ length: 2_000 }, (_, slice) => ({
      slice,
      attempts: slice < 100 ? 1_000 : 1,
    }));
    const day = { from: new Date(0), to: new Date(86_400_000) };
    const stretches = cutStretches(day, slices, 10_000);
    expect(stretches.length).toBe(11);
    // All but the last lie in the first twentieth of the day, where nearly everything is.
    expect(stretches.at(-2)!.to.getTime()).toBeLessThan(86_400_000 / 20 + 1);
  });
});
