import { describe, expect, it } from 'vitest';
import { toSlug } from './slug.ts';

describe('toSlug()', () => {
  it.each([
    ['Search', 'search'],
    ['Suche & Öl', 'suche-oel'],
    ['  Café  Crème  ', 'cafe-creme'],
    ['日本', ''],
    [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
  ])('makes %j into %j', (name, slug) => {
    expect(toSlug(name)).toBe(slug);
  });
});
