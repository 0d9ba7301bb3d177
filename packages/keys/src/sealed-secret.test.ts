import { parseKeyRing } from '@tollgate/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSecret, type SealContext, SealedSecretError, sealedKeyVersion, sealSecret } from './index.ts';

const entry = (version: number): string =>
  `${version}:${Buffer.alloc(32, `a long encryption key ${version}`).toString('base64url')}`;
const ring = parseKeyRing(entry(1));
const context: SealContext = {
  organizationId: 'org_a',
  recordId: 'cred_1',
  field: 'secret',
  baseUrl: 'https://api.openai.com/v1',
};

describe('sealed secrets', () => {
  it('open to what was sealed, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(text.isWellFormed());
        expect(openSecret(ring, context, sealSecret(ring, context, text))).toBe(text);
      }),
    );
  });

  it('never give the same bytes twice and never contain the text', () => {
    const first = Buffer.from(sealSecret(ring, context, 'sk-canary'));
    expect(first.equals(sealSecret(ring, context, 'sk-canary'))).toBe(false);
    expect(first.includes('sk-canary')).toBe(false);
  });

  it.each<[string, Partial<SealContext>]>([
    ['another organization', { organizationId: 'org_b' }],
    ['another record', { recordId: 'cred_2' }],
    ['another field', { field: 'other' }],
    ['another base URL', { baseUrl: 'https://attacker.example/v1' }],
    ['a boundary moved between parts', { organizationId: 'org_acred', recordId: '_1' }],
  ])('[X1] do not open for %s', (_, change) => {
    const sealed = sealSecret(ring, context, 'sk-secret');
    expect(() => openSecret(ring, { ...context, ...change }, sealed)).toThrow(SealedSecretError);
  });

  it('do not open after any byte has changed', () => {
    const sealed = sealSecret(ring, context, 'sk-secret');
    for (let index = 0; index < sealed.length; index += 1) {
      const damaged = Uint8Array.from(sealed);
      damaged[index]! ^= 1;
      expect(() => openSecret(ring, context, damaged)).toThrow(SealedSecretError);
      expect(() => openSecret(ring, context, sealed.slice(0, index))).toThrow(SealedSecretError);
    }
  });

  it('of an older key version open after a rotation, until that version leaves the ring', () => {
    const sealed = sealSecret(ring, context, 'sk-secret');
    const rotated = parseKeyRing(`${entry(1)},${entry(2)}`);
    const resealed = sealSecret(rotated, context, openSecret(rotated, context, sealed));
    expect(sealedKeyVersion(sealed)).toBe(1);
    expect(sealedKeyVersion(resealed)).toBe(2);
    expect(openSecret(parseKeyRing(entry(2)), context, resealed)).toBe('sk-secret');
    expect(() => openSecret(parseKeyRing(entry(2)), context, sealed)).toThrow(SealedSecretError);
  });
});
