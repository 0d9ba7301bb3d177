/** Whether somebody whom the provider has proved is a member, or becomes one. */
import { recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { auditActor, type PersonActor } from '../actor.ts';
import type { IdentityContext, Origin } from '../identity-context.ts';
import { IdentityError } from '../identity-error.ts';
import { acceptInvitationRow, type FoundInvitation } from '../invitation.ts';
import { insertMembership } from '../membership.ts';
import { isBuiltInRole } from '../permission.ts';
import type { RoleReference } from '../role.ts';

export type LetIn = 'member' | 'invited' | 'provisioned';

interface Arrival {
  readonly organizationId: string;
  readonly identityProviderId: string;
  readonly actor: PersonActor;
  /** They have been a member before by this provider. */
  readonly known: boolean;
}

/**
 * In a transaction of the person, inside the organization. An open invitation comes before everything else: it says what
 * somebody wanted for this very person, and brings back whoever was removed.
 *
 * @returns By what they are a member.
 * @throws {IdentityError} `removed_from_organization`, `not_a_member`; `invitation_outgrown`.
 */
export async function letIn(
  tx: Transaction,
  context: IdentityContext,
  { organizationId, identityProviderId, actor, known }: Arrival,
  origin: Origin,
  nowMs: number,
): Promise<LetIn> {
  const { userId } = actor;
  const member = await tx.membership.count({ where: { organizationId, userId } });
  if (member > 0) return 'member';
  const invitation = await findInvitation(tx, organizationId, actor.email, nowMs);
  if (invitation !== undefined) {
    await acceptInvitationRow(tx, context, invitation, actor, origin, nowMs);
    return 'invited';
  }
  // By the address as well: its person may have another one by now, and would come as somebody new.
  const removed = await tx.memberRemoval.count({
    where: { organizationId, OR: [{ userId }, { email: actor.email }] },
  });
  if (known || removed > 0) {
    throw new IdentityError(
      'removed_from_organization',
      'Cannot sign in: you were removed from the organization; ask for an invitation',
    );
  }
  await provision(tx, context, { organizationId, identityProviderId, actor }, origin, nowMs);
  return 'provisioned';
}

/** Of the person's own address, as for whoever opens its link. */
async function findInvitation(
  tx: Transaction,
  organizationId: string,
  email: string,
  nowMs: number,
): Promise<FoundInvitation | undefined> {
  const row = await tx.invitation.findFirst({
    where: { organizationId, email, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date(nowMs) } },
    orderBy: { createdAt: 'desc' },
    select: { id: true, email: true, role: true },
  });
  return row === null ? undefined : { ...row, organizationId, organizationName: '' };
}

async function provision(
  tx: Transaction,
  context: IdentityContext,
  { organizationId, identityProviderId, actor }: Omit<Arrival, 'known'>,
  origin: Origin,
  nowMs: number,
): Promise<void> {
  // Nobody joins, or takes a seat of, an organization that closes meanwhile.
  await tx.$queryRaw`SELECT 1 AS locked FROM organizations WHERE id = ${organizationId} FOR SHARE`;
  const provider = await tx.identityProvider.findFirst({
    where: { organizationId, id: identityProviderId, disabledAt: null },
    select: { provisioning: true, defaultRole: true },
  });
  if (provider?.provisioning !== true) {
    throw new IdentityError('not_a_member', 'Cannot sign in: you are no member; ask for an invitation');
  }
  const role = await findRole(tx, organizationId, provider.defaultRole);
  const { userId } = actor;
  const membershipId = await insertMembership(tx, { organizationId, userId, ...role }, nowMs);
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor),
    origin,
    action: 'member-provisioned',
    target: { kind: 'member', id: membershipId, name: actor.email },
    after: { email: actor.email, role: provider.defaultRole, identityProviderId },
    nowMs,
  });
  await context.onJoin?.(tx, { organizationId, membershipId, actor: auditActor(actor), origin, nowMs });
}

async function findRole(tx: Transaction, organizationId: string, id: string): Promise<RoleReference> {
  if (isBuiltInRole(id)) return { role: id, customRoleId: null };
  await tx.$queryRaw`SELECT 1 FROM roles WHERE organization_id = ${organizationId} AND id = ${id} FOR SHARE`;
  const custom = await tx.role.findFirst({ where: { organizationId, id }, select: { id: true } });
  if (custom === null) {
    throw new IdentityError('provider_misconfigured', 'Cannot join: the role for new members is gone');
  }
  return { role: 'custom', customRoleId: custom.id };
}
