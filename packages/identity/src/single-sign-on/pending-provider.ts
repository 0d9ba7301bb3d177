/** A sign-in at an organization's provider that has begun: a row that a cookie of the browser names, good once. */

import { type IssuedChallenge, issueChallenge } from '../challenge.ts';
import { readHostCookie, serializeHostCookie } from '../host-cookie.ts';
import type { IdentityContext } from '../identity-context.ts';
import { hashToken, isToken } from '../opaque-token.ts';
import { SINGLE_SIGN_ON } from './proved-identity.ts';

/** @returns The token of its cookie; nothing else holds it. */
export function beginProviderSignIn(
  { database, clock }: IdentityContext,
  identityProviderId: string,
): Promise<IssuedChallenge> {
  const challenge = { purpose: 'single-sign-on', provider: SINGLE_SIGN_ON, identityProviderId } as const;
  return database.platform((tx) => issueChallenge(tx, challenge, clock.nowMs()));
}

/** @returns Where the browser was sent; undefined where it was not, where that was too long ago, or where it came back before. */
export async function spendProviderSignIn(
  { database, clock }: IdentityContext,
  token: string,
): Promise<string | undefined> {
  if (!isToken(token)) return undefined;
  const asked = {
    tokenHash: hashToken(token),
    purpose: 'single-sign-on',
    expiresAt: { gt: new Date(clock.nowMs()) },
  };
  return database.platform(async (tx) => {
    const row = await tx.authChallenge.findFirst({ where: asked, select: { identityProviderId: true } });
    const { count } = await tx.authChallenge.deleteMany({ where: asked });
    return count === 1 ? (row?.identityProviderId ?? undefined) : undefined;
  });
}

const COOKIE = 'tollgate_single_sign_on';

/** @param begun Undefined clears it. @returns The `Set-Cookie` value. */
export function serializeProviderCookie(consoleUrl: string, begun: IssuedChallenge | undefined): string {
  return serializeHostCookie(consoleUrl, COOKIE, begun?.token ?? '', begun?.expiresAt ?? new Date(0));
}

export function readProviderCookie(consoleUrl: string, header: string | null): string | undefined {
  return readHostCookie(consoleUrl, COOKIE, header) || undefined;
}
