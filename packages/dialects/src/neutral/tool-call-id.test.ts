import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptableCallId, readCallId, signedCallId } from './tool-call-id.ts';

describe('signedCallId()', () => {
  it('[G7] carries a signature through a client that keeps only ids', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w-]{1,40}$/), fc.string(), (id, value) => {
        const signature = { format: 'gemini-generate', value: value.toWellFormed() } as const;
        const carried = signedCallId(id, signature);
        expect(readCallId(carried)).toEqual({ id, signature });
        expect(carried.slice(id.length)).toMatch(/^~tgs~[\w-]*$/);
      }),
    );
  });

  it.each(['call_1', '', 'a~tgs~', 'a~tgs~!!!', 'a~tgs~bm9wZSB4'])('leaves %j as it is', (id) => {
    expect(readCallId(id)).toEqual({ id });
  });
});

describe('acceptableCallId()', () => {
  it('keeps an id that is allowed', () => {
    expect(acceptableCallId('toolu_01-x', /[\w-]/, 64)).toBe('toolu_01-x');
  });

  it('makes the same allowed id of another one each time, and different ones of different ids', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const made = acceptableCallId(one, /[a-zA-Z0-9]/, 20);
        expect(made).toMatch(/^[a-zA-Z0-9]{1,20}$/);
        expect(acceptableCallId(one, /[a-zA-Z0-9]/, 20)).toBe(made);
        if (one !== other) expect(acceptableCallId(other, /[a-zA-Z0-9]/, 20)).not.toBe(made);
      }),
    );
  });
});
