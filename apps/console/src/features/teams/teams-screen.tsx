'use client';
/** Every team with its members, keys and spend. */
import type { Team } from '@tollgate/api';
import {
  Button,
  type ColumnDef,
  Dash,
  DataTable,
  EmptyState,
  Money,
  PageHeader,
  TimeStamp,
  TokenCount,
} from '@tollgate/ui';
import { Archive, Pencil, Plus, UsersRound } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useCallback, useMemo, useState } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { teamPathNames, useTeams } from '../common/names.ts';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { actionsColumn, RowMenu } from '../common/row-actions.tsx';
import { SearchField } from '../common/search-field.tsx';
import { useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useArchiveTeam } from './use-team-actions.ts';
import { type TeamFigures, useTeamFigures } from './use-team-figures.ts';

const TeamDialog = later(async () => (await import('./team-dialog.tsx')).TeamDialog);

interface TeamRow {
  readonly team: Team;
  readonly path: readonly string[];
  readonly figures: TeamFigures;
}

type Opened = { readonly kind: 'create' } | { readonly kind: 'edit' | 'archive'; readonly team: Team };

export function TeamsScreen() {
  const text = useMessages('teams');
  const mayWrite = usePermission('teams:write');
  const [opened, setOpened] = useState<Opened>();
  const router = useRouter();
  const close = () => setOpened(undefined);
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path="/teams" />
            {mayWrite && (
              <Button variant="primary" icon={<Plus />} onClick={() => setOpened({ kind: 'create' })}>
                {text.create}
              </Button>
            )}
          </>
        }
      />
      <Guarded permission="teams:read">
        <TeamTable open={setOpened} mayWrite={mayWrite} />
      </Guarded>
      {opened?.kind === 'create' && (
        <TeamDialog onClose={close} onCreated={(team) => router.push(`/teams/${team.id}`)} />
      )}
      {opened?.kind === 'edit' && <TeamDialog team={opened.team} onClose={close} />}
      {opened?.kind === 'archive' && <ArchiveTeam team={opened.team} onClose={close} />}
    </>
  );
}

function TeamTable({
  open,
  mayWrite,
}: {
  readonly open: (opened: Opened) => void;
  readonly mayWrite: boolean;
}) {
  const text = useMessages('teams');
  const router = useRouter();
  const url = useUrlState();
  const locale = useLocale();
  const query = url.get('q') ?? '';
  const search = useCallback((q: string) => url.set({ q }), [url.set]);
  const teams = useTeams();
  const figuresOf = useTeamFigures();
  const rows = useMemo(() => {
    const needle = query.trim().toLowerCase();
    return teams.rows
      .map((team) => ({ team, path: teamPathNames(team, teams.byId), figures: figuresOf(team.id) }))
      .filter(({ team, path }) =>
        `${path.join(' / ')} ${team.slug} ${team.costCenter}`.toLowerCase().includes(needle),
      )
      .sort((left, right) => left.path.join('\0').localeCompare(right.path.join('\0'), locale));
  }, [teams.rows, teams.byId, figuresOf, query, locale]);
  const columns = useColumns(open, mayWrite);
  const listProps = useListProps();
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={rows}
      getRowId={rowId}
      {...listProps(teams)}
      columnChoice
      initialColumnVisibility={{ slug: false, created: false }}
      onRowClick={({ team }) => router.push(`/teams/${team.id}`)}
      toolbar={<SearchField label={text.search} value={query} onChange={search} />}
      empty={
        query === '' ? (
          <EmptyState
            icon={<UsersRound />}
            title={text.emptyTitle}
            action={
              mayWrite && (
                <Button variant="primary" onClick={() => open({ kind: 'create' })}>
                  {text.create}
                </Button>
              )
            }
          >
            {text.emptyText}
          </EmptyState>
        ) : (
          <NothingMatches onClear={() => search('')} />
        )
      }
    />
  );
}

const rowId = ({ team }: TeamRow) => team.id;

function useColumns(open: (opened: Opened) => void, mayWrite: boolean): ColumnDef<TeamRow>[] {
  const text = useMessages('teams');
  const common = useMessages('common');
  return useMemo<ColumnDef<TeamRow>[]>(
    () => [
      {
        id: 'name',
        header: common.name,
        accessorFn: ({ path }) => path.join(' / '),
        meta: { fixed: true },
        cell: ({ row }) => <TeamName row={row.original} />,
      },
      {
        id: 'slug',
        header: text.slug,
        accessorFn: ({ team }) => team.slug,
        cell: ({ getValue }) => <code className="font-mono text-xs">{getValue<string>()}</code>,
      },
      {
        id: 'costCenter',
        header: text.costCenter,
        accessorFn: ({ team }) => team.costCenter,
        cell: ({ row }) => row.original.team.costCenter || <Dash />,
      },
      {
        id: 'members',
        header: text.members,
        accessorFn: ({ figures }) => figures.members ?? -1,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => <TokenCount value={row.original.figures.members} />,
      },
      {
        id: 'keys',
        header: text.keys,
        accessorFn: ({ figures }) => figures.keys ?? -1,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => <TokenCount value={row.original.figures.keys} />,
      },
      {
        id: 'spend',
        header: text.spend,
        accessorFn: ({ figures }) => Number(figures.spentUsd ?? -1),
        meta: { align: 'right' },
        cell: ({ row }) => <Money value={row.original.figures.spentUsd} precision="cents" />,
      },
      {
        id: 'created',
        header: common.created,
        accessorFn: ({ team }) => team.createdAt,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.team.createdAt} />,
      },
      actionsColumn(
        (row) =>
          mayWrite && (
            <RowMenu
              of={row.team.name}
              entries={[
                {
                  label: common.edit,
                  icon: <Pencil />,
                  onSelect: () => open({ kind: 'edit', team: row.team }),
                },
                {
                  label: text.archive,
                  icon: <Archive />,
                  tone: 'danger',
                  onSelect: () => open({ kind: 'archive', team: row.team }),
                },
              ]}
            />
          ),
        'narrow',
      ),
    ],
    [text, common, mayWrite, open],
  );
}

function TeamName({ row: { team, path } }: { readonly row: TeamRow }) {
  const above = path.slice(0, -1);
  return (
    <Link href={`/teams/${team.id}`} className="font-medium wrap-anywhere hover:underline">
      {above.length > 0 && <span className="font-normal text-ink-faint">{above.join(' / ')} / </span>}
      {team.name}
    </Link>
  );
}

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
    >
      {text.archiveText}
    </ConfirmAction>
  );
}
