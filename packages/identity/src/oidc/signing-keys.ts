/** Signatures of issuers: by key pairs alone, so that whoever can check one can make none. */
import { constants, createPublicKey, type JsonWebKeyInput, type KeyObject, verify } from 'node:crypto';

interface Algorithm {
  readonly hash: string | null;
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  readonly curve?: string;
  readonly pss?: boolean;
}

/** The same key would do for several of them; what the token says must be one of these, and fit the key. */
export const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { hash: 'sha256', keyType: 'rsa' },
  RS384: { hash: 'sha384', keyType: 'rsa' },
  RS512: { hash: 'sha512', keyType: 'rsa' },
  PS256: { hash: 'sha256', keyType: 'rsa', pss: true },
  PS384: { hash: 'sha384', keyType: 'rsa', pss: true },
  PS512: { hash: 'sha512', keyType: 'rsa', pss: true },
  ES256: { hash: 'sha256', keyType: 'ec', curve: 'prime256v1' },
  ES384: { hash: 'sha384', keyType: 'ec', curve: 'secp384r1' },
  ES512: { hash: 'sha512', keyType: 'ec', curve: 'secp521r1' },
  EdDSA: { hash: null, keyType: 'ed25519' },
};

const MIN_RSA_BITS = 2_048;

export interface SigningKey {
  readonly kid: string | undefined;
  readonly algorithm: string | undefined;
  readonly key: KeyObject;
}

/** @returns Undefined for what is no key for signatures. */
export function readKey(jwk: unknown): SigningKey | undefined {
  const { kid, alg, use } = (jwk ?? {}) as { kid?: unknown; alg?: unknown; use?: unknown };
  if (use !== undefined && use !== 'sig') return undefined;
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput);
    if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS) {
      return undefined;
    }
    if (!['rsa', 'ec', 'ed25519'].includes(key.asymmetricKeyType ?? '')) return undefined;
    return {
      kid: typeof kid === 'string' ? kid : undefined,
      algorithm: typeof alg === 'string' ? alg : undefined,
      key,
    };
  } catch {
    return undefined;
  }
}

export function isUsableKey(jwk: unknown): boolean {
  return readKey(jwk) !== undefined;
}

/** @param signed The first two parts of the token. */
export function isSignedBy(
  { key, algorithm: own }: SigningKey,
  algorithm: string,
  signed: string,
  signature: Uint8Array,
): boolean {
  if (!Object.hasOwn(ALGORITHMS, algorithm)) return false;
  const wanted = ALGORITHMS[algorithm]!;
  if (own !== undefined && own !== algorithm) return false;
  if (key.asymmetricKeyType !== wanted.keyType) return false;
  if (wanted.curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== wanted.curve) return false;
  const options = {
    key,
    ...(wanted.keyType === 'ec' ? { dsaEncoding: 'ieee-p1363' as const } : {}),
    ...(wanted.pss === true
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {}),
  };
  return verify(wanted.hash, Buffer.from(signed), options, signature);
}
