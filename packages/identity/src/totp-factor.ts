/** The authenticator app of a person: begun, confirmed by a code, turned off. The secret is sealed where it rests. */
import { randomBytes } from 'node:crypto';
import type { Transaction } from '@tollgate/db';
import type { PersonActor } from './actor.ts';
import { auditPerson } from './audit-person.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import {
  afterFactorAdded,
  afterFactorRemoved,
  assertMayEnrol,
  assertRecentSecondFactor,
  findSecondFactors,
  wrongCode,
} from './second-factor.ts';
import { mailSecurityChange } from './security-mail.ts';
import { throttle } from './throttle.ts';
import { findTotpStep, toBase32, totpUri } from './totp.ts';
import { openTotpSecret, sealTotpSecret } from './totp-code.ts';
import { changeWaysInBySession } from './ways-in.ts';

/** RFC 4226, section 4: 160 bits. */
const SECRET_BYTES = 20;
const CONFIRM_WITHIN_MS = 15 * 60_000;
const CONFIRM_WINDOW_MS = 15 * 60_000;
const CONFIRM_LIMIT = 10;

export interface TotpSetup {
  /** To be typed. */
  readonly secret: string;
  /** To be scanned. */
  readonly uri: string;
}

/** Not in force until a code confirms it. @throws {IdentityError} `email_not_verified`, `second_factor_exists`. */
export async function beginTotp(context: IdentityContext, actor: PersonActor): Promise<TotpSetup> {
  assertMayEnrol(actor);
  const { userId, email } = actor;
  const nowMs = context.clock.nowMs();
  const secret = randomBytes(SECRET_BYTES);
  const data = {
    secretCiphertext: sealTotpSecret(context, userId, secret),
    lastStep: 0n,
    createdAt: new Date(nowMs),
  };
  await context.database.person({ userId }, async (tx) => {
    const { count } = await tx.totpFactor.updateMany({ where: { userId, confirmedAt: null }, data });
    if (count > 0) return;
    await assertNone(tx, userId);
    await tx.totpFactor.create({ data: { ...data, userId }, select: { userId: true } });
  });
  const issuer = `Tollgate (${new URL(context.settings.consoleUrl).host})`;
  return { secret: toBase32(secret), uri: totpUri(secret, email, issuer) };
}

/**
 * @returns Recovery codes, with the person's first second factor.
 * @throws {IdentityError} `wrong_code`, `second_factor_exists`, `not_found` (none begun, or too long ago),
 *   `too_many_attempts`, `session_ended`.
 */
export async function confirmTotp(
  context: IdentityContext,
  actor: PersonActor,
  code: string,
  origin: Origin,
): Promise<readonly string[] | null> {
  assertMayEnrol(actor);
  const { userId, email } = actor;
  const subject = `totp:confirm:${userId}`;
  await throttle(context.attempts, [{ subject, limit: CONFIRM_LIMIT, windowMs: CONFIRM_WINDOW_MS }]);
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId }, async (tx, use) => {
    await changeWaysInBySession(tx, actor);
    await assertNone(tx, userId);
    const begun = await tx.totpFactor.findFirst({
      where: { userId, createdAt: { gt: new Date(nowMs - CONFIRM_WITHIN_MS) } },
    });
    if (begun === null)
      throw new IdentityError('not_found', 'Cannot confirm: begin anew, nothing is waiting');
    const before = await findSecondFactors(tx, userId);
    const step = findTotpStep(openTotpSecret(context, userId, begun.secretCiphertext), code, nowMs);
    if (step === undefined) throw wrongCode();
    // Two confirmations at once: one of them finds nothing to confirm.
    const { count } = await tx.totpFactor.updateMany({
      where: { userId, confirmedAt: null },
      data: { confirmedAt: new Date(nowMs), lastStep: BigInt(step) },
    });
    if (count === 0) throw exists();
    const codes = await afterFactorAdded(tx, actor, before, nowMs);
    await mailSecurityChange(tx, context, userId, { change: 'totp-on', detail: '' }, nowMs);
    await auditPerson(
      { tx, use, origin, nowMs },
      { id: userId, email },
      {
        action: 'totp-enabled',
        target: { kind: 'user', id: userId, name: email },
        after: { recoveryCodeCount: codes?.length ?? null },
      },
    );
    return codes;
  });
}

/** @throws {IdentityError} `reauthentication_required`, `not_found`. */
export async function removeTotp(
  context: IdentityContext,
  actor: PersonActor,
  origin: Origin,
): Promise<void> {
  const { userId, email } = actor;
  const nowMs = context.clock.nowMs();
  assertRecentSecondFactor(actor, nowMs);
  await context.database.person({ userId }, async (tx, use) => {
    await changeWaysInBySession(tx, actor);
    const where = { userId, confirmedAt: { not: null } };
    const before = await tx.totpFactor.findFirst({ where, select: { confirmedAt: true } });
    const { count } = await tx.totpFactor.deleteMany({ where });
    if (count === 0)
      throw new IdentityError('not_found', 'Cannot turn it off: there is no authenticator app');
    await afterFactorRemoved(tx, userId);
    await mailSecurityChange(tx, context, userId, { change: 'totp-off', detail: '' }, nowMs);
    await auditPerson(
      { tx, use, origin, nowMs },
      { id: userId, email },
      {
        action: 'totp-disabled',
        target: { kind: 'user', id: userId, name: email },
        before: { since: before?.confirmedAt ?? null },
      },
    );
  });
}

async function assertNone(tx: Transaction, userId: string): Promise<void> {
  if ((await findSecondFactors(tx, userId)).totp) throw exists();
}

function exists(): IdentityError {
  return new IdentityError('second_factor_exists', 'Cannot add an authenticator app: there is one already');
}
