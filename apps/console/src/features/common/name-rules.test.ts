import { describe, expect, it } from 'vitest';
import { de } from '../../i18n/de/index.ts';
import { optionalName, requiredName } from './name-rules.ts';

const saidOf = (schema: ReturnType<typeof optionalName>, value: string) =>
  schema.safeParse(value).error?.issues.map(({ message }) => message);

describe('names in forms', () => {
  const { fields } = de.problems;

  it('are judged in the reader’s language', () => {
    expect(saidOf(requiredName(fields), '  ')).toEqual(['Bitte ausfüllen.']);
    expect(saidOf(optionalName(fields), 'x'.repeat(101))).toEqual([fields.too_long('100')]);
  });

  it('are free of spaces around them, and may be left out where nobody needs one', () => {
    expect(optionalName(fields).parse(' ')).toBe('');
    expect(requiredName(fields).parse(' A ')).toBe('A');
  });
});
