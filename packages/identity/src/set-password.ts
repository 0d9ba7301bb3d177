/** A new password: with the link of a reset, or in one's own session with the old one. */
import type { Transaction } from '@tollgate/db';
import { queueMail } from '@tollgate/mail';
import type { PersonActor } from './actor.ts';
import { auditPerson } from './audit-person.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { spendMailTokenOf } from './mail-token.ts';
import { assertAcceptablePassword, hashPassword, verifyPassword } from './password.ts';
import { throttlePassword } from './reauthentication.ts';
import { revokeSessions } from './session.ts';
import { changeWaysIn, changeWaysInBySession } from './ways-in.ts';

/** By what right: a link that came by mail, or the password until now (null: there was none), shown in a session. */
type PasswordRight =
  | { readonly kind: 'link'; readonly token: string }
  | { readonly kind: 'session'; readonly sessionId: string; readonly verifiedHash: string | null };

/**
 * The one place that changes a password: sessions end, and the owner is told.
 *
 * @throws {IdentityError} `invalid_token`, `session_ended`, `wrong_password`: the right is gone meanwhile.
 */
export async function setPassword(
  context: IdentityContext,
  userId: string,
  passwordHash: string,
  right: PasswordRight,
  origin: Origin,
): Promise<void> {
  const endSessions = right.kind === 'link' ? 'all' : { except: right.sessionId };
  const nowMs = context.clock.nowMs();
  const now = new Date(nowMs);
  await context.database.person({ userId }, async (tx, use) => {
    await assertStillRight(tx, userId, right, nowMs);
    await tx.passwordCredential.upsert({
      where: { userId },
      create: { userId, hash: passwordHash, updatedAt: now },
      update: { hash: passwordHash, updatedAt: now },
      select: { userId: true },
    });
    const endedSessionCount = await revokeSessions(tx, userId, endSessions, nowMs);
    // What was half opened by then ends with it: a second step, and a passkey that is still to be added.
    await tx.authChallenge.deleteMany({ where: { userId } });
    await tx.verificationToken.deleteMany({ where: { identifier: userId, purpose: 'reset-password' } });
    // Begun by somebody who knew the old password: it may not have been its owner.
    await tx.emailChange.deleteMany({ where: { userId, confirmedAt: null } });
    // A reset link came by mail, so the address is theirs.
    if (endSessions === 'all') {
      const { count } = await tx.user.updateMany({
        where: { id: userId, emailVerifiedAt: null },
        data: { emailVerifiedAt: now, updatedAt: now },
      });
      // Whoever made this account had not shown that: their account at a provider must not open it any longer.
      if (count > 0) await tx.account.deleteMany({ where: { userId } });
    }
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    await queueMail(tx, context.encryptionKeys, {
      template: 'password-changed',
      recipient: user.email,
      causeId: `${userId}:${nowMs}`,
      locale: user.locale,
      data: {
        name: user.name,
        link: `${context.settings.consoleUrl}/sign-in`,
        keepsSession: endSessions !== 'all',
      },
      nowMs,
    });
    await auditPerson({ tx, use, origin, nowMs }, user, {
      action: endSessions === 'all' ? 'user-password-reset' : 'user-password-changed',
      target: { kind: 'user', id: userId, name: user.email },
      after: { endedSessionCount },
    });
  });
}

/** Of two changes at once the second one finds what the first one has left. */
async function assertStillRight(
  tx: Transaction,
  userId: string,
  right: PasswordRight,
  nowMs: number,
): Promise<void> {
  if (right.kind === 'link') {
    await changeWaysIn(tx, userId);
    await spendMailTokenOf(tx, userId, 'reset-password', right.token, nowMs);
    return;
  }
  await changeWaysInBySession(tx, { userId, sessionId: right.sessionId });
  if (!(await isPassword(tx, userId, right.verifiedHash))) throw wrongPassword();
}

/** Whether this is still the hash of the person's password; null: that they have none. */
export async function isPassword(
  tx: Transaction,
  userId: string,
  verifiedHash: string | null,
): Promise<boolean> {
  const stored = await tx.passwordCredential.findUnique({ where: { userId } });
  return (stored?.hash ?? null) === verifiedHash;
}

/**
 * One's own, in one's session; the first one needs no other.
 *
 * @throws {IdentityError} `wrong_password`, `weak_password`, `too_many_attempts`, `session_ended`.
 */
export async function changePassword(
  context: IdentityContext,
  { userId, sessionId, email }: PersonActor,
  input: { readonly currentPassword: string; readonly newPassword: string },
  origin: Origin,
): Promise<void> {
  await throttlePassword(context, userId);
  assertAcceptablePassword(input.newPassword, email);
  const stored = await context.database.person({ userId }, (tx) =>
    tx.passwordCredential.findUnique({ where: { userId } }),
  );
  if (stored !== null && !(await verifyPassword(stored.hash, input.currentPassword))) throw wrongPassword();
  const passwordHash = await hashPassword(input.newPassword);
  const verifiedHash = stored?.hash ?? null;
  await setPassword(context, userId, passwordHash, { kind: 'session', sessionId, verifiedHash }, origin);
}

function wrongPassword(): IdentityError {
  return new IdentityError('wrong_password', 'Cannot change the password: the current one is another', {
    field: 'currentPassword',
  });
}
