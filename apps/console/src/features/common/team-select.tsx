'use client';
/** Choosing a team. */
import type { ListedTeam } from '@tollgate/api';
import { withQuery } from '../../api/query-key.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { FoundSelect, type FoundSelectProps, useFoundRows } from './found-select.tsx';
import { teamPathNames, useTeamNames } from './team-names.ts';

const SHOWN_TEAMS = 50;

export interface TeamSelectProps extends FoundSelectProps {
  /** Only one's own teams and those below: for what is allowed there alone. */
  readonly ownOnly?: boolean;
  readonly isOffered?: (team: ListedTeam) => boolean;
}

export function TeamSelect({ ownOnly = false, isOffered = everyTeam, ...select }: TeamSelectProps) {
  const mine = ownOnly ? 'true' : undefined;
  const pathOf = (q: string) => withQuery('/teams', { q, limit: SHOWN_TEAMS, mine });
  const { rows, search } = useFoundRows<ListedTeam>(usePermission('teams:read') ? pathOf : undefined);
  const nameOf = useTeamNames([select.value]);
  const options = rows
    .filter(isOffered)
    .map((team) => ({ value: team.id, label: teamPathNames(team).join(' / ') }));
  return (
    <FoundSelect {...select} options={options} search={search} chosen={{ label: nameOf(select.value) }} />
  );
}

const everyTeam = () => true;
