/**
 * Provider credentials and other secrets at rest: an AES-256-GCM envelope.
 *
 * Each secret has a data key of its own, wrapped by a versioned key of the installation. The associated data
 * binds organization, record, field and base URL: a ciphertext copied to another tenant or record, or used
 * with another URL, does not open. Rotation re-wraps by `sealSecret(ring, context, openSecret(…))`; old
 * versions open as long as the ring holds them.
 *
 * Layout: format (1 byte) | key version (4) | wrap nonce (12) | wrapped data key (32) | wrap tag (16) |
 * nonce (12) | tag (16) | ciphertext.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { KeyRing } from '@tollgate/config';

/** What a sealed secret belongs to. All of it must be the same when it is opened. */
export interface SealContext {
  readonly organizationId: string;
  readonly recordId: string;
  readonly field: string;
  /** Where the secret may be sent; empty where it is not sent anywhere. */
  readonly baseUrl: string;
}

/** The envelope does not open: wrong tenant, record, URL or key, or damaged bytes. Tells no more than that. */
export class SealedSecretError extends Error {
  override readonly name = 'SealedSecretError';
}

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const HEADER_BYTES = 5;
const WRAP_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;
const MIN_BYTES = HEADER_BYTES + WRAP_BYTES + NONCE_BYTES + TAG_BYTES;

/** Seals `plaintext` under the ring's current version. The same input never gives the same bytes twice. */
export function sealSecret(ring: KeyRing, context: SealContext, plaintext: string): Uint8Array<ArrayBuffer> {
  return sealBytes(ring, context, Buffer.from(plaintext, 'utf8'));
}

/** The same for what is no text. */
export function sealBytes(
  ring: KeyRing,
  context: SealContext,
  plaintext: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(FORMAT, 0);
  header.writeUInt32BE(ring.currentVersion, 1);
  const aad = associatedData(header, context);
  const dataKey = randomBytes(KEY_BYTES);
  const wrapped = encrypt(wrappingKey(currentKey(ring)), aad, dataKey);
  const sealed = encrypt(dataKey, aad, plaintext);
  dataKey.fill(0);
  return Uint8Array.from(
    Buffer.concat([
      header,
      wrapped.nonce,
      wrapped.ciphertext,
      wrapped.tag,
      sealed.nonce,
      sealed.tag,
      sealed.ciphertext,
    ]),
  );
}

/** @throws {SealedSecretError} Anything about the context, the key or the bytes differs from sealing. */
export function openSecret(ring: KeyRing, context: SealContext, envelope: Uint8Array): string {
  return openBytes(ring, context, envelope).toString('utf8');
}

/** @throws {SealedSecretError} As `openSecret` does. */
export function openBytes(ring: KeyRing, context: SealContext, envelope: Uint8Array): Buffer {
  const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  const key = ring.keys.get(sealedKeyVersion(bytes));
  if (bytes.length < MIN_BYTES || bytes.readUInt8(0) !== FORMAT || key === undefined) {
    throw new SealedSecretError('Cannot open a sealed secret: the envelope is damaged or its key is gone');
  }
  const aad = associatedData(bytes.subarray(0, HEADER_BYTES), context);
  let at = HEADER_BYTES;
  const take = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const wrapped = { nonce: take(NONCE_BYTES), ciphertext: take(KEY_BYTES), tag: take(TAG_BYTES) };
  const sealed = { nonce: take(NONCE_BYTES), tag: take(TAG_BYTES), ciphertext: bytes.subarray(at) };
  try {
    const dataKey = decrypt(wrappingKey(key), aad, wrapped);
    const plaintext = decrypt(dataKey, aad, sealed);
    dataKey.fill(0);
    return plaintext;
  } catch (cause) {
    throw new SealedSecretError('Cannot open a sealed secret: it belongs elsewhere or is damaged', { cause });
  }
}

/** The version of the installation's key that an envelope needs; 0 when it is too short to tell. */
export function sealedKeyVersion(envelope: Uint8Array): number {
  if (envelope.byteLength < HEADER_BYTES) return 0;
  return Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength).readUInt32BE(1);
}

interface Box {
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

function encrypt(key: Buffer, aad: Buffer, plaintext: Uint8Array): Box {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

function decrypt(key: Buffer, aad: Buffer, box: Box): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, box.nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad).setAuthTag(box.tag);
  return Buffer.concat([decipher.update(box.ciphertext), decipher.final()]);
}

function currentKey(ring: KeyRing): Uint8Array {
  const key = ring.keys.get(ring.currentVersion);
  if (key === undefined) throw new RangeError(`Cannot seal: the ring has no version ${ring.currentVersion}`);
  return key;
}

/** Derived, so that the same secret given for peppers and for encryption never serves both. */
function wrappingKey(key: Uint8Array): Buffer {
  return createHash('sha256').update('tollgate seal\0').update(key).digest();
}

/** Length-prefixed, so that no two contexts give the same bytes. */
function associatedData(header: Buffer, context: SealContext): Buffer {
  const parts = [context.organizationId, context.recordId, context.field, context.baseUrl];
  const chunks: Buffer[] = [header];
  for (const part of parts) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    chunks.push(length, bytes);
  }
  return Buffer.concat(chunks);
}
