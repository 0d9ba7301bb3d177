import { describe, expect, it } from 'vitest';
import { splitTerms, toggleTerm } from './query-terms.ts';

describe('splitTerms()', () => {
  it('keeps quoted spaces in their term', () => {
    expect(splitTerms('user:"Ada L" -status:>=400  model:gpt-5*')).toEqual([
      'user:"Ada L"',
      '-status:>=400',
      'model:gpt-5*',
    ]);
  });
});

describe('toggleTerm()', () => {
  it('adds a term behind the others and takes it away again', () => {
    const query = toggleTerm('user:"Ada L"', 'status:>=400');
    expect(query).toBe('user:"Ada L" status:>=400');
    expect(toggleTerm(query, 'status:>=400')).toBe('user:"Ada L"');
  });
});
