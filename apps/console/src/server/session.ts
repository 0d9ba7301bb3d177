/** Who is looking at a page. For rendering; what they may do is decided by the API alone. */
import type { Me } from '@tollgate/api';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { SECOND_FACTOR_PATH, SINGLE_SIGN_ON_PATH, signInPath } from '../api/client.ts';
import { isOrganizationId, ORGANIZATION_COOKIE } from '../api/organization.ts';
import { findMissingSignOn } from '../features/auth/missing-sign-on.ts';
import { PATH_HEADER } from '../security/path-header.ts';
import { readApi } from './api.ts';

/**
 * @param organizationId From the cookie; one that the person is not in counts as none.
 * @returns The person and their organizations; undefined when nobody is signed in.
 * @throws {Error} The API failed: nobody knows who it is, and signing in would not help.
 */
export async function findMe(organizationId?: string): Promise<Me | undefined> {
  const response = await readApi('/me', organizationId);
  if (response.ok) return (await response.json()) as Me;
  if (response.status === 401) return undefined;
  if (response.status === 404 && organizationId !== undefined) return findMe();
  throw new Error(`Cannot tell who is signed in: the API must answer 200 or 401, got ${response.status}`);
}

/**
 * Where to show what the organization wants before anything else, and then back to the page that was asked for. First its
 * identity provider, because that opens another session; then the second factor.
 *
 * @returns Undefined where nothing is missing.
 */
export async function findGatePath(me: Me): Promise<string | undefined> {
  const gate = findMissingSignOn(me)
    ? SINGLE_SIGN_ON_PATH
    : me.secondFactorMissing
      ? SECOND_FACTOR_PATH
      : undefined;
  const next = (await headers()).get(PATH_HEADER) ?? '/';
  return gate === undefined || next === '/' ? gate : `${gate}?${new URLSearchParams({ next })}`;
}

/** Who is signed in, and the organization to work in. Sends everybody else to the sign-in page. */
export async function requireMe(): Promise<{ readonly me: Me; readonly organizationId: string | undefined }> {
  const wanted = (await cookies()).get(ORGANIZATION_COOKIE)?.value;
  const me = await findMe(isOrganizationId(wanted) ? wanted : undefined);
  if (me === undefined) redirect(signInPath((await headers()).get(PATH_HEADER) ?? '/'));
  if (me.organizationId !== null) return { me, organizationId: me.organizationId };
  const first = me.organizations[0]?.id;
  if (first === undefined) return { me, organizationId: undefined };
  // In several and none chosen yet: the first, with what one may do there.
  return { me: (await findMe(first)) ?? me, organizationId: first };
}
