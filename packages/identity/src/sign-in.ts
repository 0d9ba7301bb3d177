/** Sign-in by password: the same time and the same answer for a wrong password and an unknown account. */
import { type AuditedPerson, auditFailedSignIn, auditPerson, type PersonEvent } from './audit-person.ts';
import { findEmailAddress } from './email-address.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
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
    await context.database.person({ userId: user?.id ?? 'unknown' }, (tx, use) =>
      auditFailedSignIn({ tx, use, origin, nowMs: context.clock.nowMs() }, user),
    );
    throw new IdentityError('invalid_credentials', 'Cannot sign in: the address or the password is wrong');
  }
  await context.attempts.clear(account);
  const session = await openSession(context, user, input.previousSession, origin);
  return { userId: user.id, session };
}

/** How somebody showed who they are, where it was not by password. */
export interface SignInDetails {
  readonly provider: string;
  readonly linked: boolean;
}

/** The session of somebody who has shown who they are. What the browser brought along ends. */
export function openSession(
  context: IdentityContext,
  user: AuditedPerson,
  previous: SignInInput['previousSession'],
  origin: Origin,
  details: SignInDetails | null = null,
): Promise<NewSession> {
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId: user.id }, async (tx, use) => {
    if (previous?.userId === user.id) await revokeSessions(tx, user.id, { only: previous.sessionId }, nowMs);
    const session = await createSession(tx, user.id, origin, nowMs);
    await auditPerson({ tx, use, origin, nowMs }, user, signedIn(session.sessionId, details));
    return session;
  });
}

/** For a session that was opened elsewhere. Each organization of the person sees it in its own log. */
export function auditSignIn(
  context: IdentityContext,
  user: AuditedPerson,
  sessionId: string,
  origin: Origin,
  details: SignInDetails,
): Promise<void> {
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId: user.id }, (tx, use) =>
    auditPerson({ tx, use, origin, nowMs }, user, signedIn(sessionId, details)),
  );
}

function signedIn(sessionId: string, details: SignInDetails | null): PersonEvent {
  return {
    action: 'session-created',
    target: { kind: 'session', id: sessionId },
    after: details === null ? null : { ...details },
  };
}
