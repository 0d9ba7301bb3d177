/** An id token: who an issuer says that somebody is, to us, just now. */
import { parseObject } from './network.ts';
import { isSignedBy, type SigningKey } from './signing-keys.ts';

export interface IdTokenHeader {
  readonly algorithm: string;
  readonly kid: string | undefined;
}

export interface IdToken {
  readonly header: IdTokenHeader;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: string;
  readonly signature: Uint8Array;
}

/** What our clock and the issuer's may differ by. */
const CLOCK_SKEW_MS = 60_000;
const MAX_LENGTH = 65_536;

/** Nothing of it is true before `findTokenFault` has found nothing. @returns Undefined for what is no token. */
export function parseIdToken(token: string): IdToken | undefined {
  const parts = token.length <= MAX_LENGTH ? token.split('.') : [];
  const [head = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) return undefined;
  const header = parseObject(Buffer.from(head, 'base64url').toString());
  const claims = parseObject(Buffer.from(payload, 'base64url').toString());
  if (header === undefined || claims === undefined || typeof header.alg !== 'string') return undefined;
  // What must be understood, and is not.
  if (header.crit !== undefined) return undefined;
  const kid = typeof header.kid === 'string' ? header.kid : undefined;
  return {
    header: { algorithm: header.alg, kid },
    claims,
    signed: `${head}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** The keys that it may be signed by. */
export function keysFor({ kid }: IdTokenHeader, keys: readonly SigningKey[]): readonly SigningKey[] {
  return kid === undefined ? keys : keys.filter((key) => key.kid === kid);
}

export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly nowMs: number;
}

/** @returns Which check it fails, for the log; undefined: it is what was asked for. */
export function findTokenFault(
  token: IdToken,
  keys: readonly SigningKey[],
  { issuer, clientId, nonce, nowMs }: Expected,
): string | undefined {
  const { header, claims, signed, signature } = token;
  const isSigned = keysFor(header, keys).some((key) => isSignedBy(key, header.algorithm, signed, signature));
  if (!isSigned) return 'signature';
  if (claims.iss !== issuer) return 'iss';
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audiences.includes(clientId)) return 'aud';
  if ((audiences.length > 1 || claims.azp !== undefined) && claims.azp !== clientId) return 'azp';
  if (claims.nonce !== nonce) return 'nonce';
  const { exp, iat, nbf } = claims;
  if (!isTime(exp) || exp * 1_000 <= nowMs - CLOCK_SKEW_MS) return 'exp';
  if (!isTime(iat) || iat * 1_000 > nowMs + CLOCK_SKEW_MS) return 'iat';
  if (nbf !== undefined && (!isTime(nbf) || nbf * 1_000 > nowMs + CLOCK_SKEW_MS)) return 'nbf';
  if (typeof claims.sub !== 'string' || claims.sub === '') return 'sub';
  return undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
