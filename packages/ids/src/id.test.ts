import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase58, encodeBase58 } from './base58.ts';
import { isId, newId, parseId } from './id.ts';

const instant = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('encodeBase58()', () => {
  it('round-trips 16 bytes at a fixed length of 22 digits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = encodeBase58(bytes);
        expect(text).toHaveLength(22);
        expect(decodeBase58(text, 16)).toEqual(bytes);
      }),
    );
  });

  it('keeps the order of its input', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(bytes, bytes, (left, right) => {
        const order = Buffer.compare(left, right);
        const [a, b] = [encodeBase58(left), encodeBase58(right)];
        expect(a === b ? 0 : a < b ? -1 : 1).toBe(order);
      }),
    );
  });
});

describe('newId()', () => {
  it('carries its creation time', () => {
    fc.assert(
      fc.property(instant, (nowMs) => {
        expect(parseId('request', newId('request', nowMs))?.timeMs).toBe(nowMs);
      }),
    );
  });

  it('sorts by creation time', () => {
    expect(newId('team', 1_700_000_000_000) < newId('team', 1_700_000_000_001)).toBe(true);
  });

  it('mints no id twice in 200,000', () => {
    expect(new Set(Array.from({ length: 200_000 }, () => newId('event', 1))).size).toBe(200_000);
  });
});

describe('parseId()', () => {
  it.each([
    '',
    'key_',
    'team_1111111111111111111111',
    'key_0000000000000000000000',
    'key_zzzzzzzzzzzzzzzzzzzzzz',
  ])('refuses %j as the id of a key', (value) => expect(isId('virtualKey', value)).toBe(false));
});
