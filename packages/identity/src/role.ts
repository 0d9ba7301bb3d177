/** Roles: the built-in ones and an organization's own, and what each allows. */
import type { Prisma, Transaction } from '@tollgate/db';
import type { OrganizationActor } from './actor.ts';
import { IdentityError } from './identity-error.ts';
import {
  BUILT_IN_ROLES,
  type BuiltInRole,
  canGrant,
  isBuiltInRole,
  PERMISSIONS,
  type Permission,
  permissionSet,
  ROLE_PERMISSIONS,
} from './permission.ts';
import { BUILT_IN_ROLE_DESCRIPTIONS } from './permission-description.ts';

/** How a role stands in a row. */
export interface RoleReference {
  /** A built-in name, or `custom`. */
  readonly role: string;
  readonly customRoleId: string | null;
}

export interface RoleSummary {
  /** A built-in name, or a custom role's id: what `role` means in the API. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly builtIn: boolean;
  readonly permissions: readonly Permission[];
  /** Of a role of one's own. */
  readonly version: number | null;
  readonly updatedAt: Date | null;
}

/** Built-in ones first, by how much they allow; then one's own, by name. */
export async function listRoles(tx: Transaction, organizationId: string): Promise<RoleSummary[]> {
  const custom = await tx.role.findMany({
    where: { organizationId },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  return [...BUILT_IN_ROLES.map(summarizeBuiltIn), ...custom.map(summarizeRole)];
}

/** @throws {IdentityError} `not_found`. */
export async function getRole(tx: Transaction, organizationId: string, id: string): Promise<RoleSummary> {
  if (isBuiltInRole(id)) return summarizeBuiltIn(id);
  const row = await tx.role.findFirst({ where: { organizationId, id } });
  if (row === null) throw new IdentityError('not_found', 'Cannot find the role: it does not exist here');
  return summarizeRole(row);
}

function summarizeBuiltIn(name: BuiltInRole): RoleSummary {
  return {
    id: name,
    name,
    description: BUILT_IN_ROLE_DESCRIPTIONS[name],
    builtIn: true,
    permissions: ROLE_PERMISSIONS[name],
    version: null,
    updatedAt: null,
  };
}

export function summarizeRole(row: Prisma.RoleModel): RoleSummary {
  const { id, name, description, version, updatedAt } = row;
  return {
    id,
    name,
    description,
    builtIn: false,
    permissions: effectivePermissions(row),
    version,
    updatedAt,
  };
}

/** What a stored role allows today: names that are no longer permissions grant nothing. */
export function effectivePermissions(row: { readonly permissions: readonly string[] }): Permission[] {
  const known = permissionSet(row.permissions);
  return PERMISSIONS.filter((permission) => known.has(permission));
}

export interface RoleHolders {
  readonly members: number;
  readonly openInvitations: number;
}

/** Who has which role, by its id. Roles that nobody has are left out. */
export async function countRoleHolders(
  tx: Transaction,
  organizationId: string,
  nowMs: number,
): Promise<ReadonlyMap<string, RoleHolders>> {
  const members = await tx.membership.groupBy({
    by: ['role', 'customRoleId'],
    where: { organizationId },
    _count: { _all: true },
  });
  const invitations = await tx.invitation.groupBy({
    by: ['role'],
    where: { organizationId, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date(nowMs) } },
    _count: { _all: true },
  });
  const holders = new Map<string, RoleHolders>();
  const add = (id: string, more: Partial<RoleHolders>) =>
    holders.set(id, { ...(holders.get(id) ?? { members: 0, openInvitations: 0 }), ...more });
  for (const group of members) add(roleIdOf(group), { members: group._count._all });
  for (const group of invitations) add(group.role, { openInvitations: group._count._all });
  return holders;
}

/** The permissions of a member. A role that is gone allows nothing. */
export function permissionsOf(
  reference: RoleReference,
  customPermissions: readonly string[] | undefined,
): ReadonlySet<Permission> {
  if (reference.customRoleId !== null) return permissionSet(customPermissions ?? []);
  return isBuiltInRole(reference.role) ? new Set(ROLE_PERMISSIONS[reference.role]) : new Set();
}

/** What `role` is called in the API. */
export function roleIdOf(reference: RoleReference): string {
  return reference.customRoleId ?? reference.role;
}

/**
 * Finds a role that the actor wants to give away. Until the transaction ends nobody changes or deletes it, so that
 * what was looked at is what is given.
 *
 * @param field Where the request names it.
 * @throws {IdentityError} `unknown_role`; `exceeds_own_permissions` when it allows more than the actor may.
 */
export async function getGrantableRole(
  tx: Transaction,
  actor: OrganizationActor,
  roleId: string,
  field = 'role',
): Promise<RoleReference> {
  if (isBuiltInRole(roleId)) {
    assertMayGrant(actor, ROLE_PERMISSIONS[roleId]);
    return { role: roleId, customRoleId: null };
  }
  const { organizationId } = actor;
  await tx.$queryRaw`SELECT 1 FROM roles WHERE organization_id = ${organizationId} AND id = ${roleId} FOR SHARE`;
  const custom = await tx.role.findFirst({ where: { organizationId, id: roleId } });
  if (custom === null) {
    throw new IdentityError('unknown_role', 'Cannot use this role: it does not exist here', { field });
  }
  assertMayGrant(actor, effectivePermissions(custom));
  return { role: 'custom', customRoleId: custom.id };
}

/** @throws {IdentityError} `exceeds_own_permissions`. */
export function assertMayGrant(actor: OrganizationActor, permissions: readonly string[]): void {
  if (canGrant(actor, permissions)) return;
  const missing = permissions.filter((permission) => !canGrant(actor, [permission]));
  throw new IdentityError(
    'exceeds_own_permissions',
    `Cannot give away more than one has: ${missing.slice(0, 5).join(', ')}`,
  );
}
