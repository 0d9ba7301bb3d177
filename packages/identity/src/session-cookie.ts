/** The cookie that holds the session token. */
import { hostCookieName, readHostCookie, serializeHostCookie } from './host-cookie.ts';

const NAME = 'tollgate_session';

export function sessionCookieName(consoleUrl: string): string {
  return hostCookieName(consoleUrl, NAME);
}

/** @returns The `Set-Cookie` value. */
export function serializeSessionCookie(consoleUrl: string, token: string, expiresAt: Date): string {
  return serializeHostCookie(consoleUrl, NAME, token, expiresAt);
}

export function clearSessionCookie(consoleUrl: string): string {
  return serializeHostCookie(consoleUrl, NAME, '', new Date(0));
}

/** @param header The `Cookie` header. @returns The token, or undefined when there is none. */
export function readSessionCookie(consoleUrl: string, header: string | null | undefined): string | undefined {
  return readHostCookie(consoleUrl, NAME, header);
}
