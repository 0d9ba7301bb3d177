/**
 * The end of an organization, by its owner: nothing is served and nothing is changed any more, at once and for good.
 * What was stays readable for its members, because invoices and the audit log outlive a contract.
 */
import { recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { auditActor, type OrganizationActor, userIdOf } from './actor.ts';
import type { Origin } from './identity-context.ts';
import { disableIdentityProvider } from './single-sign-on/identity-provider.ts';

export interface ClosedOrganization {
  readonly revokedKeyCount: number;
  readonly revokedTokenCount: number;
  readonly revokedInvitationCount: number;
}

/**
 * Gateways stop at the suspension, which reaches them as one change however many keys there are. Secrets of providers
 * are erased: nobody needs them again.
 */
export async function closeOrganization(
  tx: Transaction,
  actor: OrganizationActor,
  origin: Origin,
  nowMs: number,
): Promise<ClosedOrganization> {
  const { organizationId } = actor;
  const now = new Date(nowMs);
  const organization = await tx.organization.update({
    where: { id: organizationId },
    data: { closedAt: now, suspendedAt: now, updatedAt: now },
  });
  const keys = await tx.virtualKey.updateMany({
    where: { organizationId, revokedAt: null },
    data: { revokedAt: now, revokedById: userIdOf(actor.actor), updatedAt: now, version: { increment: 1 } },
  });
  const tokens = await tx.adminToken.updateMany({
    where: { organizationId, revokedAt: null },
    data: { revokedAt: now },
  });
  const invitations = await tx.invitation.updateMany({
    where: { organizationId, acceptedAt: null, revokedAt: null },
    data: { revokedAt: now },
  });
  await tx.providerCredential.updateMany({
    where: { organizationId },
    data: {
      disabledAt: now,
      secretCiphertext: null,
      secretHint: '',
      secretSetAt: null,
      updatedAt: now,
      version: { increment: 1 },
    },
  });
  await disableIdentityProvider(tx, organizationId, nowMs);
  // From now on nobody could: a plan would be charged for ever. What is owed until now stays owed.
  await tx.subscription.updateMany({ where: { organizationId, endsAt: null }, data: { endsAt: now } });
  const counts: ClosedOrganization = {
    revokedKeyCount: keys.count,
    revokedTokenCount: tokens.count,
    revokedInvitationCount: invitations.count,
  };
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action: 'organization-closed',
    target: { kind: 'organization', id: organizationId, name: organization.name },
    before: { closedAt: null },
    after: { closedAt: now, ...counts },
    nowMs,
  });
  return counts;
}
