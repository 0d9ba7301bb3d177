import { describe, expect, it } from 'vitest';
import { nextMaxAttempts } from './run-rerating.ts';

describe('the size of a chunk', () => {
  it('follows the machine: more while it is fast, fewer when it is not, within bounds', () => {
    expect(nextMaxAttempts(10_000, 1_000)).toBe(20_000);
    expect(nextMaxAttempts(40_000, 100)).toBe(50_000);
    expect(nextMaxAttempts(20_000, 8_000)).toBe(20_000);
    expect(nextMaxAttempts(20_000, 80_000)).toBe(2_000);
    expect(nextMaxAttempts(2_000, 160_000)).toBe(1_000);
    expect(nextMaxAttempts(1_000, 0)).toBe(2_000);
  });
});
