/** The cookie that holds the session token. `__Host-` ties it to this very host wherever there is HTTPS. */

const NAME = 'tollgate_session';

export function sessionCookieName(consoleUrl: string): string {
  return consoleUrl.startsWith('https:') ? `__Host-${NAME}` : NAME;
}

/** @returns The `Set-Cookie` value. */
export function serializeSessionCookie(consoleUrl: string, token: string, expiresAt: Date): string {
  return attributes(consoleUrl, token, expiresAt);
}

export function clearSessionCookie(consoleUrl: string): string {
  return attributes(consoleUrl, '', new Date(0));
}

/** @param header The `Cookie` header. @returns The token, or undefined when there is none. */
export function readSessionCookie(consoleUrl: string, header: string | null | undefined): string | undefined {
  const wanted = `${sessionCookieName(consoleUrl)}=`;
  for (const part of (header ?? '').split(';')) {
    const pair = part.trim();
    if (pair.startsWith(wanted)) return pair.slice(wanted.length);
  }
  return undefined;
}

function attributes(consoleUrl: string, value: string, expiresAt: Date): string {
  const secure = consoleUrl.startsWith('https:') ? '; Secure' : '';
  return `${sessionCookieName(consoleUrl)}=${value}; Path=/; Expires=${expiresAt.toUTCString()}; HttpOnly; SameSite=Lax${secure}`;
}
