import { describe, expect, it } from 'vitest';
import { excludeValue, splitTerms, toggleTerm, toggleValue, valuesOf } from './query-terms.ts';

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

describe('toggleValue()', () => {
  it('puts several values of a field into one term, and takes each away again', () => {
    const one = toggleValue('status:200', 'model', 'gpt-5');
    const two = toggleValue(one, 'model', 'a, b');
    expect(two).toBe('status:200 model:gpt-5,"a, b"');
    expect(valuesOf(two, 'model')).toEqual(['gpt-5', 'a, b']);
    expect(toggleValue(toggleValue(two, 'model', 'gpt-5'), 'model', 'a, b')).toBe('status:200');
  });

  it('adds to the statuses that are asked for, and leaves comparisons alone', () => {
    expect(toggleValue('status:200', 'status', '404')).toBe('status:200,404');
    expect(toggleValue('status:>=400', 'status', '404')).toBe('status:>=400 status:404');
  });
});

describe('excludeValue()', () => {
  it('turns a value around that was wanted before', () => {
    expect(excludeValue('model:gpt-5', 'model', 'gpt-5')).toBe('-model:gpt-5');
  });
});
