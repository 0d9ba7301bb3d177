import { describe, expect, it } from 'vitest';
import { parseValueList, printValueList } from './value-list.ts';

describe('a list of values', () => {
  it.each([
    [['team_a'], 'team_a'],
    [['a', 'b'], 'a,b'],
    [['R&D, Berlin', 'Ops'], 'R&D\\, Berlin,Ops'],
    [['C:\\', '\\,', ''], 'C:\\\\,\\\\\\,,'],
  ])('is read as it was written: %j', (values, text) => {
    expect(printValueList(values)).toBe(text);
    expect(parseValueList(text)).toEqual(values);
  });

  it('takes a backslash before anything else as itself', () => {
    expect(parseValueList('a\\b,c\\')).toEqual(['a\\b', 'c\\']);
  });
});
