/**
 * The form of a virtual key: `tgk_` + 30 random base62 characters + the CRC32 of all that in 6 base62 digits.
 *
 * The checksum is public: it lets scanners recognize a leaked key and lets us refuse typing errors before any
 * look-up, and proves nothing about the key's existence. Not here: hashing (key-hash.ts).
 */
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const KEY_PREFIX = 'tgk_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
const KEY_LENGTH = KEY_PREFIX.length + RANDOM_LENGTH + CHECKSUM_LENGTH;
const KEY_FORM = /^tgk_[0-9A-Za-z]{36}$/;
/** The largest multiple of 62 that fits a byte; bytes from here on would favour the first characters. */
const UNBIASED_BYTES = 248;

/** The whole text that a client sends. Never logged, never stored. */
export type KeySecret = string & { readonly __secret: 'KeySecret' };

/** Mints a key with 178 random bits. Shown to its creator once. */
export function mintKeySecret(): KeySecret {
  const body = KEY_PREFIX + randomBase62(RANDOM_LENGTH);
  return (body + checksumOf(body)) as KeySecret;
}

/** Whether `text` has the form and the checksum of a key. No look-up happens for anything else. */
export function isKeySecret(text: string): text is KeySecret {
  if (text.length !== KEY_LENGTH || !KEY_FORM.test(text)) return false;
  const bodyLength = KEY_LENGTH - CHECKSUM_LENGTH;
  return checksumOf(text.slice(0, bodyLength)) === text.slice(bodyLength);
}

/** What people see to recognize a key: its first 8 and last 4 characters. */
export function keyHint(secret: KeySecret): string {
  return `${secret.slice(0, 8)}…${secret.slice(-4)}`;
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let index = 0; index < CHECKSUM_LENGTH; index += 1) {
    digits = ALPHABET[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < UNBIASED_BYTES && text.length < length) text += ALPHABET[byte % 62];
    }
  }
  return text;
}
