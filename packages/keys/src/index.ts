/** Virtual keys and secrets at rest. The public names of this package; everything else is private. */
export { listsAddress, parseAddressList, plainAddress } from './address-list.ts';
export { isKeySecret, KEY_PREFIX, type KeySecret, keyHint, mintKeySecret } from './key-format.ts';
export { createKeyHasher, equalHashes, hashKeySecret, type KeyHash, type KeyHasher } from './key-hash.ts';
export {
  type Decided,
  type EffectiveKeyPolicy,
  type KeyPolicyRules,
  latestExpiry,
  resolveKeyPolicy,
  rotationDueAt,
  USUAL_REMIND_DAYS,
  usualExpiry,
} from './key-policy.ts';
export { type ModelScope, scopeAllows, toModelScope } from './key-scope.ts';
export {
  openBytes,
  openSecret,
  type SealContext,
  SealedSecretError,
  sealBytes,
  sealedKeyVersion,
  sealSecret,
} from './sealed-secret.ts';
