'use client';
/** Members, keys and spend of every team, from lists that are loaded once. Undefined: not known (yet). */
import { useCallback, useMemo } from 'react';
import { useMembers } from '../common/names.ts';
import { useEvery } from '../common/use-every.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { useSpendThisMonth } from '../usage/use-spend-this-month.ts';

export interface TeamFigures {
  readonly members: number | undefined;
  readonly keys: number | undefined;
  /** This month, direct: without the teams below. */
  readonly spentUsd: string | undefined;
}

export function useTeamFigures(): (teamId: string) => TeamFigures {
  const members = useMembers();
  const keys = useEvery<{ readonly teamId: string | null }>('/keys?state=active', {
    enabled: usePermission('keys:read'),
  });
  const spend = useSpendThisMonth('team');
  const memberCounts = useMemo(
    () => (members.isComplete ? countBy(members.rows.flatMap((member) => member.teamIds)) : undefined),
    [members.rows, members.isComplete],
  );
  const keyCounts = useMemo(
    () => (keys.isComplete ? countBy(keys.rows.map((key) => key.teamId ?? '')) : undefined),
    [keys.rows, keys.isComplete],
  );
  return useCallback(
    (teamId) => ({
      members: memberCounts && (memberCounts.get(teamId) ?? 0),
      keys: keyCounts && (keyCounts.get(teamId) ?? 0),
      spentUsd: spend.byKey && (spend.byKey.get(teamId) ?? '0'),
    }),
    [memberCounts, keyCounts, spend.byKey],
  );
}

function countBy(ids: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
