/**
 * Signatures of webhooks: `t=UNIX_SECONDS,v1=HEX`, HMAC-SHA-256 over `t.body` with the endpoint's secret.
 *
 * While a rotation overlaps there is a `v1` for each secret, so that receivers change theirs when they like.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const SIGNATURE_HEADER = 'tollgate-signature';
const SECRET_BYTES = 32;

/** Shown once. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

export function signWebhook(secrets: readonly string[], body: string, nowMs: number): string {
  const at = Math.floor(nowMs / 1_000);
  return [`t=${at}`, ...secrets.map((secret) => `v1=${digest(secret, at, body)}`)].join(',');
}

/** As a receiver does it: a signature that is older than the tolerance is a replay. */
export function verifyWebhook(
  secret: string,
  header: string,
  body: string,
  nowMs: number,
  toleranceSeconds = 300,
): boolean {
  const parts = header.split(',').map((part) => part.trim().split('=', 2) as [string, string | undefined]);
  const at = Number(parts.find(([name]) => name === 't')?.[1]);
  if (!Number.isSafeInteger(at) || Math.abs(nowMs / 1_000 - at) > toleranceSeconds) return false;
  const expected = Buffer.from(digest(secret, at, body));
  return parts.some(([name, value]) => {
    if (name !== 'v1' || value === undefined) return false;
    const given = Buffer.from(value);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function digest(secret: string, at: number, body: string): string {
  return createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
}
