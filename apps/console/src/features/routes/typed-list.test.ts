import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTypedList, typedList } from './typed-list.ts';

/** Of what has a meaning in such a list. */
const awkward = fc.string({ unit: fc.constantFrom(',', '"', ' ', '\t', 'a', 'é', '\u{1f600}') });
const values = fc.uniqueArray(
  fc.oneof(awkward, fc.string({ unit: 'binary' })).filter((value) => value !== ''),
  { maxLength: 8 },
);

describe('values that are typed with commas between them', () => {
  it('are read as they were written, whatever is in them', () => {
    fc.assert(
      fc.property(values, (list) => {
        expect(parseTypedList(typedList(list))).toEqual(list);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are read whatever somebody types, each once, none empty, and the same again', () => {
    fc.assert(
      fc.property(awkward, (typed) => {
        const list = parseTypedList(typed);
        expect(new Set(list).size).toBe(list.length);
        expect(list).not.toContain('');
        expect(parseTypedList(typedList(list))).toEqual(list);
      }),
      { numRuns: 1_000 },
    );
  });

  it('have quotes only where they need them', () => {
    expect(typedList(['free', 'Doe, Jane', '5" disk'])).toBe('free, "Doe, Jane", 5" disk');
    expect(parseTypedList(' free ,, trial,free, "Doe, Jane" ,"open')).toEqual([
      'free',
      'trial',
      'Doe, Jane',
      '"open',
    ]);
  });
});
