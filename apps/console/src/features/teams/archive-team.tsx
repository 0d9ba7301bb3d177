'use client';
import type { Team } from '@tollgate/api';
import Link from 'next/link';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { useArchiveTeam } from './use-team-actions.ts';

export interface ArchiveTeamProps {
  readonly team: Team;
  readonly onClose: () => void;
  readonly onArchived?: () => void;
}

export function ArchiveTeam({ team, onClose, onArchived }: ArchiveTeamProps) {
  const text = useMessages('teams');
  const archive = useArchiveTeam();
  return (
    <ConfirmAction
      title={text.archiveTitle(team.name)}
      confirmLabel={text.archive}
      confirmName={team.name}
      run={() => archive.mutateAsync(team)}
      onDone={onArchived}
      onClose={onClose}
      remedy={({ counts }) =>
        (counts.keys ?? 0) > 0 && (
          <Link href={`/keys?team=${team.id}`} className="font-medium underline">
            {text.showKeys}
          </Link>
        )
      }
    >
      {text.archiveText}
    </ConfirmAction>
  );
}
