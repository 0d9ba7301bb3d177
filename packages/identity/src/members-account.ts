/**
 * What administrators of one organization do to a member's account, which is the person's and gets into every one of
 * theirs: only for who belongs to no other organization, and never for somebody who may do more than who asks.
 */
import type { Transaction } from '@tollgate/db';
import type { OrganizationActor, PersonActor } from './actor.ts';
import type { IdentityContext } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { listMembershipOrganizations } from './membership.ts';
import { assertMayGrant, permissionsOf } from './role.ts';
import { isNamedOperator } from './user.ts';

export interface MembersAccount {
  readonly email: string;
  /** The actor's alone. */
  readonly organizationIds: readonly string[];
}

/**
 * Locks the account, in the transaction of its person and the actor's organization.
 *
 * @param onlyHere The message where the person belongs to others, too.
 * @throws {IdentityError} `not_found`, `exceeds_own_permissions`, `operators_account`, `member_of_others`.
 */
export async function lockMembersAccount(
  tx: Transaction,
  context: IdentityContext,
  actor: OrganizationActor & { readonly actor: PersonActor },
  userId: string,
  onlyHere: string,
): Promise<MembersAccount> {
  const { organizationId } = actor;
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId} FOR NO KEY UPDATE`;
  const row = await tx.membership.findFirst({
    where: { organizationId, userId },
    include: {
      customRole: { select: { permissions: true } },
      user: { select: { email: true, emailVerifiedAt: true, isOperator: true } },
    },
  });
  if (row === null) throw new IdentityError('not_found', 'Cannot find the member: it does not exist here');
  const { user } = row;
  assertMayGrant(actor, [...permissionsOf(row, row.customRole?.permissions)]);
  if (!actor.actor.isOperator && (user.isOperator || isNamedOperator(context.settings, user))) {
    throw new IdentityError(
      'operators_account',
      'Cannot act on this account: the person is an operator of the installation, who may do more than you',
    );
  }
  const organizationIds = await listMembershipOrganizations(tx, userId);
  if (organizationIds.some((id) => id !== organizationId)) {
    throw new IdentityError('member_of_others', onlyHere);
  }
  return { email: user.email, organizationIds };
}
