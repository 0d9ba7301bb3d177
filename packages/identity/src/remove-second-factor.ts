/**
 * A member has lost their second factor and their recovery codes: somebody who administers takes it off.
 *
 * A factor is the person's, not the organization's: it guards them everywhere. So an administrator may do this only for
 * who belongs to no other organization; for everybody else it takes the operator, who answers for all of them. Neither
 * for somebody who may do more than they may themselves, nor for themselves: who is signed in turns their own off.
 */
import { recordAudit } from '@tollgate/audit';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { auditActor, type OrganizationActor, type PersonActor } from './actor.ts';
import type { PersonEventPlace } from './audit-person.ts';
import { parseEmailAddress } from './email-address.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { lockMembersAccount } from './members-account.ts';
import { getMember, listMembershipOrganizations } from './membership.ts';
import { findSecondFactors, hasSecondFactor } from './second-factor.ts';
import { mailSecurityChange } from './security-mail.ts';
import { revokeSessions } from './session.ts';
import { findUserByEmail } from './user.ts';

export interface RemovedSecondFactor {
  readonly passkeyCount: number;
  readonly totp: boolean;
  readonly endedSessionCount: number;
}

/**
 * @param actor A person: a token does not do this.
 * @throws {IdentityError} `not_found` (no such member, or no factor), `exceeds_own_permissions` (oneself
 *   among them), `operators_account`, `member_of_others`.
 */
export async function removeMembersSecondFactor(
  context: IdentityContext,
  actor: OrganizationActor & { readonly actor: PersonActor },
  memberId: string,
  origin: Origin,
): Promise<RemovedSecondFactor> {
  const { organizationId } = actor;
  const nowMs = context.clock.nowMs();
  const { userId } = await context.database.tenant(organizationId, (tx) =>
    getMember(tx, organizationId, memberId),
  );
  if (userId === actor.actor.userId) throw ownAccount();
  return context.database.person({ userId, organizationId }, async (tx, use) => {
    const { organizationIds } = await lockMembersAccount(
      tx,
      context,
      actor,
      userId,
      'Cannot take the second factor off: the person belongs to other organizations, too; the operator can',
    );
    return remove({ tx, use, origin, nowMs }, context, { userId, organizationIds, by: actor.actor });
  });
}

/**
 * As the operator, for a person of any organizations: each of them and the operator's own see it in their logs.
 *
 * @throws {IdentityError} `invalid_email`, `not_found` (no such account, or no factor).
 */
export async function removeAnybodysSecondFactor(
  context: IdentityContext,
  operator: PersonActor,
  emailText: string,
  origin: Origin,
): Promise<RemovedSecondFactor> {
  const found = await findUserByEmail(context.database, parseEmailAddress(emailText));
  if (found === undefined) {
    throw new IdentityError('not_found', 'Cannot find the account: nobody has this address here');
  }
  const userId = found.id;
  if (userId === operator.userId) throw ownAccount();
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId }, async (tx, use) => {
    await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId} FOR NO KEY UPDATE`;
    const organizationIds = [...(await listMembershipOrganizations(tx, userId)), OPERATOR_ORGANIZATION_ID];
    return remove({ tx, use, origin, nowMs }, context, { userId, organizationIds, by: operator });
  });
}

async function remove(
  { tx, use, origin, nowMs }: PersonEventPlace,
  context: IdentityContext,
  { userId, organizationIds, by }: Removal,
): Promise<RemovedSecondFactor> {
  const factors = await findSecondFactors(tx, userId);
  if (!hasSecondFactor(factors)) {
    throw new IdentityError('not_found', 'Cannot take the second factor off: there is none');
  }
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  await tx.passkey.deleteMany({ where: { userId } });
  await tx.totpFactor.deleteMany({ where: { userId } });
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.authChallenge.deleteMany({ where: { userId } });
  // What was lost may have been found by somebody.
  const endedSessionCount = await revokeSessions(tx, userId, 'all', nowMs);
  const change = { change: 'factors-removed', detail: by.email } as const;
  await mailSecurityChange(tx, context, userId, change, nowMs);
  for (const organizationId of organizationIds) {
    await use(organizationId);
    await recordAudit(tx, {
      organizationId,
      actor: auditActor(by),
      origin,
      action: 'second-factor-removed',
      target: { kind: 'user', id: userId, name: user.email },
      before: { ...factors },
      after: { endedSessionCount },
      nowMs,
    });
  }
  return { ...factors, endedSessionCount };
}

interface Removal {
  readonly userId: string;
  readonly organizationIds: readonly string[];
  readonly by: PersonActor;
}

function ownAccount(): IdentityError {
  return new IdentityError(
    'exceeds_own_permissions',
    'Cannot take off one’s own second factor this way: turn it off in one’s own security settings',
  );
}
