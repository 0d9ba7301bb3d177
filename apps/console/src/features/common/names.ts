'use client';
/** Names for ids that other answers carry: of teams and roles. */
import type { Role, Team } from '@tollgate/api';
import { useCallback, useMemo } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useEvery } from './use-every.ts';

export function useTeams() {
  const teams = useEvery<Team>('/teams', { enabled: usePermission('teams:read') });
  const byId = useMemo(() => new Map(teams.rows.map((team) => [team.id, team])), [teams.rows]);
  return { ...teams, byId };
}

export function useRoles() {
  const allowed = usePermission('roles:read');
  return useApiQuery<{ readonly data: readonly Role[] }>('/roles', { enabled: allowed });
}

/** @returns What a role is called: translated if built in, else its own name. */
export function useRoleName(): (roleId: string) => string {
  const builtIn: Readonly<Record<string, string>> = useMessages('parts').roles;
  const roles = useRoles().data?.data;
  // The same until the names change: columns that are made with it would be drawn anew, and lose the focus.
  return useCallback(
    (roleId) => builtIn[roleId] ?? roles?.find(({ id }) => id === roleId)?.name ?? roleId,
    [builtIn, roles],
  );
}
