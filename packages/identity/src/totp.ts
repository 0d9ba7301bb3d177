/**
 * Time-based one-time passwords as authenticator apps show them (RFC 6238 over RFC 4226): SHA-1, six digits, 30 s.
 * Those are what every app reads; other parameters are ignored by some of them without a word.
 *
 * Pure. That a code counts once is kept where the last step is stored (totp-factor.ts).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const STEP_MS = 30_000;
const DIGITS = 6;
/** Clocks of phones are off by some seconds, and typing takes some. */
const DRIFT_STEPS = 1;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @returns The code of one step: as many digits as told, zeros in front included. */
export function totpCode(
  secret: Uint8Array,
  step: number,
  { digits = DIGITS, algorithm = 'sha1' }: { readonly digits?: number; readonly algorithm?: string } = {},
): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(algorithm, secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}

export function totpStepOf(nowMs: number): number {
  return Math.floor(nowMs / STEP_MS);
}

/** @returns The step whose code this is, at most one before or after now; undefined when it is none of them. */
export function findTotpStep(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  const typed = Buffer.from(code.replaceAll(/[\s-]/g, ''));
  if (typed.length !== DIGITS) return undefined;
  const now = totpStepOf(nowMs);
  let found: number | undefined;
  // All of them are compared, so that the time tells nothing.
  for (let step = Math.max(0, now - DRIFT_STEPS); step <= now + DRIFT_STEPS; step++) {
    if (timingSafeEqual(typed, Buffer.from(totpCode(secret, step)))) found ??= step;
  }
  return found;
}

/** RFC 4648 without padding: how secrets are typed into an app. */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
    }
    value &= 0xff;
  }
  return bits === 0 ? text : text + BASE32[(value << (5 - bits)) & 31];
}

/** What the QR code says: the form that authenticator apps agree on. */
export function totpUri(secret: Uint8Array, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = new URLSearchParams({
    secret: toBase32(secret),
    issuer,
    algorithm: 'SHA1',
    digits: String(DIGITS),
    period: String(STEP_MS / 1_000),
  });
  return `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`;
}
