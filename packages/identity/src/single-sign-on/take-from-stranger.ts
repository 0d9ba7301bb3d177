/** An account whose address was never shown to be its maker's goes to whoever has shown it: without any way in of theirs. */
import type { Transaction } from '@tollgate/db';
import { revokeSessions } from '../session.ts';

/** In a transaction of the person, after `changeWaysIn`. As a reset of the password does, and more: nobody was asked for one. */
export async function takeFromStranger(tx: Transaction, userId: string, nowMs: number): Promise<void> {
  const now = new Date(nowMs);
  await tx.passwordCredential.deleteMany({ where: { userId } });
  await tx.passkey.deleteMany({ where: { userId } });
  await tx.totpFactor.deleteMany({ where: { userId } });
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.account.deleteMany({ where: { userId } });
  await tx.authChallenge.deleteMany({ where: { userId } });
  await tx.emailChange.deleteMany({ where: { userId } });
  await tx.verificationToken.deleteMany({ where: { identifier: userId } });
  await revokeSessions(tx, userId, 'all', nowMs);
  await tx.user.update({
    where: { id: userId },
    data: { emailVerifiedAt: now, updatedAt: now },
    select: { id: true },
  });
}
