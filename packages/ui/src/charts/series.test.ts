import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDecimals, type ChartRow, OTHER_KEY, PALETTE_SIZE, toPlottedData } from './series.ts';
import { sparklinePoints } from './sparkline-points.ts';

describe('addDecimals()', () => {
  it('adds what floats cannot', () => {
    expect(addDecimals(['0.1', '0.2'])).toBe('0.3');
    expect(addDecimals(['9007199254740993', '0.000000000001'])).toBe('9007199254740993.000000000001');
    expect(addDecimals([1e-7, '0.1'])).toBe('0.1000001');
    expect(addDecimals([])).toBe('0');
  });

  it('agrees with integers of any size, in any unit', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })), (amounts) => {
        const scaled = (amount: bigint) => {
          const digits = (amount < 0n ? -amount : amount).toString().padStart(13, '0');
          return `${amount < 0n ? '-' : ''}${digits.slice(0, -12)}.${digits.slice(-12)}`;
        };
        const sum = amounts.reduce((total, amount) => total + amount, 0n);
        expect(addDecimals(amounts.map(scaled))).toBe(addDecimals([scaled(sum)]));
      }),
    );
  });
});

const row = (values: ChartRow['values']): ChartRow => ({ at: '2026-11-01T00:00:00.000Z', values });

describe('toPlottedData()', () => {
  const twelve = Array.from({ length: 12 }, (_, place) => ({ key: `k${place}`, label: `K ${place}` }));
  const values = Object.fromEntries(twelve.map(({ key }, place) => [key, `${place}.5`]));

  it('puts the largest first and gives it the first colour', () => {
    const { series } = toPlottedData(twelve.slice(0, 3), [row(values)], 'Other');
    expect(series.map(({ key }) => key)).toEqual(['k2', 'k1', 'k0']);
    expect(series[0]?.color).toBe('var(--tg-chart-1)');
  });

  it('leaves a series its own colour, wherever it stands', () => {
    const own = twelve.slice(0, 3).map((one) => (one.key === 'k2' ? { ...one, color: 'red' } : one));
    const { series } = toPlottedData(own, [row(values)], 'Other');
    expect(series.map(({ color }) => color)).toEqual(['red', 'var(--tg-chart-2)', 'var(--tg-chart-3)']);
  });

  it('never draws more series than the palette has colours, and loses no amount', () => {
    const { series, rows } = toPlottedData(twelve, [row(values)], 'Other');
    expect(series).toHaveLength(PALETTE_SIZE);
    expect(series.at(-1)?.key).toBe(OTHER_KEY);
    expect(addDecimals(series.map(({ total }) => total))).toBe(addDecimals(Object.values(values)));
    expect(rows[0]?.values[OTHER_KEY]).toBe(series.at(-1)?.total);
  });

  it('counts what was not told one by one as other, and never gives it a colour of its own', () => {
    const most = { ...values, [OTHER_KEY]: '1000' };
    for (const count of [2, 7, 8, 12]) {
      const told = twelve.slice(0, count);
      const { series, rows } = toPlottedData([{ key: OTHER_KEY, label: '' }, ...told], [row(most)], 'Other');
      expect(series).toHaveLength(Math.min(count + 1, PALETTE_SIZE));
      expect(series.at(-1)).toMatchObject({ key: OTHER_KEY, label: 'Other', color: 'var(--tg-chart-other)' });
      const amounts = told.map(({ key }) => values[key] ?? '0');
      expect(addDecimals(series.map(({ total }) => total))).toBe(addDecimals([...amounts, '1000']));
      expect(rows[0]?.values[OTHER_KEY]).toBe(series.at(-1)?.total);
    }
  });

  it('keeps a natural order when asked', () => {
    const { series } = toPlottedData(twelve.slice(0, 3), [row(values)], 'Other', true);
    expect(series.map(({ key }) => key)).toEqual(['k0', 'k1', 'k2']);
  });
});

describe('sparklinePoints()', () => {
  it('stays inside its box for any values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), { minLength: 2 }), (values) => {
        for (const [x, y] of sparklinePoints(values)) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(100);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(28);
        }
      }),
    );
  });
});
