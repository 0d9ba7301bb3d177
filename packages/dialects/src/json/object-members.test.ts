import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMembers, patchMembers } from './object-members.ts';

const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const textOf = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

function membersOf(text: string): Exclude<ReturnType<typeof findMembers>, { ok: false }>['members'] {
  const found = findMembers(text, 64);
  if (!found.ok) throw new Error(found.reason);
  return found.members;
}

const objects = fc.dictionary(fc.string({ unit: 'binary', maxLength: 8 }), fc.jsonValue({ maxDepth: 4 }), {
  maxKeys: 6,
});
const spacing = fc.constantFrom(undefined, 1, '\t');

describe('object members', () => {
  it('stand where JSON.parse reads them, for any object and spacing', () => {
    fc.assert(
      fc.property(objects, spacing, (object, space) => {
        const json = JSON.stringify(object, null, space);
        const text = bytesOf(json);
        const parsed: unknown = JSON.parse(json);
        const read = Object.fromEntries(
          membersOf(text).map((member) => [
            textOf(member.name),
            JSON.parse(textOf(text.slice(member.valueStart, member.end))),
          ]),
        );
        expect(read).toEqual(Object.fromEntries(Object.entries(parsed as object)));
      }),
    );
  });

  it('keep their bytes when others are set or removed', () => {
    fc.assert(
      fc.property(
        objects,
        spacing,
        fc.nat(6),
        fc.jsonValue({ maxDepth: 2 }),
        (object, space, pick, value) => {
          const json = JSON.stringify(object, null, space);
          const names = Object.keys(JSON.parse(json) as object);
          const removed = names[pick];
          const text = bytesOf(json);
          const patched = textOf(
            patchMembers(
              text,
              membersOf(text),
              new Map([['model', bytesOf(JSON.stringify(value))]]),
              new Set(removed === undefined ? [] : [bytesOf(removed)]),
            ),
          );
          const expected = new Map(Object.entries(JSON.parse(json) as object));
          if (removed !== undefined) expected.delete(removed);
          if (removed !== 'model') expected.set('model', JSON.parse(JSON.stringify(value)));
          expect(new Map(Object.entries(JSON.parse(patched) as object))).toEqual(expected);
        },
      ),
    );
  });

  it('leave numbers that no double holds, escapes and key order as they came', () => {
    const text =
      '{"seed": 12345678901234567890, "x":1.10e+2,"model":"a","s":"\\u00e9\\/","n":{"b":1,"a":-0.0}}';
    expect(patchMembers(text, membersOf(text), new Map([['model', '"b"']]), new Set())).toBe(
      '{"seed": 12345678901234567890,"x":1.10e+2,"model":"b","s":"\\u00e9\\/","n":{"b":1,"a":-0.0}}',
    );
  });

  it('are found by their decoded name', () => {
    expect(membersOf('{"mod\\u0065l":1}').map((member) => member.name)).toEqual(['model']);
  });

  it.each([
    ['[]', 'not-an-object'],
    ['', 'not-an-object'],
    ['"model"', 'not-an-object'],
    ['{', 'not-an-object'],
    ['{"a"', 'not-an-object'],
    ['{"a":', 'not-an-object'],
    ['{"a":1 "b":2}', 'not-an-object'],
    [`{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'too-deep'],
    [`{"a":${'{"b":'.repeat(100_000)}`, 'too-deep'],
  ])('refuse %j', (text, reason) => {
    expect(findMembers(text, 64)).toEqual({ ok: false, reason });
  });

  it('do not hang on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ a1') }), (text) => {
        findMembers(text, 8);
        findMembers(`{${text}`, 8);
      }),
      { numRuns: 2_000 },
    );
  });

  it('bound nesting at the depth given', () => {
    const nested = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
    expect(findMembers(nested(8), 8).ok).toBe(true);
    expect(findMembers(nested(9), 8)).toEqual({ ok: false, reason: 'too-deep' });
  });
});
