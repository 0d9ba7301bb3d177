/** Verifying an address and getting back in: single-use links by mail, the same answer whoever asks. */
import { findEmailAddress } from './email-address.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { findMailTokenOwner, type MailTokenUser, queueMailToken, spendMailToken } from './mail-token.ts';
import { assertAcceptablePassword, hashPassword } from './password.ts';
import { setPassword } from './set-password.ts';
import { networkOf, throttle } from './throttle.ts';
import { findUserByEmail } from './user.ts';

const HOUR_MS = 3_600_000;

/**
 * Only in a session of the very person: a link alone would verify an account for whoever made it with another's
 * address, and who opens the link then would be confirming a stranger's password.
 *
 * @throws {IdentityError} `invalid_token`; `link_for_other_account`, and the link is not spent.
 */
export async function verifyEmail(
  context: IdentityContext,
  userId: string,
  token: string,
  origin: Origin,
): Promise<void> {
  await throttle(context.attempts, [
    { subject: `token:${networkOf(origin.ipAddress)}`, limit: 100, windowMs: HOUR_MS },
  ]);
  const nowMs = context.clock.nowMs();
  await spendMailToken(context.database, 'verify-email', token, nowMs, userId);
  await context.database.person({ userId }, (tx) =>
    tx.user.updateMany({
      where: { id: userId, emailVerifiedAt: null },
      data: { emailVerifiedAt: new Date(nowMs), updatedAt: new Date(nowMs) },
    }),
  );
}

/** Sends the link again to the signed-in person; nothing when the address is verified. */
export async function resendVerification(context: IdentityContext, userId: string): Promise<void> {
  await throttle(context.attempts, [{ subject: `verify:${userId}`, limit: 5, windowMs: HOUR_MS }]);
  await context.database.person({ userId }, async (tx) => {
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (user.emailVerifiedAt === null) await queueMailToken(tx, context, 'verify-email', user);
  });
}

/** Who asks for a link without having an account: the work is done for them, and undone. */
const NOBODY: MailTokenUser = { id: 'nobody', email: 'nobody@tollgate.invalid', name: '', locale: 'en' };

class NobodyError extends Error {
  override readonly name = 'NobodyError';
}

/**
 * Sends a reset link if there is an account. The caller learns nothing, not even from the time that it takes.
 *
 * @throws {IdentityError} `too_many_attempts`.
 */
export async function requestPasswordReset(
  context: IdentityContext,
  emailText: string,
  origin: Origin,
): Promise<void> {
  const email = findEmailAddress(emailText);
  await throttle(context.attempts, [
    { subject: `reset:account:${email ?? 'invalid'}`, limit: 5, windowMs: HOUR_MS },
    { subject: `reset:address:${networkOf(origin.ipAddress)}`, limit: 30, windowMs: HOUR_MS },
  ]);
  const found = email === undefined ? undefined : await findUserByEmail(context.database, email);
  const userId = found === undefined || found.disabledAt !== null ? NOBODY.id : found.id;
  const done = context.database.person({ userId }, async (tx) => {
    const user = await tx.user.findUnique({ where: { id: userId } });
    await queueMailToken(tx, context, 'reset-password', user ?? NOBODY);
    // Rolls back.
    if (user === null) throw new NobodyError('There is no such account');
  });
  await done.catch((error: unknown) => {
    if (!(error instanceof NobodyError)) throw error;
  });
}

/** Sets the password and ends every session. @throws {IdentityError} `invalid_token`, `weak_password`. */
export async function resetPassword(
  context: IdentityContext,
  input: { readonly token: string; readonly password: string },
  origin: Origin,
): Promise<void> {
  await throttle(context.attempts, [
    { subject: `token:${networkOf(origin.ipAddress)}`, limit: 100, windowMs: HOUR_MS },
  ]);
  // Before the link is spent: a refused password must not cost it.
  assertAcceptablePassword(input.password, '');
  const userId = await findMailTokenOwner(context.database, 'reset-password', input.token);
  const passwordHash = await hashPassword(input.password);
  await setPassword(context, userId, passwordHash, { kind: 'link', token: input.token }, origin);
}
