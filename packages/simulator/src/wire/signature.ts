/**
 * Signatures over what a model thought, as providers put them on reasoning: opaque, and checked when they come back.
 *
 * They follow from the signed text alone, so that a restarted simulator still knows its own.
 */
import { createHmac } from 'node:crypto';

const KEY = 'tollgate-simulator-signature';

/** @param purpose The provider and kind of block: a signature of one is refused by every other. */
export function sign(purpose: string, text: string): string {
  const whole = createHmac('sha512', KEY).update(purpose).update('\0').update(text).digest();
  return Buffer.concat([Buffer.from('SIM1'), whole]).toString('base64');
}

export function isSignature(purpose: string, text: string, signature: unknown): boolean {
  return signature === sign(purpose, text);
}

/** Something encrypted that carries its own proof. */
export function seal(purpose: string, text: string): string {
  const body = Buffer.from(text).toString('base64url');
  return `${body}.${createHmac('sha256', KEY).update(purpose).update('\0').update(body).digest('base64url')}`;
}

export function isSeal(purpose: string, sealed: unknown): boolean {
  if (typeof sealed !== 'string') return false;
  const body = sealed.slice(0, sealed.lastIndexOf('.'));
  return sealed === seal(purpose, Buffer.from(body, 'base64url').toString());
}
