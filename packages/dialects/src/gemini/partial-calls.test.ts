import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../neutral/wire-format.ts';
import { createPartialCalls } from './partial-calls.ts';

const call = (functionCall: JsonValue, more: object = {}): JsonValue => ({ functionCall, ...more });
const all = (parts: readonly JsonValue[]): readonly JsonValue[] => {
  const calls = createPartialCalls();
  return [...parts.flatMap((part) => calls.take(part)), ...calls.flush()];
};

describe('createPartialCalls()', () => {
  it('makes a call of its pieces, and leaves whole parts as they are', () => {
    const whole = call({ name: 'f', args: { a: 1 } });
    const pieces = [
      { text: 'Hi' },
      call({ name: 'write', willContinue: true }, { thoughtSignature: 's' }),
      call({
        partialArgs: [{ jsonPath: '$.items[0].name', stringValue: 'ap', willContinue: true }],
        willContinue: true,
      }),
      call({ partialArgs: [{ jsonPath: '$.items[0].name', stringValue: 'ple' }], willContinue: true }),
      call({
        partialArgs: [
          { jsonPath: '$.items[1].price', numberValue: 2 },
          { jsonPath: '$.ok', boolValue: true },
          { jsonPath: '$.none', nullValue: 'NULL_VALUE' },
        ],
        willContinue: true,
      }),
      call({}),
      whole,
    ];
    expect(all(pieces)).toEqual([
      { text: 'Hi' },
      call(
        { name: 'write', args: { items: [{ name: 'apple' }, { price: 2 }], ok: true, none: null } },
        { thoughtSignature: 's' },
      ),
      whole,
    ]);
  });

  it('ends a call that its stream forgot to end', () => {
    const begun = call({ name: 'a', willContinue: true });
    expect(all([begun, call({ name: 'b', willContinue: true })])).toEqual([
      call({ name: 'a', args: {} }),
      call({ name: 'b', args: {} }),
    ]);
  });

  it('never throws, and touches nothing but the arguments', () => {
    const step = fc.constantFrom(
      '.a',
      '[0]',
      '[99999999]',
      '.__proto__',
      '.constructor',
      '.prototype',
      '[x]',
      '',
    );
    const pieces = fc.array(fc.tuple(fc.array(step, { maxLength: 4 }), fc.constantFrom('t', 'u')), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(pieces, (list) => {
        const partialArgs = list.map(([steps, stringValue]) => ({
          jsonPath: `$${steps.join('')}`,
          stringValue,
        }));
        expect(all([call({ name: 'f', partialArgs, willContinue: true })])).toHaveLength(1);
        expect(({} as { a?: unknown }).a).toBeUndefined();
      }),
    );
  });
});
