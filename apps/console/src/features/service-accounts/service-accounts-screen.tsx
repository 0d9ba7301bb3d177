'use client';
/** Machine identities: who owns keys without being a person. Search and the open one are in the address. */
import type { ServiceAccount } from '@tollgate/api';
import { Button, type ColumnDef, Dash, DataTable, EmptyState, PageHeader, TimeStamp } from '@tollgate/ui';
import { Bot, Plus } from 'lucide-react';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { SearchFilter } from '../common/search-field.tsx';
import { TeamFilter } from '../common/team-filter.tsx';
import { useTeamNames } from '../common/team-names.ts';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { type UrlState, useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { AccountState } from './account-state.tsx';
import { ServiceAccountSheet } from './service-account-sheet.tsx';

const ServiceAccountDialog = later(
  async () => (await import('./service-account-dialog.tsx')).ServiceAccountDialog,
);

const CSV = {
  id: ({ id }: ServiceAccount) => id,
  name: ({ name }: ServiceAccount) => name,
  teamId: ({ teamId }: ServiceAccount) => teamId,
  disabledAt: ({ disabledAt }: ServiceAccount) => disabledAt,
  createdAt: ({ createdAt }: ServiceAccount) => createdAt,
};

const filterOf = (url: UrlState) => ({ q: url.get('q'), teamId: url.get('team') });
const listPath = (url: UrlState) => withQuery('/service-accounts', { limit: 50, ...filterOf(url) });
export function ServiceAccountsScreen() {
  const text = useMessages('serviceAccounts');
  const url = useUrlState();
  const mayWrite = usePermission('service-accounts:write');
  const open = () => url.set({ create: '1' });
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={listPath(url)} />
            <ListCsv<ServiceAccount>
              permission="service-accounts:read"
              path={withQuery('/service-accounts', filterOf(url))}
              name="service-accounts"
              columns={CSV}
            />
            {mayWrite && (
              <Button variant="primary" icon={<Plus />} onClick={open}>
                {text.create}
              </Button>
            )}
          </>
        }
      />
      <Guarded permission="service-accounts:read">
        <Accounts onCreate={mayWrite ? open : undefined} />
      </Guarded>
      {mayWrite && url.get('create') === '1' && (
        <ServiceAccountDialog
          onClose={() => url.set({ create: undefined })}
          onDone={({ id }) => url.set({ create: undefined, open: id })}
        />
      )}
      <ServiceAccountSheet id={url.get('open')} onClose={() => url.set({ open: undefined })} />
    </>
  );
}

function Accounts({ onCreate }: { readonly onCreate: (() => void) | undefined }) {
  const text = useMessages('serviceAccounts');
  const url = useUrlState();
  const accounts = useApiList<ServiceAccount>(listPath(url));
  const listProps = useListProps();
  const columns = useColumns(accounts.rows);
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      columnChoice
      rememberAs="service-accounts"
      rows={accounts.rows}
      getRowId={idOf}
      {...listProps(accounts)}
      activeRowId={url.get('open')}
      onRowClick={({ id }) => url.set({ open: id })}
      toolbar={
        <>
          <SearchFilter label={text.search} />
          <TeamFilter />
        </>
      }
      empty={
        url.get('q') === undefined && url.get('team') === undefined ? (
          <NoAccounts onCreate={onCreate} />
        ) : (
          <NothingMatches onClear={() => url.set({ q: undefined, team: undefined })} />
        )
      }
    />
  );
}

function NoAccounts({ onCreate }: { readonly onCreate: (() => void) | undefined }) {
  const text = useMessages('serviceAccounts');
  return (
    <EmptyState
      icon={<Bot />}
      title={text.emptyTitle}
      action={
        onCreate && (
          <Button variant="primary" onClick={onCreate}>
            {text.create}
          </Button>
        )
      }
    >
      {text.emptyText}
    </EmptyState>
  );
}

function useColumns(accounts: readonly ServiceAccount[]): ColumnDef<ServiceAccount>[] {
  const text = useMessages('serviceAccounts');
  const parts = useMessages('parts');
  const common = useMessages('common');
  const teamName = useTeamNames(accounts.map(({ teamId }) => teamId));
  return useMemo<ColumnDef<ServiceAccount>[]>(
    () =>
      [
        {
          id: 'name',
          header: text.name,
          meta: { fixed: true },
          cell: ({ row: { original } }: Row) => <span className="font-medium">{original.name}</span>,
        },
        {
          id: 'team',
          header: parts.team,
          cell: ({ row: { original } }: Row) =>
            original.teamId === null ? <Dash /> : teamName(original.teamId),
        },
        {
          id: 'state',
          header: common.status,
          cell: ({ row: { original } }: Row) => <AccountState account={original} />,
        },
        {
          id: 'created',
          header: text.created,
          meta: { align: 'right' as const, wideOnly: true },
          cell: ({ row: { original } }: Row) => <TimeStamp value={original.createdAt} />,
        },
      ].map((column) => ({ enableSorting: false, ...column })),
    [text, parts, common, teamName],
  );
}

interface Row {
  readonly row: { readonly original: ServiceAccount };
}
