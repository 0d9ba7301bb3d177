import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findEmailAddress } from './email-address.ts';

describe('findEmailAddress()', () => {
  it.each([
    ['Ada@Example.COM', 'ada@example.com'],
    [' ada@example.com ', 'ada@example.com'],
    ["o'brien+tag@sub.example.co.uk", "o'brien+tag@sub.example.co.uk"],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['\uff21da@example.com', 'ada@example.com'],
  ])('reads %j as %j', (text, address) => expect(findEmailAddress(text)).toBe(address));

  it.each([
    '',
    '@',
    'a@',
    '@example.com',
    'a@b',
    'a@example.com.',
    'a@.example.com',
    'a..b@example.com',
    '.a@example.com',
    '"a"@example.com',
    '"a@b"@example.com',
    'a(comment)@example.com',
    'a@[127.0.0.1]',
    'a@127.0.0.1',
    'a,b@example.com',
    'a;b@example.com',
    'a@example.com,b@example.com',
    'a@b@example.com',
    'a\uff20example.com',
    'a@b\ufe6bexample.com',
    'a@example\uff0ecom',
    'a@exa\u2024mple.com',
    'a@b\u00fccher.example',
    'a\u0000@example.com',
    'a@example.com\nx',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.example`,
    `a@${'b.'.repeat(130)}com`,
  ])('refuses %j', (text) => expect(findEmailAddress(text)).toBeUndefined());

  it('gives the same address for its own output, and plain ASCII', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'grapheme', maxLength: 60 })), (text) => {
        const address = findEmailAddress(text);
        if (address === undefined) return;
        expect(findEmailAddress(address)).toBe(address);
        expect(address).toMatch(/^[\x21-\x7e]+$/);
        expect(address.split('@')).toHaveLength(2);
      }),
    );
  });
});
