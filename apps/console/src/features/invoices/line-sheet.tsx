'use client';
/** The requests behind one line, page by page, and the proof that they sum to it. */
import type { Invoice, InvoiceLine, LineRequest } from '@tollgate/api';
import {
  Badge,
  Callout,
  type ColumnDef,
  DataTable,
  DefinitionList,
  formatMoney,
  formatNumber,
  Money,
  Sheet,
  StatusBadge,
  TimeStamp,
} from '@tollgate/ui';
import Link from 'next/link';
import { useMemo } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useListProps } from '../common/use-list-props.ts';
import { isSameAmount, sumOf } from './group-lines.ts';
import { useLineLabel } from './use-invoice-text.ts';

export interface LineSheetProps {
  readonly invoice: Invoice;
  readonly line: InvoiceLine;
  readonly onClose: () => void;
}

export function LineSheet({ invoice, line, onClose }: LineSheetProps) {
  const text = useMessages('invoices');
  const parts = useMessages('parts');
  const locale = useLocale();
  const requests = useApiList<LineRequest>(`/invoices/${invoice.id}/lines/${line.id}/requests?limit=100`);
  const label = useLineLabel()(line);
  const columns = useColumns();
  const listProps = useListProps();
  return (
    <Sheet
      open
      onClose={onClose}
      size="lg"
      title={[line.model, label].filter((part) => part !== '').join(' · ')}
      description={text.requestsTitle}
    >
      <div className="flex flex-col gap-4">
        <DefinitionList
          columns={2}
          items={[
            { term: parts.team, value: line.teamName || text.noTeam },
            { term: text.costCenter, value: line.costCenter || text.noCostCenter },
            {
              term: text.quantity,
              value: (
                <span className="tabular">
                  {new Intl.NumberFormat(locale).format(line.quantity as Intl.StringNumericLiteral)}
                </span>
              ),
            },
            { term: text.unitPrice, value: <Money value={line.unitPriceUsd} /> },
            { term: text.cost, value: <Money value={line.costUsd} /> },
            { term: text.amount, value: <Money value={line.amountUsd} className="font-semibold" /> },
          ]}
        />
        {line.kind === 'usage' ? (
          <>
            <SumCheck
              line={line}
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
        ) : (
          <Callout>{text.requestsEmpty}</Callout>
        )}
      </div>
    </Sheet>
  );
}

const entryId = (row: LineRequest) => `${row.requestId}/${row.attempt}/${row.entry}`;

interface SumCheckProps {
  readonly line: InvoiceLine;
  readonly rows: readonly LineRequest[];
  readonly complete: boolean;
}

function SumCheck({ line, rows, complete }: SumCheckProps) {
  const text = useMessages('invoices');
  const locale = useLocale();
  if (rows.length === 0) return null;
  const sum = sumOf(rows);
  const money = (value: string) => formatMoney(value, { locale });
  const count = formatNumber(rows.length, locale);
  if (!complete) {
    return (
      <p className="tabular text-sm text-ink-soft">
        {text.sumLoaded(count, money(sum), money(line.amountUsd))}
      </p>
    );
  }
  return isSameAmount(sum, line.amountUsd) ? (
    <Callout tone="positive">
      <span className="tabular">{text.sumEquals(count, money(sum))}</span>
    </Callout>
  ) : (
    <Callout tone="warning">{text.sumUnequal(money(sum), money(line.amountUsd))}</Callout>
  );
}

function useColumns(): ColumnDef<LineRequest>[] {
  const text = useMessages('invoices');
  const locale = useLocale();
  return useMemo<ColumnDef<LineRequest>[]>(() => {
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
        cell: ({ row }) => (
          <StatusBadge
            status={row.original.status}
            label={statusNames[row.original.status] ?? row.original.status}
          />
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
