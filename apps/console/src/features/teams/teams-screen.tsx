'use client';
/** Every team with its members, keys and spend. */
import type { ListedTeam, Team } from '@tollgate/api';
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
import { useCallback, useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import type { Messages } from '../../i18n/texts.ts';
import { BudgetBar } from '../budgets/budget-bar.tsx';
import { barShares } from '../budgets/budget-standing.ts';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { useGo } from '../common/leaving.ts';
import { ListCsv } from '../common/list-csv.tsx';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { actionsColumn, RowMenu } from '../common/row-actions.tsx';
import { SearchFilter } from '../common/search-field.tsx';
import { teamPathNames } from '../common/team-names.ts';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { type UrlState, useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useSpendThisMonth } from '../usage/use-spend-this-month.ts';

const ArchiveTeam = later(async () => (await import('./archive-team.tsx')).ArchiveTeam);
const TeamDialog = later(async () => (await import('./team-dialog.tsx')).TeamDialog);

type Opened = { readonly kind: 'create' } | { readonly kind: 'edit' | 'archive'; readonly team: Team };

export function TeamsScreen() {
  const text = useMessages('teams');
  const mayWrite = usePermission('teams:write');
  const [opened, setOpened] = useState<Opened>();
  const go = useGo();
  const url = useUrlState();
  const close = () => setOpened(undefined);
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={teamsPath(url)} />
            <ListCsv<ListedTeam>
              permission="teams:read"
              path={withQuery('/teams', { q: url.get('q'), figures: 'true' })}
              name="teams"
              columns={CSV}
            />
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
        <TeamDialog onClose={close} onCreated={(team) => go(`/teams/${team.id}`)} />
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
  const go = useGo();
  const url = useUrlState();
  const locale = useLocale();
  const query = url.get('q') ?? '';
  const teams = useApiList<ListedTeam>(teamsPath(url));
  const prefetch = usePrefetch();
  const isWhole = !teams.hasNextPage;
  // The tree is in order where all of it is here; pages come by the teams' own names.
  const rows = useMemo(
    () =>
      isWhole
        ? teams.rows.toSorted((left, right) => pathText(left).localeCompare(pathText(right), locale))
        : teams.rows,
    [teams.rows, isWhole, locale],
  );
  const columns = useColumns(open, mayWrite);
  const listProps = useListProps();
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={rows}
      getRowId={idOf}
      {...listProps(teams)}
      columnChoice
      rememberAs="teams"
      initialColumnVisibility={{ slug: false, created: false }}
      onRowClick={({ id }) => go(`/teams/${id}`)}
      onRowIntent={({ id }) => prefetch(`/teams/${id}`)}
      toolbar={<SearchFilter label={text.search} />}
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
          <NothingMatches onClear={() => url.set({ q: undefined })} />
        )
      }
    />
  );
}

const pathText = (team: ListedTeam) => teamPathNames(team).join(' / ');

const CSV = {
  id: ({ id }: ListedTeam) => id,
  path: pathText,
  slug: ({ slug }: ListedTeam) => slug,
  costCenter: ({ costCenter }: ListedTeam) => costCenter,
  memberCount: ({ memberCount }: ListedTeam) => memberCount,
  activeKeyCount: ({ activeKeyCount }: ListedTeam) => activeKeyCount,
  budgetLimitUsd: ({ budget }: ListedTeam) => budget?.periodLimitUsd ?? null,
  budgetRemainingUsd: ({ budget }: ListedTeam) => budget?.remainingUsd ?? null,
  createdAt: ({ createdAt }: ListedTeam) => createdAt,
};

function teamsPath(url: UrlState): string {
  return withQuery('/teams', { limit: 50, q: url.get('q'), figures: 'true' });
}

function useColumns(open: (opened: Opened) => void, mayWrite: boolean): ColumnDef<ListedTeam>[] {
  const text = useMessages('teams');
  const common = useMessages('common');
  const spend = useSpendThisMonth('team').byKey;
  const mayReadBudgets = usePermission('budgets:read');
  const spentUsd = useCallback(({ id }: ListedTeam) => spend && (spend.get(id) ?? '0'), [spend]);
  return useMemo<ColumnDef<ListedTeam>[]>(
    () => [
      {
        id: 'name',
        header: common.name,
        accessorFn: pathText,
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <>
            <TeamName team={original} />
            {mayReadBudgets && original.budget !== null && (
              <span className="mt-1.5 block sm:hidden">
                <TeamBudget budget={original.budget} />
              </span>
            )}
          </>
        ),
      },
      {
        id: 'slug',
        header: text.slug,
        accessorKey: 'slug',
        cell: ({ getValue }) => <code className="font-mono text-xs">{getValue<string>()}</code>,
      },
      {
        id: 'costCenter',
        header: text.costCenter,
        accessorKey: 'costCenter',
        meta: { wideOnly: true },
        cell: ({ row }) => row.original.costCenter || <Dash />,
      },
      {
        id: 'members',
        header: text.members,
        accessorFn: ({ memberCount }) => memberCount ?? -1,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => <TokenCount value={row.original.memberCount} />,
      },
      {
        id: 'keys',
        header: text.keys,
        accessorFn: ({ activeKeyCount }) => activeKeyCount ?? -1,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => <TokenCount value={row.original.activeKeyCount} />,
      },
      {
        id: 'spend',
        header: text.spendThisMonth,
        accessorFn: (team) => Number(spentUsd(team) ?? -1),
        meta: { align: 'right' },
        cell: ({ row: { original } }) => (
          <>
            <Money value={spentUsd(original)} precision="cents" />
            {(original.belowCount ?? 0) > 0 && (
              <span className="block text-xs text-ink-faint">{text.withoutBelow}</span>
            )}
          </>
        ),
      },
      ...(mayReadBudgets ? [budgetColumn(text)] : []),
      {
        id: 'created',
        header: common.created,
        accessorKey: 'createdAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
      actionsColumn(
        (team) =>
          mayWrite && (
            <RowMenu
              of={team.name}
              entries={[
                {
                  label: common.edit,
                  icon: <Pencil />,
                  onSelect: () => open({ kind: 'edit', team }),
                },
                {
                  label: text.archive,
                  icon: <Archive />,
                  tone: 'danger',
                  onSelect: () => open({ kind: 'archive', team }),
                },
              ]}
            />
          ),
        'narrow',
      ),
    ],
    [text, common, mayWrite, mayReadBudgets, open, spentUsd],
  );
}

/** The one of its own that has least left; others, and those above it, are on its page. */
function budgetColumn(text: Messages<'teams'>): ColumnDef<ListedTeam> {
  return {
    id: 'budget',
    header: text.budget,
    accessorFn: ({ budget }) => (budget === null ? -1 : barShares(budget).spent),
    meta: { wideOnly: true },
    cell: ({ row: { original } }) =>
      original.budget === null ? (
        <span className="text-ink-faint">{text.budgetNone}</span>
      ) : (
        <TeamBudget budget={original.budget} />
      ),
  };
}

function TeamBudget({ budget }: { readonly budget: NonNullable<ListedTeam['budget']> }) {
  return (
    <Link href={`/budgets?open=${budget.id}`} className="block">
      <BudgetBar budget={budget} />
    </Link>
  );
}

function TeamName({ team }: { readonly team: ListedTeam }) {
  const above = team.above.map(({ name }) => name);
  return (
    <Link href={`/teams/${team.id}`} className="font-medium wrap-anywhere hover:underline">
      {above.length > 0 && <span className="font-normal text-ink-faint">{above.join(' / ')} / </span>}
      {team.name}
    </Link>
  );
}
