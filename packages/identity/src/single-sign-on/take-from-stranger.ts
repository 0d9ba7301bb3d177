/**
 * An account whose address we never verified, and whose address somebody has shown now. Who made it is not known: its owner
 * before their first mail, or a stranger.
 */
import type { Transaction } from '@tollgate/db';
import { IdentityError } from '../identity-error.ts';
import { listMembershipOrganizations } from '../membership.ts';
import { findSecondFactors, hasSecondFactor } from '../second-factor.ts';
import { revokeSessions } from '../session.ts';
import type { PreviousSession } from '../sign-in-session.ts';

interface Unverified {
  readonly userId: string;
  readonly organizationId: string;
  /** What this browser has a session of. */
  readonly previous: PreviousSession | undefined;
}

/**
 * In a transaction of the person, inside the organization, after `changeWaysIn` and before they are let in. Whoever has the
 * account open in this very browser loses nothing. From anybody else it goes without their ways in, as with a reset of the
 * password and more, because nobody was asked for one; but never what others count on: an account with a second factor, of
 * an owner, or of another organization stays what it is until somebody signs in to it.
 *
 * @returns Whether it was taken.
 * @throws {IdentityError} `account_not_linked`.
 */
export async function takeFromStranger(
  tx: Transaction,
  account: Unverified,
  nowMs: number,
): Promise<boolean> {
  const { userId } = account;
  const now = new Date(nowMs);
  const isOpenHere = await isSessionOf(tx, account, now);
  if (!isOpenHere) {
    await assertNobodyCountsOnIt(tx, account);
    await endWaysIn(tx, userId, nowMs);
  }
  await tx.user.update({
    where: { id: userId },
    data: { emailVerifiedAt: now, updatedAt: now },
    select: { id: true },
  });
  return !isOpenHere;
}

async function isSessionOf(tx: Transaction, { userId, previous }: Unverified, now: Date): Promise<boolean> {
  if (previous?.userId !== userId) return false;
  const where = { id: previous.sessionId, userId, revokedAt: null, expiresAt: { gt: now } };
  return (await tx.session.count({ where })) > 0;
}

async function assertNobodyCountsOnIt(
  tx: Transaction,
  { userId, organizationId }: Unverified,
): Promise<void> {
  const guarded = hasSecondFactor(await findSecondFactors(tx, userId));
  const elsewhere = (await listMembershipOrganizations(tx, userId)).some((id) => id !== organizationId);
  const owner = await tx.membership.count({ where: { organizationId, userId, role: 'owner' } });
  if (!guarded && !elsewhere && owner === 0) return;
  throw new IdentityError(
    'account_not_linked',
    'Cannot sign in this way: the address has an account that was never verified; sign in to it first, in this browser',
  );
}

async function endWaysIn(tx: Transaction, userId: string, nowMs: number): Promise<void> {
  await tx.passwordCredential.deleteMany({ where: { userId } });
  await tx.totpFactor.deleteMany({ where: { userId, confirmedAt: null } });
  await tx.account.deleteMany({ where: { userId } });
  await tx.authChallenge.deleteMany({ where: { userId } });
  await tx.emailChange.deleteMany({ where: { userId } });
  await tx.verificationToken.deleteMany({ where: { identifier: userId } });
  await revokeSessions(tx, userId, 'all', nowMs);
}
