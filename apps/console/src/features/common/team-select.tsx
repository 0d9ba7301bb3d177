'use client';
/** Choosing a team. Found by the server while somebody types, and asked for when somebody is about to choose. */
import type { ListedTeam } from '@tollgate/api';
import { Combobox, type ComboboxProps } from '@tollgate/ui';
import { useDeferredValue, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { type ApiPage, useApiQuery } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { teamPathNames, useTeamNames } from './team-names.ts';

const SHOWN_TEAMS = 50;

export interface TeamSelectProps
  extends Pick<ComboboxProps, 'placeholder' | 'className' | 'clearable' | 'disabled' | 'aria-label'> {
  /** Empty: none. */
  readonly value: string;
  /** Empty: none. */
  readonly onChange: (teamId: string) => void;
  /** Only one's own teams and those below: for what is allowed there alone. */
  readonly ownOnly?: boolean;
  readonly isOffered?: (team: ListedTeam) => boolean;
}

export function TeamSelect({
  value,
  onChange,
  ownOnly = false,
  isOffered = everyTeam,
  ...combobox
}: TeamSelectProps) {
  const [typed, setTyped] = useState('');
  const [opened, setOpened] = useState(false);
  const q = useDeferredValue(typed.trim());
  const allowed = usePermission('teams:read');
  const path = withQuery('/teams', { q, limit: SHOWN_TEAMS, mine: ownOnly ? 'true' : undefined });
  const teams = useApiQuery<ApiPage<ListedTeam>>(allowed && opened ? path : undefined, {
    placeholderData: (before) => before,
  });
  const offered = (teams.data?.data ?? []).filter(isOffered);
  const isOfferedNow = offered.some(({ id }) => id === value);
  const nameOf = useTeamNames([value]);
  const options = offered.map((team) => ({ value: team.id, label: teamPathNames(team).join(' / ') }));
  return (
    <Combobox
      {...combobox}
      options={value === '' || isOfferedNow ? options : [{ value, label: nameOf(value) }, ...options]}
      value={value === '' ? undefined : value}
      onValueChange={(next) => onChange(next ?? '')}
      onOpen={() => {
        setOpened(true);
        setTyped('');
      }}
      onSearch={setTyped}
      loading={teams.isPending}
    />
  );
}

const everyTeam = () => true;
