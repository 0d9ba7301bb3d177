/** Who belongs to an organization, and as what. */
import { changedFields, recordAudit } from '@tollgate/audit';
import type { Prisma, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { auditActor, type OrganizationActor, userIdOf } from './actor.ts';
import { escapeLike } from './escape-like.ts';
import type { Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { revokeOutgrownInvitations } from './outgrown-invitations.ts';
import { isBuiltInRole } from './permission.ts';
import { assertMayGrant, getGrantableRole, permissionsOf, roleIdOf } from './role.ts';

/** The organizations of the transaction's person, in the order of joining. */
export async function listMembershipOrganizations(tx: Transaction, userId: string): Promise<string[]> {
  const rows = await tx.membership.findMany({
    where: { userId },
    select: { organizationId: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: 500,
  });
  return rows.map(({ organizationId }) => organizationId);
}

const memberInclude = {
  user: { select: { email: true, name: true } },
  customRole: { select: { permissions: true } },
  teams: { select: { teamId: true } },
} as const satisfies Prisma.MembershipInclude;

type MemberRow = Prisma.MembershipGetPayload<{ include: typeof memberInclude }>;

export interface MemberSummary {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly teamIds: readonly string[];
  /** Whether they have a second factor of their own. */
  readonly hasSecondFactor: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** At most `limit` members, oldest first. @param after Continue behind this member. */
export async function listMembers(
  tx: Transaction,
  organizationId: string,
  page: {
    readonly after?: string;
    readonly limit: number;
    readonly teamId?: string;
    readonly search?: string;
    /** A built-in role, or the id of another. */
    readonly role?: string;
    /** Only these, by their own ids or by those of the people. */
    readonly ids?: readonly string[];
  },
): Promise<MemberSummary[]> {
  const search = page.search === undefined ? undefined : escapeLike(page.search);
  const rows = await tx.membership.findMany({
    where: {
      organizationId,
      ...(page.after === undefined ? {} : { id: { gt: page.after } }),
      ...(page.ids === undefined
        ? {}
        : { OR: [{ id: { in: [...page.ids] } }, { userId: { in: [...page.ids] } }] }),
      ...(page.teamId === undefined ? {} : { teams: { some: { teamId: page.teamId } } }),
      ...(page.role === undefined
        ? {}
        : isBuiltInRole(page.role)
          ? { role: page.role }
          : { customRoleId: page.role }),
      ...(search === undefined
        ? {}
        : {
            user: {
              OR: [
                { email: { contains: search.toLowerCase() } },
                { name: { contains: search, mode: 'insensitive' } },
              ],
            },
          }),
    },
    orderBy: { id: 'asc' },
    take: page.limit,
    include: memberInclude,
  });
  return summarize(tx, rows);
}

/** @throws {IdentityError} `not_found`. */
export async function getMember(tx: Transaction, organizationId: string, id: string): Promise<MemberSummary> {
  return summarizeOne(tx, await getRow(tx, organizationId, id));
}

/**
 * Gives a member another role. Nobody touches somebody with more permissions than they have themselves. Invitations that
 * the member sent and could not send any longer are taken back.
 */
export async function changeMemberRole(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
  roleId: string,
  origin: Origin,
  nowMs: number,
): Promise<MemberSummary> {
  const { organizationId } = actor;
  const before = await getRow(tx, organizationId, id);
  assertMayGrant(actor, [...permissionsOf(before, before.customRole?.permissions)]);
  const role = await getGrantableRole(tx, actor, roleId);
  if (role.role !== 'owner') await assertNotLastOwner(tx, before);
  const after = await tx.membership.update({
    where: { organizationId_id: { organizationId, id } },
    data: { ...role, updatedAt: new Date(nowMs) },
    include: memberInclude,
  });
  const permissions = permissionsOf(after, after.customRole?.permissions);
  const inviter = { userId: after.userId, membershipId: id, permissions };
  const revokedInvitationCount = await revokeOutgrownInvitations(tx, organizationId, inviter, nowMs);
  const changed = changedFields({ role: roleIdOf(before) }, { role: roleIdOf(after) });
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action: 'member-updated',
    target: { kind: 'member', id, name: after.user.email },
    ...changed,
    ...(revokedInvitationCount === 0 ? {} : { after: { ...changed.after, revokedInvitationCount } }),
    nowMs,
  });
  return summarizeOne(tx, after);
}

/**
 * What they could do ends with the membership: their admin tokens are revoked, so that none wakes up should
 * they come back, their keys, whose secrets they know, and the invitations that they sent, by one of which they might
 * come back themselves. What an application uses belongs to a service account.
 *
 * @returns The keys that were revoked: gateways must be told of each.
 */
export async function removeMember(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
  origin: Origin,
  nowMs: number,
): Promise<readonly string[]> {
  const { organizationId } = actor;
  const before = await getRow(tx, organizationId, id);
  assertMayGrant(actor, [...permissionsOf(before, before.customRole?.permissions)]);
  await assertNotLastOwner(tx, before);
  // After the owners, who are locked in one order. What is just being made for them (`holdMember`) is there by then.
  await tx.$queryRaw`SELECT 1 FROM memberships WHERE organization_id = ${organizationId} AND id = ${id} FOR UPDATE`;
  const now = new Date(nowMs);
  const { count: revokedTokenCount } = await tx.adminToken.updateMany({
    where: { organizationId, createdById: before.userId, revokedAt: null },
    data: { revokedAt: now },
  });
  const { count: revokedInvitationCount } = await tx.invitation.updateMany({
    where: { organizationId, invitedById: before.userId, acceptedAt: null, revokedAt: null },
    data: { revokedAt: now },
  });
  const keys = await tx.virtualKey.updateManyAndReturn({
    where: { organizationId, memberId: id, revokedAt: null },
    data: {
      revokedAt: now,
      revokedById: userIdOf(actor.actor),
      updatedAt: now,
      version: { increment: 1 },
    },
    select: { id: true },
  });
  // No provider brings them back, only an invitation.
  const removal = { organizationId, userId: before.userId, email: before.user.email };
  await tx.memberRemoval.upsert({
    where: { organizationId_userId_email: removal },
    create: { ...removal, removedAt: now },
    update: { removedAt: now },
    select: { userId: true },
  });
  await tx.membership.delete({ where: { organizationId_id: { organizationId, id } }, select: { id: true } });
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action: 'member-removed',
    target: { kind: 'member', id, name: before.user.email },
    before: { email: before.user.email, role: roleIdOf(before) },
    after: { revokedKeyCount: keys.length, revokedTokenCount, revokedInvitationCount },
    nowMs,
  });
  return keys.map((key) => key.id);
}

/**
 * For what ends with a membership: until the transaction ends, the member stays one.
 *
 * @returns Whether they are one.
 */
export async function holdMember(tx: Transaction, organizationId: string, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM memberships WHERE organization_id = ${organizationId} AND id = ${id} FOR KEY SHARE`;
  return rows.length > 0;
}

/** Adds a user who has accepted. The transaction must have entered the organization. @returns The new id. */
export async function insertMembership(
  tx: Transaction,
  member: {
    readonly organizationId: string;
    readonly userId: string;
    readonly role: string;
    readonly customRoleId: string | null;
  },
  nowMs: number,
): Promise<string> {
  const id = newId('member', nowMs);
  const now = new Date(nowMs);
  await tx.membership.create({
    data: { id, ...member, createdAt: now, updatedAt: now },
    select: { id: true },
  });
  return id;
}

async function getRow(tx: Transaction, organizationId: string, id: string): Promise<MemberRow> {
  const row = await tx.membership.findFirst({ where: { organizationId, id }, include: memberInclude });
  if (row === null) throw new IdentityError('not_found', 'Cannot find the member: it does not exist here');
  return row;
}

/** Locks the owners, so that two of them cannot remove each other at once. */
async function assertNotLastOwner(tx: Transaction, member: MemberRow): Promise<void> {
  if (member.role !== 'owner') return;
  const owners = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM memberships WHERE organization_id = ${member.organizationId} AND role = 'owner'
    ORDER BY id FOR UPDATE`;
  if (owners.some(({ id }) => id !== member.id)) return;
  throw new IdentityError('last_owner', 'Cannot change the last owner: an organization has at least one');
}

async function summarize(tx: Transaction, rows: readonly MemberRow[]): Promise<MemberSummary[]> {
  if (rows.length === 0) return [];
  const holders = await tx.$queryRaw<{ userId: string }[]>`
    SELECT user_id AS "userId" FROM list_second_factor_holders(${rows.map(({ userId }) => userId)}::text[])`;
  const holderIds = new Set(holders.map(({ userId }) => userId));
  return rows.map((row) => toSummary(row, holderIds.has(row.userId)));
}

async function summarizeOne(tx: Transaction, row: MemberRow): Promise<MemberSummary> {
  const [summary] = await summarize(tx, [row]);
  return summary!;
}

function toSummary(row: MemberRow, hasSecondFactor: boolean): MemberSummary {
  return {
    hasSecondFactor,
    id: row.id,
    userId: row.userId,
    email: row.user.email,
    name: row.user.name,
    role: roleIdOf(row),
    teamIds: row.teams.map(({ teamId }) => teamId),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
