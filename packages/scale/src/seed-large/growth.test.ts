import { describe, expect, it } from 'vitest';
import { formatGrowth } from './growth.ts';

const timing = (name: string, p95Ms: number) => ({ name, roundCount: 20, medianMs: 1, p95Ms });

describe('formatGrowth', () => {
  it('[S7] puts sizes beside each other, with the growth and what is above 300 ms', () => {
    const table = formatGrowth([
      { size: 1_000_000, timings: [timing('keys', 5), timing('usage', 200)] },
      { size: 10_000_000, timings: [timing('keys', 6), timing('usage', 500)] },
    ]);
    expect(table.split('\n')).toEqual([
      '| p95 | 1,000,000 | 10,000,000 | growth |  |',
      '| --- | --- | --- | --- | --- |',
      '| keys | 5.0 ms | 6.0 ms | × 1.2 |  |',
      '| usage | 200 ms | 500 ms | × 2.5 | above 300 ms |',
    ]);
  });
});
