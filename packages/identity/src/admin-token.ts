/** `tga_` tokens for the admin API: scoped, expiring, never more than their maker may at any time. */
import { recordAudit } from '@tollgate/audit';
import type { Prisma, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { assertVerified, auditActor, type OrganizationActor, userIdOf } from './actor.ts';
import type { Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { holdMember } from './membership.ts';
import { hashToken, mintAdminToken } from './opaque-token.ts';
import { assertMayGrant } from './role.ts';

export interface AdminTokenInput {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly expiresAt: Date | null;
}

export type AdminToken = Prisma.AdminTokenModel;

/**
 * @returns The row, and the secret that exists nowhere else.
 * @throws {IdentityError} `email_not_verified`; `exceeds_own_permissions`, also when a token makes one that
 *   would outlive it.
 */
export async function createAdminToken(
  tx: Transaction,
  actor: OrganizationActor,
  input: AdminTokenInput,
  origin: Origin,
  nowMs: number,
): Promise<{ readonly token: AdminToken; readonly secret: string }> {
  assertVerified(actor, 'make a token');
  assertMayGrant(actor, input.permissions);
  assertEndsWithMaker(actor, input.expiresAt);
  if (!(await holdMember(tx, actor.organizationId, actor.membershipId))) {
    throw new IdentityError(
      'exceeds_own_permissions',
      'Cannot make a token: its maker is no member any longer',
    );
  }
  const secret = mintAdminToken();
  const token = await tx.adminToken.create({
    data: {
      id: newId('adminToken', nowMs),
      organizationId: actor.organizationId,
      name: input.name,
      tokenHash: hashToken(secret),
      hint: `${secret.slice(0, 8)}…${secret.slice(-4)}`,
      permissions: [...new Set(input.permissions)],
      createdById: userIdOf(actor.actor),
      createdAt: new Date(nowMs),
      expiresAt: input.expiresAt,
    },
  });
  await recordAudit(tx, {
    organizationId: actor.organizationId,
    actor: auditActor(actor.actor),
    origin,
    action: 'admin-token-created',
    target: { kind: 'adminToken', id: token.id, name: token.name },
    after: { name: token.name, permissions: token.permissions, expiresAt: token.expiresAt },
    nowMs,
  });
  return { token, secret };
}

function assertEndsWithMaker({ actor }: OrganizationActor, expiresAt: Date | null): void {
  if (actor.kind !== 'adminToken' || actor.expiresAt === null) return;
  if (expiresAt !== null && expiresAt <= actor.expiresAt) return;
  throw new IdentityError(
    'exceeds_own_permissions',
    `Cannot make a token that outlives this one: it ends at ${actor.expiresAt.toISOString()}`,
  );
}

/** Takes effect with the next request. @throws {IdentityError} `not_found`, also when revoked already. */
export async function revokeAdminToken(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
  origin: Origin,
  nowMs: number,
): Promise<void> {
  const { organizationId } = actor;
  const token = await tx.adminToken.findFirst({ where: { organizationId, id, revokedAt: null } });
  if (token === null) throw new IdentityError('not_found', 'Cannot revoke the token: it does not exist here');
  await tx.adminToken.update({ where: { id }, data: { revokedAt: new Date(nowMs) }, select: { id: true } });
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action: 'admin-token-revoked',
    target: { kind: 'adminToken', id, name: token.name },
    before: { name: token.name, permissions: token.permissions },
    nowMs,
  });
}
