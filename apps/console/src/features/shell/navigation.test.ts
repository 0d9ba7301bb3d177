import { describe, expect, it } from 'vitest';
import { PAGES, pagesOf } from './navigation.ts';

describe('PAGES', () => {
  it('have one shortcut and one address each', () => {
    const keys = PAGES.flatMap(({ key }) => key ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(PAGES.map(({ href }) => href)).size).toBe(PAGES.length);
  });

  it('show the operator’s to operators alone', () => {
    expect(pagesOf({ isOperator: true })).toEqual(PAGES);
    expect(pagesOf({ isOperator: false }).map(({ href }) => href)).not.toContain('/operator');
  });
});
