'use client';
/** Rows of requests: in the explorer, on a key's page, on the overview. */
import type { RequestSummary } from '@tollgate/api';
import {
  Badge,
  type ColumnDef,
  Dash,
  DataTable,
  formatDuration,
  Money,
  StatusBadge,
  TimeStamp,
  TokenCount,
  useUi,
  type VisibilityState,
} from '@tollgate/ui';
import { type ReactNode, useMemo } from 'react';
import type { ApiError } from '../../api/api-error.ts';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useGo } from '../common/leaving.ts';
import { inputTokensOf, outputTokensOf } from '../common/token-totals.ts';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { ProviderName } from '../providers/provider-name.tsx';
import { isCostUnknown } from './request-types.ts';
import { requestPath } from './use-request.ts';

export type RequestColumn =
  | 'key'
  | 'team'
  | 'attempts'
  | 'endpoint'
  | 'user'
  | 'provider'
  | 'session'
  | 'tags'
  | 'firstToken';
const HIDDEN: readonly RequestColumn[] = [
  'team',
  'attempts',
  'endpoint',
  'user',
  'provider',
  'session',
  'tags',
  'firstToken',
];
const ALL_COLUMNS = [
  'time',
  'status',
  'model',
  'provider',
  'key',
  'team',
  'endpoint',
  'user',
  'session',
  'tags',
  'attempts',
  'tokens',
  'cost',
  'firstToken',
  'latency',
] as const;
/** What the explorer shows unless told otherwise, in the order of the table. */
export const USUAL_COLUMNS: readonly string[] = ALL_COLUMNS.filter(
  (column) => !(HIDDEN as readonly string[]).includes(column),
);

export interface RequestsTableProps {
  readonly list: {
    readonly rows: readonly RequestSummary[];
    readonly isLoading: boolean;
    readonly error: ApiError | null;
    readonly refetch: () => unknown;
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
  readonly caption: string;
  readonly empty: ReactNode;
  readonly hiddenColumns?: readonly RequestColumn[];
  readonly columnChoice?: boolean;
  /** With `onColumnsChange`: the screen keeps which columns are shown. */
  readonly shownColumns?: readonly string[];
  /** Undefined: as usual again. */
  readonly onColumnsChange?: (shown: readonly string[] | undefined) => void;
  readonly toolbar?: ReactNode;
  /** Instead of opening the request's page. */
  readonly onOpen?: (request: RequestSummary) => void;
  readonly activeId?: string | undefined;
}

export function RequestsTable(props: RequestsTableProps) {
  const { list, caption, empty, hiddenColumns = HIDDEN, columnChoice = false, toolbar } = props;
  const go = useGo();
  const prefetch = usePrefetch();
  const listProps = useListProps();
  const columns = useRequestColumns();
  const hidden = new Set<string>([...HIDDEN, ...hiddenColumns]);
  const shown = columnChoice ? columns : columns.filter(({ id }) => !hidden.has(id ?? ''));
  return (
    <DataTable
      caption={caption}
      columns={shown}
      rows={list.rows}
      getRowId={idOf}
      {...listProps(list)}
      columnChoice={columnChoice}
      initialColumnVisibility={Object.fromEntries(hiddenColumns.map((column) => [column, false]))}
      {...useColumnState(props)}
      onRowClick={props.onOpen ?? (({ id }) => go(`/requests/${id}`))}
      onRowIntent={({ id }) => prefetch(requestPath(id))}
      activeRowId={props.activeId}
      toolbar={toolbar}
      empty={empty}
    />
  );
}

function useColumnState({ shownColumns, onColumnsChange }: RequestsTableProps) {
  const shown = shownColumns ?? USUAL_COLUMNS;
  if (onColumnsChange === undefined) return {};
  // Only what the address names counts as chosen: the usual columns leave some out on a phone.
  const visibility: VisibilityState = Object.fromEntries(
    ALL_COLUMNS.filter((column) => shownColumns !== undefined || !shown.includes(column)).map((column) => [
      column,
      shown.includes(column),
    ]),
  );
  return {
    columnVisibility: visibility,
    onColumnVisibilityChange: (change: VisibilityState | ((before: VisibilityState) => VisibilityState)) => {
      const next = typeof change === 'function' ? change(visibility) : change;
      const chosen = ALL_COLUMNS.filter((column) => next[column] !== false);
      onColumnsChange(chosen.join() === USUAL_COLUMNS.join() ? undefined : chosen);
    },
  };
}

function useRequestColumns(): ColumnDef<RequestSummary>[] {
  const text = useMessages('requests');
  const { locale } = useUi();
  return useMemo<ColumnDef<RequestSummary>[]>(() => {
    const { columns } = text;
    const columnsOfRow: ColumnDef<RequestSummary>[] = [
      {
        id: 'time',
        header: columns.time,
        // On a phone it is below the model: there, cost has to fit as well.
        meta: { fixed: true, wideOnly: true },
        cell: ({ row: { original } }) => <TimeStamp value={original.startedAt} />,
      },
      {
        id: 'status',
        header: columns.status,
        meta: { fixed: true },
        cell: ({ row: { original } }) => <StatusBadge status={original.status} />,
      },
      {
        id: 'model',
        header: columns.model,
        cell: ({ row: { original } }) => <ModelCell request={original} />,
      },
      {
        id: 'provider',
        header: columns.provider,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.provider === '' ? <Dash /> : <ProviderName id={original.provider} />,
      },
      {
        id: 'key',
        header: columns.key,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => original.keyName ?? <ShortId id={original.keyId} />,
      },
      {
        id: 'team',
        header: columns.team,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.teamId === null ? <Dash /> : (original.teamName ?? <ShortId id={original.teamId} />),
      },
      {
        id: 'endpoint',
        header: columns.endpoint,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => original.endpoint,
      },
      {
        id: 'user',
        header: columns.user,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => original.endUser || <Dash />,
      },
      {
        id: 'session',
        header: columns.session,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => original.sessionId || <Dash />,
      },
      {
        id: 'tags',
        header: columns.tags,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => <TagsCell tags={original.tags} />,
      },
      {
        id: 'attempts',
        header: columns.attempts,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row: { original } }) => countAttempts(original),
      },
      {
        id: 'tokens',
        header: columns.tokens,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row: { original } }) => <TokensCell request={original} />,
      },
      {
        id: 'cost',
        header: columns.cost,
        meta: { align: 'right' },
        cell: ({ row: { original } }) => <CostCell request={original} />,
      },
      {
        id: 'firstToken',
        header: columns.firstToken,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row: { original } }) =>
          original.firstTokenMs === null ? (
            <Dash />
          ) : (
            <span className="tabular whitespace-nowrap">{formatDuration(original.firstTokenMs, locale)}</span>
          ),
      },
      {
        id: 'latency',
        header: columns.latency,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row: { original } }) => (
          <span className="tabular whitespace-nowrap">{formatDuration(original.totalMs, locale)}</span>
        ),
      },
    ];
    return columnsOfRow.map((column) => ({ enableSorting: false, ...column }));
  }, [text, locale]);
}

/** Corrections are entries of an attempt, not attempts. */
function countAttempts({ attempts }: RequestSummary): number {
  return new Set(attempts.map(({ attempt }) => attempt)).size;
}

function ModelCell({ request }: { readonly request: RequestSummary }) {
  const text = useMessages('requests');
  return (
    <span className="flex min-w-0 flex-col">
      <span className="inline-flex max-w-full min-w-0 items-center gap-1.5">
        <span className="sm:truncate">{request.model || request.requestedModel || <Dash />}</span>
        {!request.livemode && request.attempts.length > 0 && (
          <Badge className="hidden sm:inline-flex">{text.test}</Badge>
        )}
        {request.estimated && <Badge tone="warning">{text.estimated}</Badge>}
      </span>
      <TimeStamp value={request.startedAt} className="text-xs text-ink-faint sm:hidden" />
    </span>
  );
}

function CostCell({ request }: { readonly request: RequestSummary }) {
  const text = useMessages('requests');
  if (request.attempts.length === 0) return <Dash />;
  if (isCostUnknown(request)) return <span className="text-ink-faint">{text.costUnknown}</span>;
  return <Money value={request.spentUsd} precision={Number(request.spentUsd) === 0 ? 'cents' : 6} />;
}

function TagsCell({ tags }: { readonly tags: Readonly<Record<string, string>> }) {
  const list = Object.entries(tags);
  if (list.length === 0) return <Dash />;
  return <span className="truncate">{list.map(([name, value]) => `${name}=${value}`).join(', ')}</span>;
}

function TokensCell({ request }: { readonly request: RequestSummary }) {
  const [input, output] = [inputTokensOf(request), outputTokensOf(request)];
  if (input === 0 && output === 0) return <Dash />;
  return (
    <span className="whitespace-nowrap">
      <TokenCount value={input} />
      <span className="text-ink-faint"> / </span>
      <TokenCount value={output} />
    </span>
  );
}

/** Enough of an id to tell two apart. */
export function ShortId({ id }: { readonly id: string }) {
  return (
    <span title={id} className="font-mono text-xs text-ink-faint">
      {id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-5)}` : id}
    </span>
  );
}
