import { describe, expect, it } from 'vitest';
import { PAGES } from './navigation.ts';

describe('PAGES', () => {
  it('have one shortcut and one address each', () => {
    expect(new Set(PAGES.map(({ key }) => key)).size).toBe(PAGES.length);
    expect(new Set(PAGES.map(({ href }) => href)).size).toBe(PAGES.length);
  });
});
