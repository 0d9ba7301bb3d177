'use client';
import type { ProviderCredential } from '@tollgate/api';
import { Badge, Button, type ColumnDef, DataTable, EmptyState, Money, toast } from '@tollgate/ui';
import { KeyRound, Pencil, Plug, Power, Trash2, Zap } from 'lucide-react';
import Link from 'next/link';
import { useCallback, useMemo } from 'react';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { actionsColumn, RowMenu } from '../common/row-actions.tsx';
import { SearchField } from '../common/search-field.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { Models, Secret, Standing } from './credential-cells.tsx';
import { hostOf } from './credential-dialog.tsx';
import { fitsSearch } from './credential-use.ts';
import { LastTest } from './last-test.tsx';
import { useChangeCredential, useCredentials, useProviderName } from './provider-api.ts';
import { type CredentialFigures, useCredentialFigures } from './use-credential-figures.ts';

export type Opened =
  | { readonly kind: 'add' }
  | {
      readonly kind: 'edit' | 'key' | 'test' | 'disable' | 'delete';
      readonly credential: ProviderCredential;
    };

/** @returns Whether the search leaves it. */
export function useIsShown(): (credential: ProviderCredential) => boolean {
  const providerName = useProviderName();
  const query = useUrlState().get('q') ?? '';
  return useCallback((row) => fitsSearch(row, providerName(row.provider), query), [providerName, query]);
}

export function CredentialTable({ open }: { readonly open: (opened: Opened) => void }) {
  const text = useMessages('providers');
  const mayWrite = usePermission('provider-credentials:write');
  const credentials = useCredentials();
  const columns = useColumns(open);
  const listProps = useListProps();
  const url = useUrlState();
  const query = url.get('q') ?? '';
  const search = useCallback((q: string) => url.set({ q }), [url.set]);
  const isShown = useIsShown();
  const rows = useMemo(() => credentials.rows.filter(isShown), [credentials.rows, isShown]);
  return (
    <DataTable
      caption={text.ownTitle}
      columns={columns}
      rows={rows}
      getRowId={idOf}
      {...listProps(credentials)}
      columnChoice
      rememberAs="provider-credentials"
      initialColumnVisibility={{ owner: false }}
      {...(mayWrite && {
        onRowClick: (credential: ProviderCredential) => open({ kind: 'edit', credential }),
      })}
      toolbar={<SearchField label={text.search} value={query} onChange={search} />}
      empty={
        query !== '' ? (
          <NothingMatches onClear={() => search('')} />
        ) : (
          <EmptyState
            icon={<Plug />}
            title={text.emptyTitle}
            action={
              mayWrite && (
                <Button variant="primary" onClick={() => open({ kind: 'add' })}>
                  {text.add}
                </Button>
              )
            }
          >
            {text.emptyText}
          </EmptyState>
        )
      }
    />
  );
}

function useColumns(open: (opened: Opened) => void): ColumnDef<ProviderCredential>[] {
  const text = useMessages('providers');
  const common = useMessages('common');
  const mayWrite = usePermission('provider-credentials:write');
  const providerName = useProviderName();
  const figures = useCredentialFigures();
  return useMemo<ColumnDef<ProviderCredential>[]>(
    () => [
      {
        id: 'name',
        header: common.name,
        accessorKey: 'name',
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <span className="flex flex-col sm:min-w-44">
            <span className="font-medium wrap-anywhere">{original.name}</span>
            <span className="text-xs text-ink-faint wrap-anywhere">{hostOf(original.baseUrl)}</span>
            {/* On a phone these have no columns of their own. */}
            <span className="mt-1 flex flex-col items-start gap-1 sm:hidden">
              {figures.standings && <Standing standing={figures.standings.get(original.id)} />}
              {figures.spentUsd && (
                <span className="text-xs text-ink-soft">
                  {text.spend}: <Spent credential={original} figures={figures} />
                </span>
              )}
            </span>
          </span>
        ),
      },
      {
        id: 'provider',
        header: text.provider,
        accessorFn: ({ provider }) => providerName(provider),
        meta: { wideOnly: true, className: 'whitespace-nowrap' },
      },
      {
        id: 'mode',
        header: text.mode,
        accessorKey: 'livemode',
        meta: { wideOnly: true },
        cell: ({ row }) => (
          <Badge tone={row.original.livemode ? 'accent' : 'info'}>
            {row.original.livemode ? text.live : text.test}
          </Badge>
        ),
      },
      {
        id: 'owner',
        header: text.owner,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: () => <span className="text-ink-soft">{text.ownerOrganization}</span>,
      },
      {
        id: 'hint',
        header: text.hint,
        accessorKey: 'secretHint',
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <Secret credential={row.original} />,
      },
      {
        id: 'models',
        header: text.models,
        accessorFn: ({ models }) => models.join(' '),
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => <Models credential={original} />,
      },
      {
        id: 'lastTest',
        header: text.lastTest,
        accessorKey: 'lastTestedAt',
        cell: ({ row }) => <LastTest credential={row.original} />,
      },
      ...(figures.standings === undefined
        ? []
        : [
            {
              id: 'health',
              header: text.health,
              accessorFn: ({ id }: ProviderCredential) => figures.standings?.get(id)?.failedShare ?? -1,
              meta: { wideOnly: true },
              cell: ({ row }: { readonly row: { readonly original: ProviderCredential } }) => (
                <Standing standing={figures.standings?.get(row.original.id)} />
              ),
            },
          ]),
      ...(figures.spentUsd === undefined
        ? []
        : [
            {
              id: 'spend',
              header: text.spend,
              accessorFn: ({ id }: ProviderCredential) => Number(figures.spentUsd?.get(id) ?? 0),
              meta: { align: 'right' as const, wideOnly: true },
              cell: ({ row }: { readonly row: { readonly original: ProviderCredential } }) => (
                <Spent credential={row.original} figures={figures} />
              ),
            },
          ]),
      actionsColumn((row) => mayWrite && <RowActions credential={row} open={open} />),
    ],
    [text, common, mayWrite, providerName, figures, open],
  );
}

function Spent({
  credential: { id, name },
  figures: { spentUsd, unpriced },
}: {
  readonly credential: ProviderCredential;
  readonly figures: CredentialFigures;
}) {
  const text = useMessages('providers');
  const usage = useMessages('usage');
  return (
    <Link href={`/usage?range=month&group=model&credential=${id}`} className="hover:underline">
      {unpriced.has(id) ? (
        <span className="text-ink-faint">{usage.costUnknown}</span>
      ) : (
        <Money value={spentUsd?.get(id) ?? '0'} precision="cents" />
      )}
      <span className="sr-only"> {text.openUsage(name)}</span>
    </Link>
  );
}

interface RowActionsProps {
  readonly credential: ProviderCredential;
  readonly open: (opened: Opened) => void;
}

function RowActions({ credential, open }: RowActionsProps) {
  const text = useMessages('providers');
  const common = useMessages('common');
  const toText = useProblemText();
  const change = useChangeCredential();
  const disabled = credential.disabledAt !== null;
  const enable = () =>
    change.mutate(
      { credential, json: { disabled: false } },
      {
        onSuccess: () => void toast.success(text.isEnabled(credential.name)),
        onError: (error) => void toast.error(toText(error)),
      },
    );
  return (
    <span className="inline-flex items-center gap-1">
      <Button
        size="sm"
        aria-label={`${text.runTest}: ${credential.name}`}
        onClick={() => open({ kind: 'test', credential })}
      >
        {text.runTest}
      </Button>
      <RowMenu
        of={credential.name}
        loading={change.isPending}
        entries={[
          { label: common.edit, icon: <Pencil />, onSelect: () => open({ kind: 'edit', credential }) },
          { label: text.newKey, icon: <KeyRound />, onSelect: () => open({ kind: 'key', credential }) },
          { label: text.runTest, icon: <Zap />, onSelect: () => open({ kind: 'test', credential }) },
          {
            label: disabled ? text.enable : text.disable,
            icon: <Power />,
            onSelect: disabled ? enable : () => open({ kind: 'disable', credential }),
          },
          { kind: 'separator' },
          {
            label: common.delete,
            icon: <Trash2 />,
            tone: 'danger',
            onSelect: () => open({ kind: 'delete', credential }),
          },
        ]}
      />
    </span>
  );
}
