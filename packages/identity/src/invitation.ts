/** Invitations by mail: the link's token is the proof, the address on it the only one that may use it. */
import { recordAudit } from '@tollgate/audit';
import type { Database, Prisma, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { queueMail } from '@tollgate/mail';
import { assertVerified, auditActor, type OrganizationActor, type PersonActor } from './actor.ts';
import { parseEmailAddress } from './email-address.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { insertMembership } from './membership.ts';
import { hashToken, isToken, mintToken } from './opaque-token.ts';
import { holdInviter, isStillGranted } from './outgrown-invitations.ts';
import { can, isBuiltInRole } from './permission.ts';
import { getGrantableRole } from './role.ts';
import { assertManagesKeysOf } from './team-power.ts';

export const INVITATION_LIFETIME_MS = 7 * 86_400_000;

export interface FoundInvitation {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly email: string;
  readonly role: string;
}

/** @throws {IdentityError} `invalid_token`: unknown, used, revoked or expired. */
export async function getOpenInvitation(
  database: Database,
  token: string,
  nowMs: number,
): Promise<FoundInvitation> {
  type Row = FoundInvitation & { expiresAt: Date; acceptedAt: Date | null; revokedAt: Date | null };
  const rows = isToken(token)
    ? await database.platform(
        (tx) => tx.$queryRaw<Row[]>`
          SELECT id, organization_id AS "organizationId", organization_name AS "organizationName", email, role,
            expires_at AS "expiresAt", accepted_at AS "acceptedAt", revoked_at AS "revokedAt"
          FROM find_invitation(${hashToken(token)})`,
      )
    : [];
  const row = rows[0];
  const open =
    row !== undefined && row.acceptedAt === null && row.revokedAt === null && row.expiresAt.getTime() > nowMs;
  if (!open) {
    throw new IdentityError('invalid_token', 'Cannot use this invitation: it was used, revoked or expired', {
      field: 'token',
    });
  }
  return row;
}

export interface InvitationInput {
  readonly email: string;
  readonly role: string;
  readonly teamId?: string;
}

type Invitation = Prisma.InvitationModel;

/**
 * Invites an address. Another open invitation for it is replaced.
 *
 * @throws {IdentityError} `email_not_verified`, `invalid_email`, `unknown_role`, `unknown_team`,
 *   `exceeds_own_permissions`, `team_keys`, `already_member`.
 */
export async function createInvitation(
  tx: Transaction,
  context: IdentityContext,
  actor: OrganizationActor,
  input: InvitationInput,
  origin: Origin,
): Promise<Invitation> {
  const nowMs = context.clock.nowMs();
  const { organizationId } = actor;
  assertVerified(actor, 'invite');
  const email = parseEmailAddress(input.email);
  const role = await getGrantableRole(tx, actor, input.role);
  await assertInvitable(tx, organizationId, email);
  if (input.teamId !== undefined) await assertMayGiveTeam(tx, actor, input.teamId);
  await tx.invitation.updateMany({
    where: { organizationId, email, acceptedAt: null, revokedAt: null },
    data: { revokedAt: new Date(nowMs) },
  });
  const token = mintToken();
  const row = await tx.invitation.create({
    data: {
      id: newId('invitation', nowMs),
      organizationId,
      email,
      role: role.customRoleId ?? role.role,
      teamId: input.teamId ?? null,
      tokenHash: hashToken(token),
      invitedById: actor.actor.kind === 'person' ? actor.actor.userId : actor.actor.createdById,
      createdAt: new Date(nowMs),
      expiresAt: new Date(nowMs + INVITATION_LIFETIME_MS),
    },
  });
  await queueInvitationMail(tx, context, actor, row, token);
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action: 'invitation-created',
    target: { kind: 'invitation', id: row.id, name: email },
    after: { email, role: row.role, teamId: row.teamId },
    nowMs,
  });
  return row;
}

async function queueInvitationMail(
  tx: Transaction,
  context: IdentityContext,
  actor: OrganizationActor,
  invitation: Invitation,
  token: string,
): Promise<void> {
  const organization = await tx.organization.findUniqueOrThrow({ where: { id: actor.organizationId } });
  const inviter = actor.actor;
  await queueMail(tx, context.encryptionKeys, {
    template: 'invitation',
    recipient: invitation.email,
    causeId: invitation.id,
    locale: inviter.kind === 'person' ? inviter.locale : 'en',
    data: {
      inviterName: inviter.name,
      organizationName: organization.name,
      link: `${context.settings.consoleUrl}/invitation#token=${token}`,
    },
    nowMs: context.clock.nowMs(),
  });
}

async function assertInvitable(tx: Transaction, organizationId: string, email: string): Promise<void> {
  const member = await tx.membership.findFirst({ where: { organizationId, user: { email } } });
  if (member !== null) {
    throw new IdentityError('already_member', 'Cannot invite: the address belongs to a member', {
      field: 'email',
    });
  }
}

async function assertMayGiveTeam(tx: Transaction, actor: OrganizationActor, teamId: string): Promise<void> {
  const { organizationId } = actor;
  const team = await tx.team.findFirst({ where: { organizationId, id: teamId, archivedAt: null } });
  if (team === null) {
    throw new IdentityError('unknown_team', 'Cannot invite to this team: it does not exist here', {
      field: 'teamId',
    });
  }
  if (!can(actor, 'teams:write')) {
    throw new IdentityError(
      'exceeds_own_permissions',
      'Cannot invite to a team: teams:write is needed to put people in teams',
    );
  }
  await assertManagesKeysOf(tx, actor, team);
}

/** Accepts as somebody who has an account. @throws {IdentityError} also `already_member`. */
export async function acceptInvitation(
  context: IdentityContext,
  actor: PersonActor,
  token: string,
  origin: Origin,
): Promise<{ readonly organizationId: string; readonly membershipId: string }> {
  const nowMs = context.clock.nowMs();
  const invitation = await getOpenInvitation(context.database, token, nowMs);
  if (invitation.email !== actor.email) {
    throw new IdentityError(
      'invitation_for_other_address',
      'Cannot accept: the invitation is for another address',
    );
  }
  const { organizationId } = invitation;
  const membershipId = await context.database.person({ userId: actor.userId, organizationId }, (tx) =>
    acceptInvitationRow(tx, context, invitation, actor, origin, nowMs),
  );
  return { organizationId, membershipId };
}

/** Makes the membership. The transaction must have entered both. Accepting twice at once: one of them fails. */
export async function acceptInvitationRow(
  tx: Transaction,
  context: Pick<IdentityContext, 'onJoin'>,
  invitation: FoundInvitation,
  actor: PersonActor,
  origin: Origin,
  nowMs: number,
): Promise<string> {
  const { organizationId, id } = invitation;
  const now = new Date(nowMs);
  // Before the invitation, as closing does: nobody joins, or takes a seat of, an organization that closes meanwhile.
  await tx.$queryRaw`SELECT 1 AS locked FROM organizations WHERE id = ${organizationId} FOR SHARE`;
  const { invitedById, teamId } = await tx.invitation.findUniqueOrThrow({
    where: { id },
    select: { invitedById: true, teamId: true },
  });
  await holdInviter(tx, organizationId, invitedById);
  const { count } = await tx.invitation.updateMany({
    where: { organizationId, id, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    data: { acceptedAt: now },
  });
  if (count !== 1) throw new IdentityError('invalid_token', 'Cannot use this invitation: it was used');
  if (!(await isStillGranted(tx, organizationId, invitedById, { role: invitation.role, teamId }))) {
    throw new IdentityError(
      'invitation_outgrown',
      'Cannot accept: whoever invited you may not give this role or team any longer; ask for a new invitation',
      { field: 'token' },
    );
  }
  const existing = await tx.membership.findFirst({ where: { organizationId, userId: actor.userId } });
  if (existing !== null) throw new IdentityError('already_member', 'Cannot accept: already a member');
  const builtIn = isBuiltInRole(invitation.role);
  const role = {
    role: builtIn ? invitation.role : 'custom',
    customRoleId: builtIn ? null : invitation.role,
  };
  const membershipId = await insertMembership(tx, { organizationId, userId: actor.userId, ...role }, nowMs);
  await joinInvitedTeam(tx, organizationId, id, membershipId);
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor),
    origin,
    action: 'invitation-accepted',
    target: { kind: 'invitation', id, name: invitation.email },
    after: { membershipId, role: invitation.role },
    nowMs,
  });
  await context.onJoin?.(tx, { organizationId, membershipId, actor: auditActor(actor), origin, nowMs });
  return membershipId;
}

async function joinInvitedTeam(
  tx: Transaction,
  organizationId: string,
  invitationId: string,
  membershipId: string,
): Promise<void> {
  const invitation = await tx.invitation.findUniqueOrThrow({ where: { id: invitationId } });
  if (invitation.teamId === null) return;
  // The team may have gone since; the membership counts all the same.
  const team = await tx.team.findFirst({
    where: { organizationId, id: invitation.teamId, archivedAt: null },
  });
  if (team === null) return;
  await tx.teamMembership.create({
    data: { organizationId, teamId: team.id, membershipId },
    select: { teamId: true },
  });
}

/** @throws {IdentityError} `not_found`: unknown, or no longer open. */
export async function revokeInvitation(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
  origin: Origin,
  nowMs: number,
): Promise<void> {
  const { organizationId } = actor;
  const row = await tx.invitation.findFirst({ where: { organizationId, id } });
  const { count } = await tx.invitation.updateMany({
    where: { organizationId, id, acceptedAt: null, revokedAt: null },
    data: { revokedAt: new Date(nowMs) },
  });
  if (row === null || count === 0) {
    throw new IdentityError('not_found', 'Cannot revoke the invitation: none is open under this id');
  }
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action: 'invitation-revoked',
    target: { kind: 'invitation', id, name: row.email },
    before: { email: row.email, role: row.role },
    nowMs,
  });
}
