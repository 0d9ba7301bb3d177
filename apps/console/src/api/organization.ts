/**
 * Whom a page shows, and which organization: what it was loaded with, until it is left. Cookies belong to the whole
 * browser, so what another tab chooses or who signs in there would mix two tenants in one page; each tab keeps its own
 * instead and names them at each call. The cookie only tells the server what the next page is loaded with, and follows the
 * tab that is looked at.
 */
export const ORGANIZATION_COOKIE = 'tollgate_organization';
const COOKIE_SECONDS = 31_536_000;
const ORGANIZATION_ID = /^org_[0-9A-Za-z]{1,64}$/;

export interface PageOwner {
  readonly personId: string;
  /** Nothing for people who are in none. */
  readonly organizationId: string | undefined;
}

let owner: PageOwner | undefined;
/** Set from the choice of another organization until whoever chose has evidently stayed. */
let leaving: ReturnType<typeof setTimeout> | undefined;
/** Longer than it takes to leave a page; whoever is still there has answered that they stay. */
const LEAVING_MS = 10_000;

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

/**
 * The first one counts, for as long as the page stands.
 *
 * @returns False for others than those: what the page has read is not theirs, so it must be loaded anew.
 */
export function pinPage(next: PageOwner): boolean {
  owner ??= next;
  return owner.personId === next.personId && owner.organizationId === next.organizationId;
}

/** For tests alone: pages end by being left. */
export function unpinPage(): void {
  owner = undefined;
  clearTimeout(leaving);
  leaving = undefined;
}

/** What goes with every call, so that the answer, and what it changes, are of those whom the page shows. */
export function ownerHeaders(organizationId = findCurrentOrganizationId()): Readonly<Record<string, string>> {
  return {
    ...(owner !== undefined && { 'x-tollgate-person': owner.personId }),
    ...(organizationId !== undefined && { 'x-tollgate-organization': organizationId }),
  };
}

/** The page's own; on pages around signing in the browser's. Nothing on the server and before the first choice. */
function findCurrentOrganizationId(): string | undefined {
  return owner === undefined ? readCookie() : owner.organizationId;
}

/** For the page that is loaded next: this one goes on with its own until it is gone. */
export function chooseOrganization(organizationId: string): void {
  clearTimeout(leaving);
  writeCookie(organizationId);
  leaving = setTimeout(() => {
    leaving = undefined;
    // Another tab that is looked at by then keeps its own.
    if (document.visibilityState !== 'hidden') keepOrganization();
  }, LEAVING_MS);
}

/** Whoever was in no organization is in this one, on the same page. */
export function enterFirstOrganization(organizationId: string): void {
  if (owner !== undefined) owner = { ...owner, organizationId };
  writeCookie(organizationId);
}

/** What is loaded from the tab that is looked at stays in its organization, whatever another tab chose. */
export function keepOrganization(): void {
  const own = owner?.organizationId;
  if (own !== undefined && leaving === undefined && readCookie() !== own) writeCookie(own);
}

function readCookie(): string | undefined {
  return typeof document === 'undefined' ? undefined : findOrganizationId(document.cookie);
}

function writeCookie(organizationId: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https; this must work on plain http
  document.cookie = `${ORGANIZATION_COOKIE}=${organizationId}; path=/; max-age=${COOKIE_SECONDS}; samesite=lax`;
}
