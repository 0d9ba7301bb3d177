/** Sign-in by password: the same time and the same answer for a wrong password and an unknown account. */
import type { Transaction, UseOrganization } from '@tollgate/db';
import { auditFailedSignIn } from './audit-person.ts';
import { findEmailAddress } from './email-address.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { verifyPassword } from './password.ts';
import { beginSecondStep, type SecondStep } from './second-step.ts';
import type { NewSession } from './session.ts';
import { isPassword } from './set-password.ts';
import { insertAuditedSession, type PreviousSession, type SignInManner } from './sign-in-session.ts';
import { networkOf, throttle } from './throttle.ts';
import { findUserByEmail } from './user.ts';
import { holdWaysIn } from './ways-in.ts';

export interface SignInInput {
  readonly email: string;
  readonly password: string;
  readonly previousSession?: PreviousSession;
}

export interface SignedIn {
  readonly kind: 'signed-in';
  readonly userId: string;
  readonly session: NewSession;
}

/** Signed in, or what comes before that. */
export type SignInOutcome = SignedIn | { readonly kind: 'second-step'; readonly secondStep: SecondStep };

const WINDOW_MS = 15 * 60_000;
const LIMIT_PER_ACCOUNT = 10;
const LIMIT_PER_ADDRESS = 100;

/** @throws {IdentityError} `invalid_credentials` or `too_many_attempts`. */
export async function signIn(
  context: IdentityContext,
  input: SignInInput,
  origin: Origin,
): Promise<SignInOutcome> {
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
  const manner = { previous: input.previousSession, provider: '' };
  const outcome =
    matches && user !== undefined && user.disabledAt === null
      ? await openSession(context, user, manner, origin, (tx) => isPassword(tx, user.id, user.passwordHash))
      : undefined;
  if (outcome === undefined) {
    await context.database.person({ userId: user?.id ?? 'unknown' }, (tx, use) =>
      auditFailedSignIn({ tx, use, origin, nowMs: context.clock.nowMs() }, user),
    );
    throw new IdentityError('invalid_credentials', 'Cannot sign in: the address or the password is wrong');
  }
  await context.attempts.clear(account);
  return outcome;
}

/**
 * For somebody whose first factor was right: their session, or the second step where they have a second factor.
 *
 * @param stillOpens Whether the first factor is what it was when it was looked at: it may have been changed meanwhile,
 *   because somebody else knew it.
 * @returns Undefined where it opens nothing any longer.
 */
export function openSession(
  context: IdentityContext,
  user: { readonly id: string; readonly email: string },
  manner: Omit<SignInManner, 'secondFactor'>,
  origin: Origin,
  stillOpens: (tx: Transaction, use: UseOrganization) => Promise<boolean>,
): Promise<SignInOutcome | undefined> {
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId: user.id }, async (tx, use) => {
    await holdWaysIn(tx, user.id);
    if (!(await stillOpens(tx, use))) return undefined;
    const secondStep = await beginSecondStep(tx, user.id, manner, nowMs);
    if (secondStep !== undefined) return { kind: 'second-step', secondStep };
    const place = { tx, use, origin, nowMs };
    const session = await insertAuditedSession(place, user, { ...manner, secondFactor: null });
    return { kind: 'signed-in', userId: user.id, session };
  });
}
