import { PERMISSIONS } from '@tollgate/identity';
import { neededFor } from '@tollgate/identity/permission-description';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../i18n/catalogue.ts';
import { withoutPermission, withPermission } from './chosen-permissions.ts';
import { groupPermissions } from './permission-text.ts';

describe('permissions in words', () => {
  it('have a place in a group each, once', () => {
    const grouped = groupPermissions(PERMISSIONS);
    expect(grouped.flatMap(({ permissions }) => permissions).toSorted()).toEqual([...PERMISSIONS].toSorted());
    expect(grouped.map(({ group }) => group)).not.toContain('other');
  });

  it('have an area, an action and a sentence in both languages', () => {
    for (const { members } of Object.values(CATALOGUE)) {
      for (const permission of PERMISSIONS) {
        const [area, action] = permission.split(':') as [string, string];
        expect(members.areas, area).toHaveProperty([area]);
        expect(members.actions, action).toHaveProperty([action]);
        expect(members.permissions[permission], permission).toMatch(/\.$/);
      }
    }
  });
});

describe('a role that is being written', () => {
  it('never has a change without the sight of it, whatever is ticked and unticked', () => {
    const isComplete = (chosen: readonly string[]) =>
      PERMISSIONS.filter((permission) => chosen.includes(permission)).every((permission) =>
        neededFor(permission).every((needed) => chosen.includes(needed)),
      );
    for (const permission of PERMISSIONS) {
      expect(isComplete(withPermission([], permission)), permission).toBe(true);
      expect(isComplete(withoutPermission(PERMISSIONS, permission)), permission).toBe(true);
      expect(withoutPermission(PERMISSIONS, permission)).not.toContain(permission);
    }
    expect(withPermission([], 'keys:write-any')).toEqual(['keys:read', 'keys:write', 'keys:write-any']);
    expect(withoutPermission(PERMISSIONS, 'keys:read')).not.toContain('keys:write-any');
  });
});
