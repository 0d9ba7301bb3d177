/**
 * Invitations are worth what whoever sent them may give away now, not when they sent them: looked at when somebody is
 * given less, and once more when one is accepted, because roles of the organization's own change as well.
 */
import type { Transaction } from '@tollgate/db';
import { can, canGrant, isBuiltInRole, type Permission, ROLE_PERMISSIONS } from './permission.ts';
import { effectivePermissions, permissionsOf } from './role.ts';
import { managesKeysOf } from './team-power.ts';

interface Inviter {
  readonly userId: string;
  readonly membershipId: string;
  readonly permissions: ReadonlySet<Permission>;
}

/** What an invitation gives away. */
interface Given {
  /** A built-in role, or the id of another. */
  readonly role: string;
  readonly teamId: string | null;
}

/** In a transaction of the organization. @returns How many open invitations of theirs were taken back. */
export async function revokeOutgrownInvitations(
  tx: Transaction,
  organizationId: string,
  inviter: Inviter,
  nowMs: number,
): Promise<number> {
  const open = await tx.invitation.findMany({
    where: { organizationId, invitedById: inviter.userId, acceptedAt: null, revokedAt: null },
    select: { id: true, role: true, teamId: true },
  });
  const outgrown: string[] = [];
  for (const { id, ...given } of open) {
    if (!(await mayInvite(tx, organizationId, inviter, given))) outgrown.push(id);
  }
  if (outgrown.length === 0) return 0;
  const { count } = await tx.invitation.updateMany({
    where: { organizationId, id: { in: outgrown }, acceptedAt: null, revokedAt: null },
    data: { revokedAt: new Date(nowMs) },
  });
  return count;
}

/** Whether whoever sent the invitation could send it now. Until the transaction ends, nobody changes or removes them. */
export async function isStillGranted(
  tx: Transaction,
  organizationId: string,
  invitedById: string,
  given: Given,
): Promise<boolean> {
  await holdInviter(tx, organizationId, invitedById);
  const row = await tx.membership.findFirst({
    where: { organizationId, userId: invitedById },
    include: { customRole: { select: { permissions: true } } },
  });
  if (row === null) return false;
  const permissions = permissionsOf(row, row.customRole?.permissions);
  return mayInvite(tx, organizationId, { userId: invitedById, membershipId: row.id, permissions }, given);
}

/** Before the invitation, as whoever removes them takes both. */
export async function holdInviter(
  tx: Transaction,
  organizationId: string,
  invitedById: string,
): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM memberships WHERE organization_id = ${organizationId} AND user_id = ${invitedById} FOR SHARE`;
}

async function mayInvite(
  tx: Transaction,
  organizationId: string,
  inviter: Inviter,
  { role, teamId }: Given,
): Promise<boolean> {
  if (!can(inviter, 'members:write')) return false;
  if (teamId !== null && !(await mayGiveTeam(tx, organizationId, inviter, teamId))) return false;
  return mayGiveRole(tx, organizationId, inviter, role);
}

async function mayGiveTeam(
  tx: Transaction,
  organizationId: string,
  inviter: Inviter,
  teamId: string,
): Promise<boolean> {
  const team = await tx.team.findFirst({ where: { organizationId, id: teamId, archivedAt: null } });
  // One that has gone since is joined by nobody.
  if (team === null) return true;
  return can(inviter, 'teams:write') && managesKeysOf(tx, { ...inviter, organizationId }, team);
}

async function mayGiveRole(
  tx: Transaction,
  organizationId: string,
  inviter: Inviter,
  role: string,
): Promise<boolean> {
  if (isBuiltInRole(role)) return canGrant(inviter, ROLE_PERMISSIONS[role]);
  await tx.$queryRaw`SELECT 1 FROM roles WHERE organization_id = ${organizationId} AND id = ${role} FOR SHARE`;
  const custom = await tx.role.findFirst({ where: { organizationId, id: role } });
  return custom !== null && canGrant(inviter, effectivePermissions(custom));
}
