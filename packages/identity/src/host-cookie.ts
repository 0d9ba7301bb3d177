/** Cookies for this very host: `__Host-` wherever there is HTTPS, never readable by scripts. */

export function hostCookieName(consoleUrl: string, name: string): string {
  return consoleUrl.startsWith('https:') ? `__Host-${name}` : name;
}

/** @returns The `Set-Cookie` value. */
export function serializeHostCookie(
  consoleUrl: string,
  name: string,
  value: string,
  expiresAt: Date,
): string {
  const secure = consoleUrl.startsWith('https:') ? '; Secure' : '';
  return `${hostCookieName(consoleUrl, name)}=${value}; Path=/; Expires=${expiresAt.toUTCString()}; HttpOnly; SameSite=Lax${secure}`;
}

/** @param header The `Cookie` header. @returns The value, or undefined when there is none. */
export function readHostCookie(
  consoleUrl: string,
  name: string,
  header: string | null | undefined,
): string | undefined {
  const wanted = `${hostCookieName(consoleUrl, name)}=`;
  for (const part of (header ?? '').split(';')) {
    const pair = part.trim();
    if (pair.startsWith(wanted)) return pair.slice(wanted.length);
  }
  return undefined;
}
