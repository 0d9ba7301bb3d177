/**
 * Signed statements "the chain had reached this place with this hash".
 *
 * Ed25519, so that anybody can verify with the public key. A checkpoint that is exported (evidence, another
 * system) also proves a cut-off that removed the checkpoints themselves; one that stays in the same database
 * proves it only against somebody who does not delete it too.
 */
import { createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto';

export interface ChainHead {
  readonly organizationId: string;
  readonly sequence: bigint;
  readonly hash: string;
}

export interface CheckpointSigner {
  /** SPKI, PEM. */
  readonly publicKey: string;
  sign(head: ChainHead): { readonly signature: string; readonly keyId: string };
  /** @returns False for a wrong signature and for a key that this signer does not hold. */
  verify(head: ChainHead, signature: string, keyId: string): boolean;
}

// RFC 8410: the fixed bytes before an Ed25519 seed in PKCS #8.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param secret At least 32 bytes of the installation; the signing key is derived from it. */
export function createCheckpointSigner(secret: Uint8Array, keyId: string): CheckpointSigner {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'tollgate audit checkpoint', 32));
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const text = (head: ChainHead) =>
    Buffer.from(`tollgate-audit-checkpoint-1\n${head.organizationId}\n${head.sequence}\n${head.hash}`);
  return {
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign: (head) => ({ keyId, signature: sign(null, text(head), privateKey).toString('base64url') }),
    verify: (head, signature, usedKeyId) =>
      usedKeyId === keyId && verify(null, text(head), publicKey, Buffer.from(signature, 'base64url')),
  };
}
