/**
 * One of the ways into an account changes at a time: what is taken away and what is opened by it meanwhile wait for each
 * other, by the row of the person.
 *
 * Whoever opens something holds it in common (`holdWaysIn`) and looks again at what it is opened by; whoever changes a way
 * in holds it alone (`changeWaysIn`). Both before anything else in their transaction: the one cannot become the other
 * without two of them waiting for each other for ever.
 */
import type { Transaction } from '@tollgate/db';
import type { PersonActor } from './actor.ts';
import { IdentityError } from './identity-error.ts';

/** In a transaction of the person. */
export async function holdWaysIn(tx: Transaction, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId} FOR SHARE`;
}

/** In a transaction of the person. */
export async function changeWaysIn(tx: Transaction, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId} FOR NO KEY UPDATE`;
}

/**
 * For what outlives the session that asks for it: one that has ended by now, with a new password perhaps, leaves nothing.
 *
 * @throws {IdentityError} `session_ended`.
 */
export async function changeWaysInBySession(
  tx: Transaction,
  { userId, sessionId }: Pick<PersonActor, 'userId' | 'sessionId'>,
): Promise<void> {
  await changeWaysIn(tx, userId);
  const session = await tx.session.findFirst({
    where: { id: sessionId, userId },
    select: { revokedAt: true },
  });
  if (session !== null && session.revokedAt === null) return;
  throw new IdentityError('session_ended', 'Cannot go on: this session has ended; sign in again');
}
