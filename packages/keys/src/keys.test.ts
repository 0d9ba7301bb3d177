import { parseKeyRing } from '@tollgate/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyHasher, equalHashes, hashKeySecret, isKeySecret, keyHint, mintKeySecret } from './index.ts';

const pepper = (version: number): string =>
  `${version}:${Buffer.alloc(32, `a long pepper, number ${version}`).toString('base64url')}`;

describe('key format', () => {
  it('mints keys that carry their checksum and never repeat', () => {
    const keys = Array.from({ length: 10_000 }, mintKeySecret);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatch(/^tgk_[0-9A-Za-z]{36}$/);
      expect(isKeySecret(key)).toBe(true);
    }
  });

  it('refuses every key with one changed character', () => {
    fc.assert(
      fc.property(fc.nat(35), fc.constantFrom(...'09AZaz'), (position, replacement) => {
        const key = mintKeySecret();
        const at = 4 + position;
        fc.pre(key[at] !== replacement);
        expect(isKeySecret(key.slice(0, at) + replacement + key.slice(at + 1))).toBe(false);
      }),
    );
  });

  it.each([
    ['', 'empty'],
    ['tgk_', 'prefix only'],
    [`tgk_${'a'.repeat(36)}`, 'wrong checksum'],
    [`${mintKeySecret()}\0`, 'a NUL behind it'],
    [`${mintKeySecret()}\n`, 'a newline behind it'],
    [` ${mintKeySecret()}`, 'a space before it'],
    [`tga_${mintKeySecret().slice(4)}`, 'another prefix'],
    ["' OR 1=1 --", 'SQL'],
    ['x'.repeat(65_536), '64 KiB'],
  ])('refuses %j (%s)', (text) => {
    expect(isKeySecret(text)).toBe(false);
  });

  it('hints at a key by 8 and 4 characters', () => {
    const key = mintKeySecret();
    expect(keyHint(key)).toBe(`${key.slice(0, 8)}…${key.slice(-4)}`);
  });
});

describe('key hash', () => {
  const key = mintKeySecret();

  it('depends on the pepper and holds nothing of the key', () => {
    const first = hashKeySecret(key, parseKeyRing(pepper(1)));
    const second = hashKeySecret(key, parseKeyRing(pepper(2)));
    expect(first.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(first.hash).not.toBe(second.hash);
    expect(equalHashes(first.hash, second.hash)).toBe(false);
    expect(equalHashes(first.hash, hashKeySecret(key, parseKeyRing(pepper(1))).hash)).toBe(true);
  });

  it('finds secrets of older peppers after a rotation, and hashes new ones with the newest', () => {
    const before = hashKeySecret(key, parseKeyRing(pepper(1)));
    const rotated = createKeyHasher(parseKeyRing(`${pepper(1)},${pepper(2)}`));
    expect(rotated.hash(key).pepperVersion).toBe(2);
    expect(rotated.candidates(key)).toContainEqual(before);
  });
});
