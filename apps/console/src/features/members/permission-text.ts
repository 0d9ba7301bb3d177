'use client';
/** Permissions as people read them: in groups, each with its area, what it lets one do, and a sentence. */
import {
  areaOf,
  groupOf,
  PERMISSION_GROUPS,
  type PermissionGroup,
} from '@tollgate/identity/permission-description';
import { useMessages } from '../../i18n/i18n-provider.tsx';

const GROUP_ORDER: readonly PermissionGroup[] = [
  ...(Object.keys(PERMISSION_GROUPS) as (keyof typeof PERMISSION_GROUPS)[]),
  'other',
];

export interface GroupedPermissions {
  readonly group: PermissionGroup;
  readonly permissions: readonly string[];
}

/** In the order of areas within a group; within an area as they come. Empty groups are left out. */
export function groupPermissions(permissions: readonly string[]): readonly GroupedPermissions[] {
  return GROUP_ORDER.flatMap((group) => {
    const areas: readonly string[] = group === 'other' ? [] : PERMISSION_GROUPS[group];
    const own = permissions
      .filter((permission) => groupOf(permission) === group)
      .toSorted((left, right) => areas.indexOf(areaOf(left)) - areas.indexOf(areaOf(right)));
    return own.length === 0 ? [] : [{ group, permissions: own }];
  });
}

export function usePermissionText() {
  const text = useMessages('members');
  const areas: Readonly<Record<string, string>> = text.areas;
  const actions: Readonly<Record<string, string>> = text.actions;
  const sentences: Readonly<Record<string, string>> = text.permissions;
  const areaName = (permission: string): string => areas[areaOf(permission)] ?? areaOf(permission);
  const actionName = (permission: string): string => {
    const action = permission.split(':')[1] ?? '';
    return actions[action] ?? action;
  };
  return {
    areaName,
    actionName,
    /** `Budgets · change` */
    name: (permission: string): string => `${areaName(permission)} · ${actionName(permission)}`,
    sentence: (permission: string): string => sentences[permission] ?? '',
  };
}
