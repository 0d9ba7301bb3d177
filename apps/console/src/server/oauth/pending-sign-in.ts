/**
 * What a person was doing when they left for their provider, in a cookie of ours until they come back. Nothing
 * in it is trusted: a path is checked again, an invitation proves itself. That the answer belongs to this
 * browser is shown by the state, not by this.
 */
import { z } from 'zod';

const PendingSignIn = z.strictObject({
  next: z.string().max(2_000).exactOptional(),
  invitationToken: z.string().max(200).exactOptional(),
  locale: z.enum(['en', 'de']).exactOptional(),
  /** In a window beside a session that is open: they show who they are once more, and stay signed in. */
  reauthenticate: z.literal(true).exactOptional(),
});

export type PendingSignIn = z.output<typeof PendingSignIn>;

const LIFETIME_SECONDS = 15 * 60;

function cookieName(consoleUrl: string): string {
  return consoleUrl.startsWith('https:') ? '__Host-tollgate_pending' : 'tollgate_pending';
}

/** @returns Undefined for what is none. */
export function parsePendingSignIn(value: unknown): PendingSignIn | undefined {
  return PendingSignIn.safeParse(value).data;
}

/** @param pending Undefined clears it. @returns The `Set-Cookie` value. */
export function serializePendingSignIn(consoleUrl: string, pending: PendingSignIn | undefined): string {
  const value = pending === undefined ? '' : Buffer.from(JSON.stringify(pending)).toString('base64url');
  const maxAge = pending === undefined ? 0 : LIFETIME_SECONDS;
  const secure = consoleUrl.startsWith('https:') ? '; Secure' : '';
  return `${cookieName(consoleUrl)}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}

/** @param header The `Cookie` header. @returns Nothing pending for a cookie that is missing or broken. */
export function readPendingSignIn(consoleUrl: string, header: string | null): PendingSignIn {
  const wanted = `${cookieName(consoleUrl)}=`;
  const pair = (header ?? '').split(';').find((part) => part.trim().startsWith(wanted));
  if (pair === undefined) return {};
  try {
    const json = Buffer.from(pair.trim().slice(wanted.length), 'base64url').toString();
    return parsePendingSignIn(JSON.parse(json)) ?? {};
  } catch {
    return {};
  }
}
