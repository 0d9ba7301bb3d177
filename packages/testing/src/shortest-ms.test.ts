import { describe, expect, it } from 'vitest';
import { medianMs, shortestMs } from './shortest-ms.ts';

describe('shortestMs()', () => {
  it('measures until once in time, and no further', async () => {
    const took = [300, 120, 80, 40];
    expect(await shortestMs(100, async () => took.shift()!)).toBe(80);
    expect(took).toEqual([40]);
  });

  it('is what is slow every time, too long', async () => {
    const turns: number[] = [];
    const measure = (turn: number) => Promise.resolve(100 + turns.push(turn));
    expect(await shortestMs(100, measure)).toBe(101);
    expect(turns).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('medianMs()', () => {
  it('is the middle of all turns: one that is quick by chance hides nothing', async () => {
    const took = [300, 40, 390, 120, 80, 1];
    expect(await medianMs(async () => took.shift()!)).toBe(120);
    expect(took).toEqual([1]);
  });
});
