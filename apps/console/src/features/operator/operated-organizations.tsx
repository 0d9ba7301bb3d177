'use client';
/** Whom this installation serves: what they spend, on which plan, and whether they are served. */
import type { OperatedOrganization } from '@tollgate/api';
import {
  Badge,
  Button,
  type ColumnDef,
  DataTable,
  EmptyState,
  Money,
  TimeStamp,
  TokenCount,
} from '@tollgate/ui';
import { Building2 } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { SearchField } from '../common/search-field.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { organizationPath } from './operator-api.ts';
import { OrganizationSheet } from './organization-sheet.tsx';
import { RemoveFactorDialog } from './remove-factor-dialog.tsx';
import { ResoldSpendCell } from './resold-spend.tsx';
import { ServingState } from './serving-state.tsx';

const STATES = ['active', 'suspended'] as const;
/** Each is described inside its own walls, one after the other. */
const MOST_PER_PAGE = 50;

const CSV = {
  id: ({ id }: OperatedOrganization) => id,
  name: ({ name }: OperatedOrganization) => name,
  slug: ({ slug }: OperatedOrganization) => slug,
  region: ({ region }: OperatedOrganization) => region,
  planName: ({ planName }: OperatedOrganization) => planName,
  memberCount: ({ memberCount }: OperatedOrganization) => memberCount,
  requestsThisMonth: ({ requestsThisMonth }: OperatedOrganization) => requestsThisMonth,
  spentThisMonthUsd: ({ spentThisMonthUsd }: OperatedOrganization) => spentThisMonthUsd,
  resoldSpentUsd: ({ resoldSpend }: OperatedOrganization) => resoldSpend?.spentUsd ?? null,
  resoldLimitUsd: ({ resoldSpend }: OperatedOrganization) => resoldSpend?.limitUsd ?? null,
  suspendedAt: ({ suspendedAt }: OperatedOrganization) => suspendedAt,
  suspendedBy: ({ suspendedBy }: OperatedOrganization) => suspendedBy,
  suspendedReason: ({ suspendedReason }: OperatedOrganization) => suspendedReason,
  closedAt: ({ closedAt }: OperatedOrganization) => closedAt,
  createdAt: ({ createdAt }: OperatedOrganization) => createdAt,
};

export function useOrganizationsPath(limit?: number): string {
  const url = useUrlState();
  const state = STATES.find((each) => each === url.get('state')) ?? '';
  return withQuery('/operator/organizations', { q: url.get('q') ?? '', state, limit });
}

export function OperatedOrganizations() {
  const all = useMessages('operator');
  const text = all.organizations;
  const url = useUrlState();
  const organizations = useApiList<OperatedOrganization>(useOrganizationsPath(25));
  const listed = useOrganizationsPath();
  const prefetch = usePrefetch();
  const listProps = useListProps();
  const [removing, setRemoving] = useState(false);
  const columns = useColumns();
  const search = useCallback((q: string) => url.set({ q }), [url.set]);
  const filtered = (url.get('q') ?? url.get('state')) !== undefined;
  return (
    <>
      <DataTable
        caption={all.tabs.organizations}
        columns={columns}
        rows={organizations.rows}
        getRowId={idOf}
        {...listProps(organizations)}
        activeRowId={url.get('open')}
        onRowClick={({ id }) => url.set({ open: id })}
        onRowIntent={({ id }) => prefetch(organizationPath(id))}
        columnChoice
        rememberAs="organizations"
        toolbar={
          <>
            <SearchField label={text.search} value={url.get('q') ?? ''} onChange={search} />
            <FilterSelect
              name="state"
              label={text.state}
              all={text.anyState}
              values={STATES}
              labelOf={(state) => text.states[state]}
            />
            <span className="ml-auto">
              <ListCsv<OperatedOrganization>
                path={listed}
                name="organizations"
                columns={CSV}
                pageRows={MOST_PER_PAGE}
              />
            </span>
            <Button onClick={() => setRemoving(true)}>{text.removeFactor}</Button>
          </>
        }
        empty={
          filtered ? (
            <NothingMatches onClear={() => url.set({ q: undefined, state: undefined })} />
          ) : (
            <EmptyState icon={<Building2 />} title={text.emptyTitle}>
              {text.emptyText}
            </EmptyState>
          )
        }
      />
      {removing && <RemoveFactorDialog onClose={() => setRemoving(false)} />}
      <OrganizationSheet id={url.get('open')} onClose={() => url.set({ open: undefined })} />
    </>
  );
}

function useColumns(): ColumnDef<OperatedOrganization>[] {
  const text = useMessages('operator').organizations;
  return useMemo<ColumnDef<OperatedOrganization>[]>(
    () => [
      {
        id: 'name',
        header: text.organization,
        enableSorting: false,
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="font-medium wrap-anywhere">{original.name}</span>
            <span className="text-xs text-ink-faint wrap-anywhere">{original.slug}</span>
          </span>
        ),
      },
      {
        id: 'state',
        header: text.state,
        enableSorting: false,
        cell: ({ row: { original } }) => <ServingState organization={original} />,
      },
      {
        id: 'plan',
        header: text.plan,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <Badge tone="outline">{row.original.planName}</Badge>,
      },
      {
        id: 'members',
        header: text.members,
        enableSorting: false,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => <TokenCount value={row.original.memberCount} />,
      },
      {
        id: 'requests',
        header: text.requests,
        enableSorting: false,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => <TokenCount value={row.original.requestsThisMonth} />,
      },
      {
        id: 'spend',
        header: text.spendShort,
        enableSorting: false,
        meta: { align: 'right', title: text.spend },
        cell: ({ row }) => <Money value={row.original.spentThisMonthUsd} precision="cents" />,
      },
      {
        id: 'resold',
        header: text.resold.column,
        enableSorting: false,
        meta: { align: 'right', wideOnly: true, title: text.resold.title },
        cell: ({ row: { original } }) => <ResoldSpendCell spend={original.resoldSpend} />,
      },
      {
        id: 'created',
        header: text.created,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
    ],
    [text],
  );
}
