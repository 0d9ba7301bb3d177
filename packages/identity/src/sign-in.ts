/** Sign-in by password: the same time and the same answer for a wrong password and an unknown account. */
import { recordAudit } from '@tollgate/audit';
import { newId } from '@tollgate/ids';
import { findEmailAddress } from './email-address.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { listMembershipOrganizations } from './membership.ts';
import { verifyPassword } from './password.ts';
import { createSession, type NewSession, revokeSessions } from './session.ts';
import { networkOf, throttle } from './throttle.ts';
import { findUserByEmail } from './user.ts';

export interface SignInInput {
  readonly email: string;
  readonly password: string;
  /** The session that the browser brought along; it ends with a new sign-in. */
  readonly previousSession?: { readonly userId: string; readonly sessionId: string };
}

export interface SignedIn {
  readonly userId: string;
  readonly session: NewSession;
}

const WINDOW_MS = 15 * 60_000;
const LIMIT_PER_ACCOUNT = 10;
const LIMIT_PER_ADDRESS = 100;

/** @throws {IdentityError} `invalid_credentials` or `too_many_attempts`. */
export async function signIn(
  context: IdentityContext,
  input: SignInInput,
  origin: Origin,
): Promise<SignedIn> {
  const email = findEmailAddress(input.email);
  const account = `sign-in:account:${email ?? 'invalid'}`;
  await throttle(context.attempts, [
    { subject: account, limit: LIMIT_PER_ACCOUNT, windowMs: WINDOW_MS },
    {
      subject: `sign-in:address:${networkOf(origin.ipAddress)}`,
      limit: LIMIT_PER_ADDRESS,
      windowMs: WINDOW_MS,
    },
  ]);
  const user = email === undefined ? undefined : await findUserByEmail(context.database, email);
  const matches = await verifyPassword(user?.passwordHash, input.password);
  if (!matches || user === undefined || user.disabledAt !== null) {
    throw new IdentityError('invalid_credentials', 'Cannot sign in: the address or the password is wrong');
  }
  await context.attempts.clear(account);
  const session = await openSession(context, user.id, input.previousSession, origin);
  await auditSignIn(context, user, session.sessionId, origin);
  return { userId: user.id, session };
}

/** The session of somebody who has shown who they are. What the browser brought along ends. */
export function openSession(
  context: IdentityContext,
  userId: string,
  previous: SignInInput['previousSession'],
  origin: Origin,
): Promise<NewSession> {
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId }, async (tx) => {
    if (previous?.userId === userId) await revokeSessions(tx, userId, { only: previous.sessionId }, nowMs);
    return createSession(tx, userId, origin, nowMs);
  });
}

/** Each organization of the person sees the sign-in in its own log. */
export async function auditSignIn(
  context: IdentityContext,
  user: { readonly id: string; readonly email: string },
  sessionId: string,
  origin: Origin,
  details: { readonly provider: string; readonly linked: boolean } | null = null,
): Promise<void> {
  const nowMs = context.clock.nowMs();
  const organizationIds = await context.database.person({ userId: user.id }, (tx) =>
    listMembershipOrganizations(tx, user.id),
  );
  for (const organizationId of organizationIds) {
    await context.database.tenant(organizationId, (tx) =>
      recordAudit(tx, {
        organizationId,
        actor: { kind: 'user', id: user.id, name: user.email },
        origin: origin.requestId === '' ? { ...origin, requestId: newId('request', nowMs) } : origin,
        action: 'session-created',
        target: { kind: 'session', id: sessionId },
        after: details,
        nowMs,
      }),
    );
  }
}
