/**
 * How a virtual key is stored: HMAC-SHA-256 under a pepper that the database never holds.
 *
 * A hash is looked up by equality of 256 bits that an attacker cannot choose, so the look-up tells nothing
 * through its timing; where two hashes are compared in code, `equalHashes` does it in constant time.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '@tollgate/config';
import type { KeySecret } from './key-format.ts';

export interface KeyHash {
  readonly pepperVersion: number;
  /** Hex. */
  readonly hash: string;
}

export interface KeyHasher {
  /** Under the current pepper: for new secrets. */
  hash(secret: KeySecret): KeyHash;
  /** Under every pepper, the current one first: for finding a secret of any age. */
  candidates(secret: KeySecret): KeyHash[];
}

/** A hasher with its peppers prepared once, as the hot path needs it. */
export function createKeyHasher(peppers: KeyRing): KeyHasher {
  const versions = [...peppers.keys.keys()].toSorted((left, right) => right - left);
  const keys = new Map<number, KeyObject>(
    [...peppers.keys].map(([version, pepper]) => [version, createSecretKey(pepper)]),
  );
  const hashWith = (secret: KeySecret, pepperVersion: number): KeyHash => ({
    pepperVersion,
    hash: createHmac('sha256', keys.get(pepperVersion)!).update(secret).digest('hex'),
  });
  return {
    hash: (secret) => hashWith(secret, peppers.currentVersion),
    candidates: (secret) => versions.map((version) => hashWith(secret, version)),
  };
}

/** The stored form of one secret under the current pepper. */
export function hashKeySecret(secret: KeySecret, peppers: KeyRing): KeyHash {
  return createKeyHasher(peppers).hash(secret);
}

/** Compares two hex hashes in time that does not depend on where they differ. */
export function equalHashes(left: string, right: string): boolean {
  const leftBytes = Buffer.from(left, 'hex');
  const rightBytes = Buffer.from(right, 'hex');
  return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes);
}
