/**
 * Changing one's own address: asked for in a recent session, confirmed from the new address, taken back from the old one.
 *
 * - Nothing changes before the link that goes to the new address is opened, in a session of the very account: else
 *   whoever names another's address would have it confirmed by its owner.
 * - The old address, if it was verified, hears of it with a link that takes the change back for a week, in no session at
 *   all: whoever has taken an account over has its sessions. Meanwhile nobody else gets that address (a trigger of the
 *   table). It leaves no way in that came with or after the change, and the password is set anew by mail.
 * - An address that was never verified may be a stranger's: it gets no such link.
 * - Every other session ends with the change, and links that went to the old mailbox open nothing any longer.
 */
import { isUniqueViolation, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { queueMail } from '@tollgate/mail';
import type { PersonActor } from './actor.ts';
import { auditPerson, type PersonEvent, type PersonEventPlace } from './audit-person.ts';
import { parseEmailAddress } from './email-address.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { queueMailToken } from './mail-token.ts';
import { hashToken, isToken, mintToken } from './opaque-token.ts';
import { afterFactorRemoved } from './second-factor.ts';
import { revokeSessions } from './session.ts';
import { assertAddressIsOwn } from './single-sign-on/enforcement.ts';
import { networkOf, throttle } from './throttle.ts';
import { findUserByEmail, isNamedOperator } from './user.ts';
import { changeWaysIn, changeWaysInBySession } from './ways-in.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CONFIRM_WITHIN_MS = DAY_MS;
const UNDO_WITHIN_MS = 7 * DAY_MS;
const CHANGES_PER_DAY = 5;

export interface WaitingEmailChange {
  readonly email: string;
  readonly expiresAt: Date;
}

/** In a transaction of the person. @returns The change that waits for an answer from the new address, if there is one. */
export async function findWaitingEmailChange(
  tx: Transaction,
  userId: string,
  nowMs: number,
): Promise<WaitingEmailChange | undefined> {
  const row = await tx.emailChange.findFirst({
    where: { userId, confirmedAt: null, expiresAt: { gt: new Date(nowMs) } },
    select: { newEmail: true, expiresAt: true },
  });
  return row === null ? undefined : { email: row.newEmail, expiresAt: row.expiresAt };
}

/**
 * Sends the link to the new address. A change that waits already is replaced.
 *
 * @throws {IdentityError} `invalid_email`, `email_unchanged`, `email_taken`, `address_managed`, `too_many_attempts`.
 */
export async function requestEmailChange(
  context: IdentityContext,
  actor: PersonActor,
  emailText: string,
  origin: Origin,
): Promise<WaitingEmailChange> {
  const { userId, email: oldEmail, name, locale } = actor;
  const newEmail = parseEmailAddress(emailText);
  if (newEmail === oldEmail) {
    throw new IdentityError('email_unchanged', 'Cannot change the address: it is yours already', {
      field: 'email',
    });
  }
  await throttle(context.attempts, [
    { subject: `email-change:${userId}`, limit: CHANGES_PER_DAY, windowMs: DAY_MS },
  ]);
  if ((await findUserByEmail(context.database, newEmail)) !== undefined) throw taken();
  const nowMs = context.clock.nowMs();
  const token = mintToken();
  const confirmHash = hashToken(token);
  const expiresAt = new Date(nowMs + CONFIRM_WITHIN_MS);
  await context.database.person({ userId }, async (tx, use) => {
    await assertAddressIsOwn(tx, actor);
    await tx.emailChange.deleteMany({ where: { userId, confirmedAt: null } });
    await tx.emailChange.create({
      data: {
        id: newId('event', nowMs),
        userId,
        oldEmail,
        newEmail,
        confirmHash,
        createdAt: new Date(nowMs),
        expiresAt,
      },
      select: { id: true },
    });
    await queueMail(tx, context.encryptionKeys, {
      template: 'confirm-email',
      recipient: newEmail,
      causeId: confirmHash,
      locale,
      data: { name, email: newEmail, link: `${context.settings.consoleUrl}/confirm-email#token=${token}` },
      nowMs,
    });
    await auditWaiting({ tx, use, origin, nowMs }, actor, 'user-email-change-requested', {
      after: { email: newEmail },
    });
  });
  return { email: newEmail, expiresAt };
}

/** @returns Whether one was waiting. */
export function cancelEmailChange(
  context: IdentityContext,
  actor: PersonActor,
  origin: Origin,
): Promise<boolean> {
  const { userId } = actor;
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId }, async (tx, use) => {
    const waiting = await findWaitingEmailChange(tx, userId, nowMs);
    const { count } = await tx.emailChange.deleteMany({ where: { userId, confirmedAt: null } });
    if (count === 0) return false;
    const before = { email: waiting?.email ?? null };
    await auditWaiting({ tx, use, origin, nowMs }, actor, 'user-email-change-cancelled', { before });
    return true;
  });
}

/** The person still has the address that they had. */
function auditWaiting(
  place: PersonEventPlace,
  { userId: id, email }: PersonActor,
  action: string,
  detail: Pick<PersonEvent, 'before' | 'after'>,
): Promise<void> {
  return auditPerson(place, { id, email }, { action, target: { kind: 'user', id, name: email }, ...detail });
}

/**
 * The link of the new address was opened by its person.
 *
 * @throws {IdentityError} `invalid_token`: unknown, used, replaced, expired, or another account's; `email_taken`:
 *   somebody else got the address meanwhile.
 */
export async function confirmEmailChange(
  context: IdentityContext,
  actor: PersonActor,
  token: string,
  origin: Origin,
): Promise<{ readonly email: string }> {
  await throttle(context.attempts, [
    { subject: `token:${networkOf(origin.ipAddress)}`, limit: 100, windowMs: HOUR_MS },
  ]);
  const { userId } = actor;
  const nowMs = context.clock.nowMs();
  try {
    return await context.database.person({ userId }, (tx, use) =>
      apply({ tx, use, origin, nowMs }, context, actor, token),
    );
  } catch (error) {
    throw isUniqueViolation(error) ? taken() : error;
  }
}

async function apply(
  place: PersonEventPlace,
  context: IdentityContext,
  actor: PersonActor,
  token: string,
): Promise<{ readonly email: string }> {
  const { tx, nowMs } = place;
  const { userId, sessionId } = actor;
  const now = new Date(nowMs);
  // One of two confirmations at once, or of a confirmation and a change taken back, waits for the other.
  await changeWaysInBySession(tx, { userId, sessionId });
  await assertAddressIsOwn(tx, actor);
  const change = isToken(token)
    ? await tx.emailChange.findFirst({
        where: { userId, confirmHash: hashToken(token), confirmedAt: null, expiresAt: { gt: now } },
      })
    : null;
  if (change === null) throw invalidLink();
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  const undo = user.emailVerifiedAt === null ? undefined : mintToken();
  const undoUntil = new Date(nowMs + UNDO_WITHIN_MS);
  await tx.emailChange.update({
    where: { id: change.id },
    data: {
      oldEmail: user.email,
      confirmedAt: now,
      ...(undo === undefined ? {} : { undoHash: hashToken(undo), undoUntil }),
    },
    select: { id: true },
  });
  await tx.user.update({
    where: { id: userId },
    data: { email: change.newEmail, emailVerifiedAt: now, updatedAt: now },
    select: { id: true },
  });
  await endWaitingLinks(tx, userId);
  const endedSessionCount = await revokeSessions(tx, userId, { except: sessionId }, nowMs);
  if (undo !== undefined) {
    await queueMail(tx, context.encryptionKeys, {
      template: 'email-changed',
      recipient: user.email,
      causeId: hashToken(undo),
      locale: user.locale,
      data: {
        name: user.name,
        email: change.newEmail,
        link: `${context.settings.consoleUrl}/undo-email-change#token=${undo}`,
      },
      nowMs,
    });
  }
  const person = { id: userId, email: change.newEmail };
  await auditPerson(place, person, {
    action: 'user-email-changed',
    target: { kind: 'user', id: userId, name: change.newEmail },
    before: { email: user.email },
    after: { email: change.newEmail, endedSessionCount },
  });
  return { email: change.newEmail };
}

/** What a mailbox that is left behind could still open. */
async function endWaitingLinks(tx: Transaction, userId: string): Promise<void> {
  await tx.verificationToken.deleteMany({ where: { identifier: userId } });
  await tx.authChallenge.deleteMany({ where: { userId } });
}

interface FoundChange {
  readonly id: string;
  readonly userId: string;
  readonly oldEmail: string;
  readonly newEmail: string;
  readonly undoUntil: Date;
}

/** @throws {IdentityError} `invalid_token`: unknown, used, overtaken by an earlier one, or too old. */
async function getUndoable(context: IdentityContext, token: string): Promise<FoundChange> {
  const rows = isToken(token)
    ? await context.database.platform(
        (tx) => tx.$queryRaw<FoundChange[]>`
          SELECT id, user_id AS "userId", old_email AS "oldEmail", new_email AS "newEmail", undo_until AS "undoUntil"
          FROM find_email_change(${hashToken(token)})`,
      )
    : [];
  const [row] = rows;
  if (row === undefined || row.undoUntil.getTime() <= context.clock.nowMs()) throw invalidLink();
  return row;
}

/**
 * The old address takes the change back. Of several changes the earliest link wins: with it, those of later ones end.
 *
 * @throws {IdentityError} `invalid_token`, `address_managed`, `too_many_attempts`.
 */
export async function undoEmailChange(
  context: IdentityContext,
  token: string,
  origin: Origin,
): Promise<{ readonly email: string }> {
  await throttle(context.attempts, [
    { subject: `token:${networkOf(origin.ipAddress)}`, limit: 100, windowMs: HOUR_MS },
  ]);
  const { id, userId } = await getUndoable(context, token);
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId }, async (tx, use) => {
    await changeWaysIn(tx, userId);
    // Anew under the lock: another link of theirs may have been faster.
    const change = await tx.emailChange.findFirst({ where: { id, userId, undoHash: hashToken(token) } });
    if (change === null || change.confirmedAt === null) throw invalidLink();
    await restore({ tx, use, origin, nowMs }, context, { ...change, confirmedAt: change.confirmedAt });
    return { email: change.oldEmail };
  });
}

async function restore(
  place: PersonEventPlace,
  context: IdentityContext,
  change: { readonly userId: string; readonly oldEmail: string; readonly confirmedAt: Date },
): Promise<void> {
  const { tx, nowMs } = place;
  const { userId, oldEmail, confirmedAt } = change;
  const now = new Date(nowMs);
  const before = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  const isOperator = before.isOperator || isNamedOperator(context.settings, before);
  await assertAddressIsOwn(tx, { isOperator }, confirmedAt);
  await tx.emailChange.deleteMany({
    where: { userId, OR: [{ confirmedAt: null }, { confirmedAt: { gte: confirmedAt } }] },
  });
  const user = await tx.user.update({
    where: { id: userId },
    data: { email: oldEmail, emailVerifiedAt: now, updatedAt: now },
  });
  // Whoever changed the address may have made further ways in, and knew the password or a factor. Links to providers of
  // organizations stay: they open nothing for an address that is not of the domain, and hold whoever has come by them.
  const since = { userId, createdAt: { gte: confirmedAt } };
  const accounts = await tx.account.deleteMany({ where: since });
  const passkeys = await tx.passkey.deleteMany({ where: since });
  const totp = await tx.totpFactor.deleteMany({ where: since });
  await afterFactorRemoved(tx, userId);
  await tx.passwordCredential.deleteMany({ where: { userId } });
  await endWaitingLinks(tx, userId);
  const endedSessionCount = await revokeSessions(tx, userId, 'all', nowMs);
  await queueMailToken(tx, context, 'reset-password', user);
  await auditPerson(place, user, {
    action: 'user-email-restored',
    target: { kind: 'user', id: userId, name: oldEmail },
    before: { email: before.email },
    after: {
      email: oldEmail,
      endedSessionCount,
      removedFactorCount: passkeys.count + totp.count,
      removedAccountCount: accounts.count,
    },
  });
}

function invalidLink(): IdentityError {
  return new IdentityError('invalid_token', 'Cannot use this link: it was used, replaced or has expired', {
    field: 'token',
  });
}

function taken(): IdentityError {
  return new IdentityError('email_taken', 'Cannot use this address: it has an account', { field: 'email' });
}
