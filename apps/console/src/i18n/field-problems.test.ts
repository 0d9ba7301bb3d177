import { FIELD_CODES } from '@tollgate/api/field-codes';
import { describe, expect, it } from 'vitest';
import { de } from './de/index.ts';
import { en } from './en/index.ts';

describe('what the API says of a field', () => {
  it.each([
    ['English', en],
    ['German', de],
  ])('has %s words for each code', (_language, { problems }) => {
    expect(Object.keys(problems.fields).toSorted()).toEqual([...FIELD_CODES].toSorted());
  });
});
