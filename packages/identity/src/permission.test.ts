import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BUILT_IN_ROLES,
  canGrant,
  intersect,
  PERMISSIONS,
  type Permission,
  permissionSet,
  ROLE_PERMISSIONS,
} from './permission.ts';
import { neededFor } from './permission-description.ts';

const permissions = fc.subarray([...PERMISSIONS]).map((names) => new Set<Permission>(names));

describe('the policy', () => {
  it('lets the owner do everything and names no permission twice', () => {
    expect(ROLE_PERMISSIONS.owner).toEqual(PERMISSIONS);
    for (const role of BUILT_IN_ROLES) {
      expect(new Set(ROLE_PERMISSIONS[role]).size, role).toBe(ROLE_PERMISSIONS[role].length);
    }
  });

  it('lets viewers change nothing, and keeps audit, tokens and invoices from developers', () => {
    expect(ROLE_PERMISSIONS.viewer.filter((name) => !name.endsWith(':read'))).toEqual([]);
    for (const name of [
      'audit:read',
      'admin-tokens:read',
      'invoices:read',
      'members:write',
      'keys:write-any',
    ] as const) {
      expect(ROLE_PERMISSIONS.developer).not.toContain(name);
    }
  });

  it('shows what requests said to owners and administrators alone, until an organization gives it to others', () => {
    const readers = BUILT_IN_ROLES.filter((role) => ROLE_PERMISSIONS[role].includes('payloads:read'));
    expect(readers).toEqual(['owner', 'admin']);
    // A part of its request: whoever reads one must see the other.
    expect(neededFor('payloads:read')).toEqual(['requests:read']);
  });

  it('[X3] never lets anybody give away more than they have', () => {
    fc.assert(
      fc.property(permissions, permissions, (own, given) => {
        expect(canGrant({ permissions: own }, [...given])).toBe(given.isSubsetOf(own));
        expect(new Set(intersect(own, given)).isSubsetOf(own)).toBe(true);
      }),
    );
  });

  it('gives nothing for names that it does not know', () => {
    expect(permissionSet(['keys:read', 'keys:*', '*', '__proto__']).size).toBe(1);
    expect(canGrant({ permissions: new Set(PERMISSIONS) }, ['everything'])).toBe(false);
  });
});
