'use client';
/** Roles that one may give away: none that allows more than one's own. */
import { Select } from '@tollgate/ui';
import { useRoleName, useRoles } from '../common/names.ts';
import { useMe } from '../shell/use-me.ts';

export interface RoleSelectProps {
  readonly value: string;
  readonly onChange: (role: string) => void;
  /** Not offered. */
  readonly except?: string;
}

export function RoleSelect({ value, onChange, except }: RoleSelectProps) {
  const roles = (useRoles().data?.data ?? []).filter(({ id }) => id !== except);
  const own = useMe().data?.permissions ?? [];
  const roleName = useRoleName();
  return (
    <Select
      value={value}
      onValueChange={onChange}
      options={roles.map((role) => ({
        value: role.id,
        label: roleName(role.id),
        disabled: !role.permissions.every((permission) => own.includes(permission)),
      }))}
    />
  );
}
