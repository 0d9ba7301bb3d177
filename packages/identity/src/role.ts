/** Roles: the built-in ones and an organization's own, and what each allows. */
import type { Transaction } from '@tollgate/db';
import type { OrganizationActor } from './actor.ts';
import { IdentityError } from './identity-error.ts';
import {
  BUILT_IN_ROLES,
  canGrant,
  isBuiltInRole,
  type Permission,
  permissionSet,
  ROLE_PERMISSIONS,
} from './permission.ts';

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
  readonly builtIn: boolean;
  readonly permissions: readonly string[];
}

export async function listRoles(tx: Transaction, organizationId: string): Promise<RoleSummary[]> {
  const custom = await tx.role.findMany({ where: { organizationId }, orderBy: { name: 'asc' } });
  return [
    ...BUILT_IN_ROLES.map((name) => ({
      id: name,
      name,
      builtIn: true,
      permissions: ROLE_PERMISSIONS[name],
    })),
    ...custom.map(({ id, name, permissions }) => ({ id, name, builtIn: false, permissions })),
  ];
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
 * Finds a role that the actor wants to give away.
 *
 * @throws {IdentityError} `unknown_role`; `exceeds_own_permissions` when it allows more than the actor may.
 */
export async function getGrantableRole(
  tx: Transaction,
  actor: OrganizationActor,
  roleId: string,
): Promise<RoleReference> {
  if (isBuiltInRole(roleId)) {
    assertMayGrant(actor, ROLE_PERMISSIONS[roleId]);
    return { role: roleId, customRoleId: null };
  }
  const custom = await tx.role.findFirst({ where: { organizationId: actor.organizationId, id: roleId } });
  if (custom === null) {
    throw new IdentityError('unknown_role', 'Cannot use this role: it does not exist here', {
      field: 'role',
    });
  }
  // Names that are no longer permissions grant nothing, so nobody needs them.
  assertMayGrant(actor, [...permissionSet(custom.permissions)]);
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
