'use client';
/** Lists by team: kept in the address, and there for whoever may see teams. */
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { TeamSelect } from './team-select.tsx';
import { useUrlState } from './use-url-state.ts';

export function TeamFilter({ className = 'w-full sm:w-52' }: { readonly className?: string }) {
  const text = useMessages('parts');
  const url = useUrlState();
  if (!usePermission('teams:read')) return null;
  return (
    <TeamSelect
      clearable
      aria-label={text.team}
      className={className}
      allLabel={text.allTeams}
      value={url.get('team') ?? ''}
      onChange={(team) => url.set({ team })}
    />
  );
}
