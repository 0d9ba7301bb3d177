/**
 * The zone of a reader's browser in a cookie, so that the server writes times as the browser would. Only for what is
 * drawn: days and months of usage and money are counted in the zone of the organization.
 */
export const TIME_ZONE_COOKIE = 'tollgate_time_zone';
const COOKIE_SECONDS = 31_536_000;
const LONGEST = 64;

/** @returns Nothing unless it names a zone. */
export function toTimeZone(value: string | undefined): string | undefined {
  if (value === undefined || value.length > LONGEST) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** In the browser. */
export function keepTimeZone(timeZone: string): void {
  const pair = `${TIME_ZONE_COOKIE}=${encodeURIComponent(timeZone)}`;
  if (document.cookie.split('; ').includes(pair)) return;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https; this must work on plain http
  document.cookie = `${pair}; path=/; max-age=${COOKIE_SECONDS}; samesite=lax`;
}
