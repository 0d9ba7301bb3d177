/**
 * Somebody who administers ends every session of a member: a laptop is lost, or somebody has left in a hurry.
 *
 * A session is the person's, not the organization's, and gets into every one of theirs. So it is for who belongs to no
 * other organization, and never for somebody who may do more than who asks; one's own are ended on the page of sessions.
 */
import { recordAudit } from '@tollgate/audit';
import { auditActor, type OrganizationActor, type PersonActor } from './actor.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { lockMembersAccount } from './members-account.ts';
import { getMember } from './membership.ts';
import { revokeSessions } from './session.ts';

/**
 * @param actor A person: a token does not do this.
 * @returns How many ended; none are no event.
 * @throws {IdentityError} `not_found`, `exceeds_own_permissions` (oneself among them), `operators_account`,
 *   `member_of_others`.
 */
export async function endMembersSessions(
  context: IdentityContext,
  actor: OrganizationActor & { readonly actor: PersonActor },
  memberId: string,
  origin: Origin,
): Promise<number> {
  const { organizationId } = actor;
  const nowMs = context.clock.nowMs();
  const { userId } = await context.database.tenant(organizationId, (tx) =>
    getMember(tx, organizationId, memberId),
  );
  if (userId === actor.actor.userId) {
    throw new IdentityError(
      'exceeds_own_permissions',
      'Cannot end your own sessions here: use your own page',
    );
  }
  return context.database.person({ userId, organizationId }, async (tx) => {
    const { email } = await lockMembersAccount(
      tx,
      context,
      actor,
      userId,
      'Cannot end the sessions: the person belongs to other organizations, too',
    );
    const endedSessionCount = await revokeSessions(tx, userId, 'all', nowMs);
    if (endedSessionCount === 0) return 0;
    await recordAudit(tx, {
      organizationId,
      actor: auditActor(actor.actor),
      origin,
      action: 'sessions-revoked',
      target: { kind: 'user', id: userId, name: email },
      after: { endedSessionCount },
      nowMs,
    });
    return endedSessionCount;
  });
}
