/**
 * The policy: every permission, every built-in role, and who may give what to whom.
 *
 * The only place that knows. Routes name a permission; nothing else decides about access. A new permission is
 * added here, and to each role that should have it.
 */
export const PERMISSIONS = [
  'organization:read',
  'organization:write',
  'teams:read',
  'teams:write',
  'members:read',
  'members:write',
  'roles:read',
  'roles:write',
  'service-accounts:read',
  'service-accounts:write',
  'admin-tokens:read',
  'admin-tokens:write',
  'provider-credentials:read',
  'provider-credentials:write',
  'models:read',
  'keys:read',
  /** Keys of one's own teams, of oneself, and of those teams' service accounts. */
  'keys:write',
  /** Every key of the organization. */
  'keys:write-any',
  'rate-limits:read',
  'rate-limits:write',
  'budgets:read',
  'budgets:write',
  'routes:read',
  'routes:write',
  'usage:read',
  'requests:read',
  /** What people and programs wrote, and were answered: owners and administrators, and whom they give it to. */
  'payloads:read',
  'prices:read',
  'prices:write',
  'invoices:read',
  'invoices:write',
  'billing:read',
  'billing:write',
  'alerts:read',
  'alerts:write',
  'webhooks:read',
  'webhooks:write',
  'audit:read',
  'sso:read',
  /** Owners alone: whoever names the provider can be anybody whose address is of a verified domain. */
  'sso:write',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export const BUILT_IN_ROLES = ['owner', 'admin', 'developer', 'finance', 'viewer'] as const;
export type BuiltInRole = (typeof BUILT_IN_ROLES)[number];

const READ_PRODUCT = [
  'organization:read',
  'teams:read',
  'members:read',
  'roles:read',
  'service-accounts:read',
  'provider-credentials:read',
  'models:read',
  'keys:read',
  'rate-limits:read',
  'budgets:read',
  'routes:read',
  'usage:read',
  'requests:read',
  'prices:read',
  'alerts:read',
] as const satisfies readonly Permission[];

const OWNER_ONLY: readonly Permission[] = ['billing:write', 'sso:write'];

export const ROLE_PERMISSIONS: Readonly<Record<BuiltInRole, readonly Permission[]>> = {
  owner: PERMISSIONS,
  admin: PERMISSIONS.filter((permission) => !OWNER_ONLY.includes(permission)),
  developer: [...READ_PRODUCT, 'keys:write'],
  finance: [
    ...READ_PRODUCT,
    'budgets:write',
    'prices:write',
    'invoices:read',
    'invoices:write',
    'billing:read',
    'billing:write',
    'alerts:write',
  ],
  viewer: READ_PRODUCT,
};

const KNOWN: ReadonlySet<string> = new Set(PERMISSIONS);

export function isPermission(text: string): text is Permission {
  return KNOWN.has(text);
}

export function isBuiltInRole(text: string): text is BuiltInRole {
  return Object.hasOwn(ROLE_PERMISSIONS, text);
}

/** Anything that carries permissions: a member, an admin token. */
export interface Authority {
  readonly permissions: ReadonlySet<Permission>;
}

export function can(authority: Authority, permission: Permission): boolean {
  return authority.permissions.has(permission);
}

/** Whether somebody may give these away: nobody passes on more than they have. */
export function canGrant(authority: Authority, permissions: readonly string[]): boolean {
  return permissions.every((permission) => isPermission(permission) && authority.permissions.has(permission));
}

/** Names that are no longer permissions grant nothing. */
export function permissionSet(names: readonly string[]): ReadonlySet<Permission> {
  return new Set(names.filter(isPermission));
}

export function intersect(
  left: ReadonlySet<Permission>,
  right: ReadonlySet<Permission>,
): ReadonlySet<Permission> {
  return new Set([...left].filter((permission) => right.has(permission)));
}
