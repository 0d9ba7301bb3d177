export { decodeBase58, encodeBase58 } from './base58.ts';
export { ID_PREFIX, type Id, type IdKind, isId, newId, parseId } from './id.ts';
export { newUuidV7Bytes, timeOfUuidV7 } from './uuid-v7.ts';
