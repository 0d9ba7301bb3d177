/**
 * Roles of an organization's own: made, changed, deleted.
 *
 * Nobody makes a role that allows more than they may themselves, nor touches one that does: changed, it would lift
 * everybody who has it. Owners are built in and always there, so no change here can leave an organization without
 * somebody who may administer it.
 */
import { type AuditTarget, changedFields } from '@tollgate/audit';
import type { Prisma, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { OrganizationActor } from './actor.ts';
import { auditChange } from './audit-change.ts';
import type { Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { BUILT_IN_ROLES, type Permission } from './permission.ts';
import { neededFor } from './permission-description.ts';
import { assertMayGrant, effectivePermissions, getGrantableRole } from './role.ts';

export interface RoleInput {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
}

type RoleRecord = Prisma.RoleModel;

/** @throws {IdentityError} `exceeds_own_permissions`, `incomplete_role`, `name_taken`. */
export async function createRole(
  tx: Transaction,
  actor: OrganizationActor,
  input: RoleInput,
  origin: Origin,
  nowMs: number,
): Promise<RoleRecord> {
  const { organizationId } = actor;
  const permissions = checkPermissions(actor, input.permissions);
  await assertNameFree(tx, organizationId, input.name);
  const now = new Date(nowMs);
  const row = await tx.role.create({
    data: {
      id: newId('role', nowMs),
      organizationId,
      name: input.name,
      description: input.description,
      permissions,
      createdAt: now,
      updatedAt: now,
    },
  });
  await auditChange(tx, actor, 'role-created', targetOf(row), { after: detail(row) }, origin, nowMs);
  return row;
}

/**
 * Holds for everybody who has the role from their next request on.
 *
 * @param before The locked row (`lockRole`). @throws {IdentityError} as above.
 */
export async function updateRole(
  tx: Transaction,
  actor: OrganizationActor,
  before: RoleRecord,
  change: Partial<RoleInput>,
  origin: Origin,
  nowMs: number,
): Promise<RoleRecord> {
  const { organizationId } = actor;
  assertMayGrant(actor, effectivePermissions(before));
  const { permissions: wanted, ...texts } = change;
  const permissions = wanted === undefined ? undefined : checkPermissions(actor, wanted);
  if (change.name !== undefined) await assertNameFree(tx, organizationId, change.name, before.id);
  const row = await tx.role.update({
    where: { organizationId_id: { organizationId, id: before.id } },
    data: {
      ...texts,
      ...(permissions === undefined ? {} : { permissions }),
      version: { increment: 1 },
      updatedAt: new Date(nowMs),
    },
  });
  const changed = changedFields(detail(before), detail(row));
  await auditChange(tx, actor, 'role-updated', targetOf(row), changed, origin, nowMs);
  return row;
}

interface RoleRemoval {
  /** What its members and invitations get instead, and channels that mail whoever has it; needed where there are any. */
  readonly replacement?: string | undefined;
  /** Of the alert channels that name it, locked by the caller, who leads them to the replacement. */
  readonly channelCount: number;
}

/**
 * @param before The locked row.
 * @throws {IdentityError} `role_in_use`, `unknown_role`, `exceeds_own_permissions`.
 */
export async function deleteRole(
  tx: Transaction,
  actor: OrganizationActor,
  before: RoleRecord,
  { replacement, channelCount: channels }: RoleRemoval,
  origin: Origin,
  nowMs: number,
): Promise<void> {
  const { organizationId } = actor;
  const { id } = before;
  assertMayGrant(actor, effectivePermissions(before));
  const held = { organizationId, customRoleId: id };
  const invited = { organizationId, role: id, acceptedAt: null, revokedAt: null };
  const [members, invitations] = [
    await tx.membership.count({ where: held }),
    await tx.invitation.count({ where: { ...invited, expiresAt: { gt: new Date(nowMs) } } }),
  ];
  const provisioned = { organizationId, defaultRole: id };
  const providers = await tx.identityProvider.count({ where: provisioned });
  if (replacement === undefined && members + invitations + channels + providers > 0) {
    throw new IdentityError(
      'role_in_use',
      `Cannot delete the role: name what its ${members} members, ${invitations} open invitations and ${channels} alert channels get instead${providers > 0 ? ', and people whom the identity provider brings' : ''}`,
      { field: 'query.replacement', counts: { members, invitations, channels } },
    );
  }
  if (replacement !== undefined) {
    if (replacement === id) throw unknownReplacement();
    const role = await getGrantableRole(tx, actor, replacement, 'query.replacement');
    await tx.membership.updateMany({ where: held, data: { ...role, updatedAt: new Date(nowMs) } });
    await tx.invitation.updateMany({ where: invited, data: { role: replacement } });
    await tx.identityProvider.updateMany({
      where: provisioned,
      data: { defaultRole: replacement, version: { increment: 1 }, updatedAt: new Date(nowMs) },
    });
  }
  await tx.role.delete({ where: { organizationId_id: { organizationId, id } } });
  await auditChange(
    tx,
    actor,
    'role-deleted',
    targetOf(before),
    {
      before: {
        ...detail(before),
        memberCount: members,
        invitationCount: invitations,
        channelCount: channels,
        ...(providers === 0 ? {} : { identityProviderCount: providers }),
      },
      ...(replacement === undefined ? {} : { after: { replacement } }),
    },
    origin,
    nowMs,
  );
}

/** For a change. @throws {IdentityError} `not_found`: also for built-in roles, which nobody changes. */
export async function lockRole(tx: Transaction, organizationId: string, id: string): Promise<RoleRecord> {
  await tx.$queryRaw`SELECT 1 FROM roles WHERE organization_id = ${organizationId} AND id = ${id} FOR UPDATE`;
  const row = await tx.role.findFirst({ where: { organizationId, id } });
  if (row === null) throw new IdentityError('not_found', 'Cannot find the role: it does not exist here');
  return row;
}

function checkPermissions(actor: OrganizationActor, wanted: readonly Permission[]): Permission[] {
  const permissions = effectivePermissions({ permissions: wanted });
  assertMayGrant(actor, permissions);
  for (const permission of permissions) {
    const missing = neededFor(permission).filter((needed) => !permissions.includes(needed));
    if (missing.length === 0) continue;
    throw new IdentityError(
      'incomplete_role',
      `Cannot allow ${permission} alone: it needs ${missing.join(', ')}`,
      { field: 'permissions' },
    );
  }
  return permissions;
}

/** Also the names of built-in roles: two that people cannot tell apart are a trap. */
async function assertNameFree(
  tx: Transaction,
  organizationId: string,
  name: string,
  except?: string,
): Promise<void> {
  const taken = await tx.role.findFirst({
    where: {
      organizationId,
      name: { equals: name.replaceAll(/[\\%_]/g, '\\$&'), mode: 'insensitive' },
      ...(except === undefined ? {} : { id: { not: except } }),
    },
    select: { id: true },
  });
  const isBuiltIn = [...BUILT_IN_ROLES, 'administrator'].includes(name.toLowerCase());
  if (taken === null && !isBuiltIn) return;
  throw new IdentityError('name_taken', 'Cannot use this name: another role has it', { field: 'name' });
}

const unknownReplacement = () =>
  new IdentityError('unknown_role', 'Cannot use this role instead: it is the one to be deleted', {
    field: 'query.replacement',
  });

function detail(row: RoleRecord): Record<string, unknown> {
  return {
    name: row.name,
    description: row.description,
    permissions: effectivePermissions(row),
  };
}

function targetOf({ id, name }: RoleRecord): AuditTarget {
  return { kind: 'role', id, name };
}
