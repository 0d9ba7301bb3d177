'use client';
/** The ledger entries behind a line of an invoice or a note, page by page, and the proof that they sum to it. */
import type { LineRequest, NoteLineRequest } from '@tollgate/api';
import {
  Badge,
  Callout,
  type ColumnDef,
  DataTable,
  formatMoney,
  formatNumber,
  Money,
  StatusBadge,
  TimeStamp,
  Tooltip,
} from '@tollgate/ui';
import Link from 'next/link';
import { useMemo } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useListProps } from '../common/use-list-props.ts';
import { isSameAmount, sumOf } from './group-lines.ts';

/** How a request ended is told of an invoice's lines; a note's entries are mostly corrections. */
type Entry = NoteLineRequest & Partial<Pick<LineRequest, 'status' | 'estimated' | 'late' | 'recordedAt'>>;

export interface LineRequestsProps {
  readonly path: string;
  /** Of the line: what the entries have to sum to. */
  readonly amountUsd: string;
  readonly withStatus?: boolean;
}

export function LineRequests({ path, amountUsd, withStatus = false }: LineRequestsProps) {
  const text = useMessages('invoices');
  const requests = useApiList<Entry>(path);
  const all = useColumns();
  const columns = useMemo(
    () => (withStatus ? all : all.filter(({ id }) => id !== 'status')),
    [all, withStatus],
  );
  const listProps = useListProps();
  return (
    <>
      <SumCheck
        amountUsd={amountUsd}
        rows={requests.rows}
        complete={requests.data !== undefined && !requests.hasNextPage}
      />
      <DataTable
        caption={text.requestsTitle}
        columns={columns}
        rows={requests.rows}
        getRowId={entryId}
        {...listProps(requests)}
      />
    </>
  );
}

const entryId = (row: Entry) => `${row.requestId}/${row.attempt}/${row.entry}`;

interface SumCheckProps {
  readonly amountUsd: string;
  readonly rows: readonly Entry[];
  readonly complete: boolean;
}

function SumCheck({ amountUsd, rows, complete }: SumCheckProps) {
  const text = useMessages('invoices');
  const locale = useLocale();
  if (rows.length === 0) return null;
  const sum = sumOf(rows);
  const money = (value: string) => formatMoney(value, { locale });
  const count = formatNumber(rows.length, locale);
  if (!complete) {
    return (
      <p className="tabular text-sm text-ink-soft">{text.sumLoaded(count, money(sum), money(amountUsd))}</p>
    );
  }
  return isSameAmount(sum, amountUsd) ? (
    <Callout tone="positive">
      <span className="tabular">{text.sumEquals(count, money(sum))}</span>
    </Callout>
  ) : (
    <Callout tone="warning">{text.sumUnequal(money(sum), money(amountUsd))}</Callout>
  );
}

function useColumns(): ColumnDef<Entry>[] {
  const text = useMessages('invoices');
  const locale = useLocale();
  return useMemo<ColumnDef<Entry>[]>(() => {
    const statusNames: Readonly<Record<string, string>> = text.requestStatus;
    return [
      {
        id: 'time',
        header: text.time,
        enableSorting: false,
        cell: ({ row }) => <TimeStamp value={row.original.startedAt} format="exact" className="text-xs" />,
      },
      {
        id: 'request',
        header: text.request,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-wrap items-center gap-1.5">
            <Link
              href={`/requests/${original.requestId}`}
              className="font-mono text-xs text-accent-ink hover:underline"
              title={original.requestId}
            >
              …{original.requestId.slice(-8)}
            </Link>
            {original.attempt > 1 && <Badge tone="outline">{text.attempt(original.attempt)}</Badge>}
            {original.late && original.recordedAt && (
              <Tooltip content={<TimeStamp value={original.recordedAt} format="exact" />}>
                <span>
                  <Badge tone="warning">{text.late}</Badge>
                </span>
              </Tooltip>
            )}
            {original.estimated && <Badge tone="warning">{text.estimated}</Badge>}
            {original.entry > 0 && <Badge tone="outline">{text.adjustment(original.reason)}</Badge>}
          </span>
        ),
      },
      {
        id: 'status',
        header: text.status,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.status !== undefined && (
            <StatusBadge status={original.status} label={statusNames[original.status] ?? original.status} />
          ),
      },
      {
        id: 'quantity',
        header: text.quantity,
        enableSorting: false,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => (
          <span className="tabular">
            {new Intl.NumberFormat(locale).format(row.original.quantity as Intl.StringNumericLiteral)}
          </span>
        ),
      },
      {
        id: 'amount',
        header: text.amount,
        enableSorting: false,
        meta: { align: 'right' },
        cell: ({ row }) => <Money value={row.original.amountUsd} />,
      },
    ];
  }, [text, locale]);
}
