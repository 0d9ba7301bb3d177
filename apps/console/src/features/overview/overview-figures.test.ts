import { describe, expect, it } from 'vitest';
import { fillSteps, forecastMonth } from './overview-figures.ts';

describe('forecastMonth()', () => {
  it('goes on as until now, to the end of the month', () => {
    expect(forecastMonth(10, Date.UTC(2026, 10, 16))?.usd).toBeCloseTo(20);
  });

  it('says nothing in the first day, and where nothing was spent', () => {
    expect(forecastMonth(10, Date.UTC(2026, 10, 1, 12))).toBeUndefined();
    expect(forecastMonth(0, Date.UTC(2026, 10, 16))).toBeUndefined();
  });
});

describe('fillSteps()', () => {
  it('adds rows of one step, leaves zero between, and passes over what lies outside', () => {
    const row = (start: string, value: number) => ({ start, value });
    const rows = [
      row('2026-11-21T00:00:00Z', 1),
      row('2026-11-21T02:00:00Z', 2),
      row('2026-11-21T02:00:00Z', 3),
      row('2026-11-20T00:00:00Z', 9),
    ];
    const fromMs = Date.parse('2026-11-21T00:00:00Z');
    expect(fillSteps(fromMs, 3_600_000, fromMs + 3 * 3_600_000, rows, ({ value }) => value)).toEqual([
      1, 0, 5, 0,
    ]);
  });
});
