/**
 * What somebody has beside a password, when it is asked for, and what an organization wants of its members.
 *
 * Whoever has a second factor of their own is asked for it at every sign-in, by password and by an identity provider
 * alike; a passkey is two factors and asks for no more. Thus every session of such a person has shown one: turning the
 * first one on ends the others, turning the last one off forgets that it was shown.
 */
import type { Transaction } from '@tollgate/db';
import type { PersonActor } from './actor.ts';
import { auditPerson, type PersonEventPlace } from './audit-person.ts';
import type { IdentityContext } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { countRecoveryCodes, issueRecoveryCodes, spendRecoveryCode } from './recovery-code.ts';
import { mailSecurityChange } from './security-mail.ts';
import { revokeSessions } from './session.ts';
import { spendTotpCode } from './totp-code.ts';
import { changeWaysInBySession } from './ways-in.ts';

/** What members need. `required-or-provider`: a sign-in at an identity provider is enough. */
export const SECOND_FACTOR_POLICIES = ['optional', 'required', 'required-or-provider'] as const;
export type SecondFactorPolicy = (typeof SECOND_FACTOR_POLICIES)[number];

/** Whether the session has shown what the organization wants. Default deny: an unknown policy is the strict one. */
export function meetsSecondFactorPolicy(
  policy: string,
  actor: Pick<PersonActor, 'secondFactorAt' | 'provider'>,
): boolean {
  if (policy === 'optional' || actor.secondFactorAt !== null) return true;
  return policy === 'required-or-provider' && actor.provider !== '';
}

const STRICTNESS: Readonly<Record<SecondFactorPolicy, number>> = {
  optional: 0,
  'required-or-provider': 1,
  required: 2,
};

/** @param before As it stands in the row. @returns Whether sign-ins would be enough that were not before. */
export function asksForLess(before: string, after: SecondFactorPolicy): boolean {
  const known = SECOND_FACTOR_POLICIES.find((policy) => policy === before) ?? 'required';
  return STRICTNESS[after] < STRICTNESS[known];
}

export interface SecondFactors {
  readonly passkeyCount: number;
  readonly totp: boolean;
}

/** In a transaction of the person. */
export async function findSecondFactors(tx: Transaction, userId: string): Promise<SecondFactors> {
  const passkeyCount = await tx.passkey.count({ where: { userId } });
  const totp = await tx.totpFactor.count({ where: { userId, confirmedAt: { not: null } } });
  return { passkeyCount, totp: totp > 0 };
}

export function hasSecondFactor({ passkeyCount, totp }: SecondFactors): boolean {
  return totp || passkeyCount > 0;
}

/** How long a sign-in counts as recent. */
export const RECENT_MS = 15 * 60_000;

/** @throws {IdentityError} `reauthentication_required`: the last sign-in is more than 15 minutes ago. */
export function assertRecentSignIn(actor: Pick<PersonActor, 'authenticatedAt'>, nowMs: number): void {
  if (nowMs - actor.authenticatedAt.getTime() <= RECENT_MS) return;
  throw new IdentityError('reauthentication_required', 'Cannot do this: sign in again first');
}

/** @throws {IdentityError} `reauthentication_required`: no second factor was shown in the last 15 minutes. */
export function assertRecentSecondFactor(actor: Pick<PersonActor, 'secondFactorAt'>, nowMs: number): void {
  if (actor.secondFactorAt !== null && nowMs - actor.secondFactorAt.getTime() <= RECENT_MS) return;
  throw new IdentityError('reauthentication_required', 'Cannot do this: show your second factor again first');
}

/**
 * Only who has shown that the address is theirs: whoever made an account with another's address must not keep a way
 * into it when its owner resets the password.
 *
 * @throws {IdentityError} `email_not_verified`.
 */
export function assertMayEnrol({ emailVerified }: Pick<PersonActor, 'emailVerified'>): void {
  if (emailVerified) return;
  throw new IdentityError(
    'email_not_verified',
    'Cannot add a second factor: verify your e-mail address first',
  );
}

export function wrongCode(): IdentityError {
  return new IdentityError('wrong_code', 'Cannot accept this code: it is wrong, used or too old', {
    field: 'code',
  });
}

export interface CodeOwner {
  readonly id: string;
  readonly email: string;
}

/**
 * A code of the authenticator app, or a recovery code; either counts once. The use of a recovery code is audited and
 * mailed. In a transaction of the person.
 *
 * @returns Which it was; undefined for a wrong or used one.
 */
export async function spendSecondFactorCode(
  place: PersonEventPlace,
  context: IdentityContext,
  user: CodeOwner,
  code: string,
): Promise<'totp' | 'recovery-code' | undefined> {
  const { tx, nowMs } = place;
  if (await spendTotpCode(tx, context, user.id, code, nowMs)) return 'totp';
  if (!(await spendRecoveryCode(tx, user.id, code, nowMs))) return undefined;
  const recoveryCodeCount = await countRecoveryCodes(tx, user.id);
  const change = { change: 'recovery-code-used', detail: String(recoveryCodeCount) } as const;
  await mailSecurityChange(tx, context, user.id, change, nowMs);
  await auditPerson(place, user, {
    action: 'recovery-code-used',
    target: { kind: 'user', id: user.id, name: user.email },
    after: { recoveryCodeCount },
  });
  return 'recovery-code';
}

/**
 * A factor was added in this session: it has shown it, and with the first one every other session ends. After
 * `changeWaysInBySession`: a sign-in that has found no factor yet has opened its session by then, and it is ended.
 *
 * @returns Recovery codes, with the first factor.
 */
export async function afterFactorAdded(
  tx: Transaction,
  actor: PersonActor,
  before: SecondFactors,
  nowMs: number,
): Promise<readonly string[] | null> {
  await tx.session.updateMany({
    where: { id: actor.sessionId, userId: actor.userId },
    data: { secondFactorAt: new Date(nowMs) },
  });
  if (hasSecondFactor(before)) return null;
  await revokeSessions(tx, actor.userId, { except: actor.sessionId }, nowMs);
  return issueRecoveryCodes(tx, actor.userId, nowMs);
}

/** A factor is gone. With the last one, no session has shown one any longer, and recovery codes open nothing. */
export async function afterFactorRemoved(tx: Transaction, userId: string): Promise<void> {
  if (hasSecondFactor(await findSecondFactors(tx, userId))) return;
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.session.updateMany({ where: { userId }, data: { secondFactorAt: null } });
}

/** Makes ten new codes; the old ones open nothing any longer. @throws {IdentityError} `not_found`: no factor. */
export function renewRecoveryCodes(
  context: IdentityContext,
  actor: PersonActor,
  origin: PersonEventPlace['origin'],
): Promise<readonly string[]> {
  const nowMs = context.clock.nowMs();
  assertRecentSecondFactor(actor, nowMs);
  const { userId, email } = actor;
  return context.database.person({ userId }, async (tx, use) => {
    await changeWaysInBySession(tx, actor);
    if (!hasSecondFactor(await findSecondFactors(tx, userId))) {
      throw new IdentityError('not_found', 'Cannot make recovery codes: there is no second factor');
    }
    const codes = await issueRecoveryCodes(tx, userId, nowMs);
    await mailSecurityChange(tx, context, userId, { change: 'recovery-codes-made', detail: '' }, nowMs);
    await auditPerson(
      { tx, use, origin, nowMs },
      { id: userId, email },
      {
        action: 'recovery-codes-created',
        target: { kind: 'user', id: userId, name: email },
        after: { recoveryCodeCount: codes.length },
      },
    );
    return codes;
  });
}
