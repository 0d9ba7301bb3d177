/** Virtual keys and secrets at rest. The public names of this package; everything else is private. */
export { isKeySecret, KEY_PREFIX, type KeySecret, keyHint, mintKeySecret } from './key-format.ts';
export { createKeyHasher, equalHashes, hashKeySecret, type KeyHash, type KeyHasher } from './key-hash.ts';
export {
  openSecret,
  type SealContext,
  SealedSecretError,
  sealedKeyVersion,
  sealSecret,
} from './sealed-secret.ts';
