/** Random tokens of which the database holds only a hash: sessions, links by mail, admin tokens. */
import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const UNBIASED_BYTES = 248;

/** 256 random bits for links and cookies. */
export function mintToken(): string {
  return randomBytes(32).toString('base64url');
}

/** `tga_` and 40 base62 characters (238 bits). */
export function mintAdminToken(prefix: 'tga_' | 'tgs_' = 'tga_'): string {
  let text = '';
  while (text.length < 40) {
    for (const byte of randomBytes(48)) {
      if (byte < UNBIASED_BYTES && text.length < 40) text += ALPHABET[byte % 62];
    }
  }
  return prefix + text;
}

/** SHA-256 suffices: the input is random, not chosen by a person. @returns Hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Whether the text can be a session or mail token at all; nothing else is looked up. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

export function isAdminToken(text: string): boolean {
  return /^tga_[0-9A-Za-z]{40}$/.test(text);
}
