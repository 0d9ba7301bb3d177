/**
 * Sign-in by a passkey alone: it is two factors, so there is no second step. One answer for everything that is wrong,
 * and no account is named before the passkey has proved it.
 *
 * Where the browser has a sign-in of the very same person waiting for its second step, the passkey is that step: the
 * session is that of the provider who came first, and ends with it. What waits for somebody else is left alone.
 */
import { auditFailedSignIn } from './audit-person.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { findPasskeyOwner, notePasskeyUse, type PasskeyAnswer, verifyPasskey } from './passkey-assertion.ts';
import { findWaiting, openWaiting } from './second-step.ts';
import type { SignedIn } from './sign-in.ts';
import { insertAuditedSession, type PreviousSession } from './sign-in-session.ts';
import { networkOf, throttle } from './throttle.ts';
import { holdWaysIn } from './ways-in.ts';

const WINDOW_MS = 15 * 60_000;
const LIMIT_PER_ADDRESS = 100;

export interface PasskeySignInInput extends PasskeyAnswer {
  readonly previousSession?: PreviousSession;
  /** Of the cookie that a first step set in this browser, if one did. */
  readonly secondStepToken: string | undefined;
}

/**
 * @throws {IdentityError} `passkey_refused`, `too_many_attempts`; `sign_in_expired`: what waited was finished or ended at
 *   the same moment.
 */
export async function signInWithPasskey(
  context: IdentityContext,
  answer: PasskeySignInInput,
  origin: Origin,
): Promise<SignedIn> {
  const subject = `sign-in:address:${networkOf(origin.ipAddress)}`;
  await throttle(context.attempts, [{ subject, limit: LIMIT_PER_ADDRESS, windowMs: WINDOW_MS }]);
  try {
    return await enter(context, answer, origin);
  } catch (error) {
    if (error instanceof IdentityError && error.code === 'passkey_refused') {
      await auditRefusal(context, answer.response.id, origin);
    }
    throw error;
  }
}

async function enter(
  context: IdentityContext,
  answer: PasskeySignInInput,
  origin: Origin,
): Promise<SignedIn> {
  const proven = await verifyPasskey(context, answer);
  const { userId } = proven;
  const waiting = await findWaiting(context, answer.secondStepToken);
  const nowMs = context.clock.nowMs();
  const session = await context.database.person({ userId }, async (tx, use) => {
    const place = { tx, use, origin, nowMs };
    // A new password ends what waits, or the session that it opens.
    await holdWaysIn(tx, userId);
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (user.disabledAt !== null) {
      throw new IdentityError('passkey_refused', 'Cannot accept this passkey: it opens nothing here');
    }
    await notePasskeyUse(tx, proven, nowMs);
    const shown = { previous: answer.previousSession, secondFactor: 'passkey' } as const;
    if (waiting?.userId === userId) return openWaiting(place, user, waiting, shown);
    return insertAuditedSession(place, user, { ...shown, provider: '' });
  });
  return { kind: 'signed-in', userId, session };
}

/** For the organizations of whoever the passkey belongs to; for the operator where it is nobody's. */
async function auditRefusal(context: IdentityContext, credentialId: string, origin: Origin): Promise<void> {
  const userId = (await findPasskeyOwner(context, credentialId)) ?? 'unknown';
  await context.database.person({ userId }, async (tx, use) => {
    const user = await tx.user.findUnique({ where: { id: userId } });
    const place = { tx, use, origin, nowMs: context.clock.nowMs() };
    await auditFailedSignIn(place, user ?? undefined);
  });
}
