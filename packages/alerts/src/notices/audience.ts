/**
 * Who is told: of those whom it concerns, the ones who may read it. Nobody learns from a notice what their role would
 * not show them.
 */
import type { Transaction } from '@tollgate/db';
import type { Permission } from '@tollgate/identity/permission';
import { permissionsOf } from '@tollgate/identity/role';
import { type MailLocale, toMailLocale } from '@tollgate/mail';
import type { Audience } from './happening.ts';

export interface Member {
  readonly membershipId: string;
  readonly userId: string;
  readonly email: string;
  readonly locale: MailLocale;
  readonly permissions: ReadonlySet<Permission>;
  readonly teamIds: readonly string[];
}

interface MemberRow {
  readonly id: string;
  readonly user_id: string;
  readonly role: string;
  readonly custom_role_id: string | null;
  readonly custom_permissions: string[] | null;
  readonly email: string;
  readonly locale: string;
  readonly team_ids: string[] | null;
}

/** Members whose account is in use. */
export async function listTellableMembers(tx: Transaction, organizationId: string): Promise<Member[]> {
  const rows = await tx.$queryRaw<MemberRow[]>`
    SELECT m.id, m.user_id, m.role, m.custom_role_id, r.permissions AS custom_permissions, u.email, u.locale,
      (SELECT array_agg(t.team_id) FROM team_memberships t
       WHERE t.organization_id = m.organization_id AND t.membership_id = m.id) AS team_ids
    FROM memberships m
    JOIN users u ON u.id = m.user_id
    LEFT JOIN roles r ON r.organization_id = m.organization_id AND r.id = m.custom_role_id
    WHERE m.organization_id = ${organizationId} AND u.disabled_at IS NULL
    ORDER BY m.id`;
  return rows.map((row) => ({
    membershipId: row.id,
    userId: row.user_id,
    email: row.email,
    locale: toMailLocale(row.locale),
    permissions: permissionsOf(
      { role: row.role, customRoleId: row.custom_role_id },
      row.custom_permissions ?? undefined,
    ),
    teamIds: row.team_ids ?? [],
  }));
}

export function chooseAudience(members: readonly Member[], audience: Audience): Member[] {
  const { readPermission, exceptUserId } = audience;
  return members.filter((member) => {
    if (member.userId === exceptUserId) return false;
    if (readPermission !== '' && !member.permissions.has(readPermission)) return false;
    return isConcerned(member, audience);
  });
}

function isConcerned(member: Member, { permission, teamId, membershipIds, userIds }: Audience): boolean {
  return (
    (permission !== undefined && member.permissions.has(permission)) ||
    (teamId !== undefined && member.teamIds.includes(teamId)) ||
    membershipIds?.includes(member.membershipId) === true ||
    userIds?.includes(member.userId) === true
  );
}
