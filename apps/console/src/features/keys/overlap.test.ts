import { expect, it } from 'vitest';
import { toOverlap } from './overlap.ts';

it('as the rules say sends no seconds: the API would not look at the rules otherwise', () => {
  expect(toOverlap('rules')).toEqual({});
});

it('an end at once is said, and is not the same as saying nothing', () => {
  expect(toOverlap('none')).toEqual({ overlapSeconds: 0 });
  expect(toOverlap('day')).toEqual({ overlapSeconds: 86_400 });
});
