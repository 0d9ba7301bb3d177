/**
 * Signed statements "the chain had reached this place with this hash".
 *
 * Ed25519, so that anybody can verify with the public key. A checkpoint that is exported (evidence, another
 * system) also proves a cut-off that removed the checkpoints themselves; one that stays in the same database
 * proves it only against somebody who does not delete it too.
 */
import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto';
import type { KeyRing } from '@tollgate/config';
import { type ChainHead, checkpointText } from './checkpoint-text.ts';

export interface CheckpointSigner {
  /** SPKI, PEM. */
  readonly publicKey: string;
  sign(head: ChainHead): { readonly signature: string; readonly keyId: string };
  /** @returns False for a wrong signature and for a key that this signer does not hold. */
  verify(head: ChainHead, signature: string, keyId: string): boolean;
}

// RFC 8410: the fixed bytes before an Ed25519 seed in PKCS #8.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * A signer whose keys are derived from the installation's encryption keys: it signs with the newest and
 * verifies with every one that the ring still holds.
 */
export function createCheckpointSigner(ring: KeyRing): CheckpointSigner {
  const pairs = new Map([...ring.keys].map(([version, secret]) => [String(version), derivePair(secret)]));
  const keyId = String(ring.currentVersion);
  const current = pairs.get(keyId);
  if (current === undefined) throw new RangeError(`Cannot sign checkpoints: the ring has no key ${keyId}`);
  return {
    publicKey: current.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign: (head) => ({
      keyId,
      signature: sign(null, checkpointText(head), current.privateKey).toString('base64url'),
    }),
    verify: (head, signature, usedKeyId) => {
      const pair = pairs.get(usedKeyId);
      return (
        pair !== undefined &&
        verify(null, checkpointText(head), pair.publicKey, Buffer.from(signature, 'base64url'))
      );
    },
  };
}

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function derivePair(secret: Uint8Array): Pair {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'tollgate audit checkpoint', 32));
  const key = Buffer.concat([PKCS8_PREFIX, seed]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
