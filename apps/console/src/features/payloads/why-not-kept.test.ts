import { expect, it } from 'vitest';
import { whyNotKept } from './why-not-kept.ts';

const startedAt = '2026-11-01T00:00:00.000Z';
const after = (days: number) => Date.parse(startedAt) + days * 86_400_000;

it('says why nothing is kept of a request: never, no longer, or not of this one; nothing where the days are not known', () => {
  expect(whyNotKept(startedAt, 0, after(0))).toBe('off');
  expect(whyNotKept(startedAt, 7, after(7))).toBe('past');
  expect(whyNotKept(startedAt, 7, after(6.99))).toBe('omitted');
  expect(whyNotKept(startedAt, undefined, after(7))).toBe('unknown');
});
