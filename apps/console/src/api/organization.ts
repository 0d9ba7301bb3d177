/**
 * Which organization the console works in: a cookie, so that the server renders the right one, read at
 * each call, so that two tabs agree after a switch.
 */
export const ORGANIZATION_COOKIE = 'tollgate_organization';
const COOKIE_SECONDS = 31_536_000;
const ORGANIZATION_ID = /^org_[0-9A-Za-z]{1,64}$/;

/** Whether a text can be an organization's id; whether there is one, only the API knows. */
export function isOrganizationId(value: string | undefined): value is string {
  return value !== undefined && ORGANIZATION_ID.test(value);
}

/** @param cookieText As in `document.cookie`. @returns Nothing when absent or malformed. */
export function findOrganizationId(cookieText: string): string | undefined {
  for (const pair of cookieText.split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === ORGANIZATION_COOKIE && isOrganizationId(value)) return value;
  }
  return undefined;
}

/** The organization of this browser; nothing on the server and before the first choice. */
export function findCurrentOrganizationId(): string | undefined {
  return typeof document === 'undefined' ? undefined : findOrganizationId(document.cookie);
}

export function setCurrentOrganizationId(organizationId: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https; this must work on plain http
  document.cookie = `${ORGANIZATION_COOKIE}=${organizationId}; path=/; max-age=${COOKIE_SECONDS}; samesite=lax`;
}
