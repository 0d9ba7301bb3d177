'use client';
/** What each team and cost centre used in a month. Figures come from the roll-ups and sum to the showback statement. */
import { type ColumnDef, Dash, DataTable, EmptyState, formatNumber, Money, PageHeader } from '@tollgate/ui';
import { Split } from 'lucide-react';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { MonthSelect, middleOf, useMonth } from '../common/month-select.tsx';
import { useListProps } from '../common/use-list-props.ts';
import type { MonthClose } from '../month-close/month-close-api.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';

interface ChargebackRow {
  readonly team: string;
  readonly costCenter: string;
  readonly names: Readonly<Record<string, string>>;
  readonly requests: number;
  readonly costUsd: string;
  readonly chargeUsd: string;
  readonly spentUsd: string;
}

const rowId = (row: ChargebackRow) => `${row.team} ${row.costCenter}`;

export function ChargebackScreen() {
  const text = useMessages('chargeback');
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={<ShowApiCall path="/usage?groupBy=team,costCenter" />}
      />
      <Guarded permission="invoices:read">
        <Chargeback />
      </Guarded>
    </>
  );
}

function Chargeback() {
  const text = useMessages('chargeback');
  const month = useMonth();
  // The month's edges in the organization's time zone of then.
  const period = useApiQuery<MonthClose>(withQuery('/month-close', { at: middleOf(month) }));
  const usage = useApiQuery<{ data: ChargebackRow[] }>(
    period.data &&
      withQuery('/usage', {
        from: period.data.periodStart,
        to: period.data.periodEnd,
        groupBy: 'team,costCenter',
        livemode: 'true',
      }),
  );
  const columns = useColumns();
  const listProps = useListProps();
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={usage.data?.data ?? []}
      getRowId={rowId}
      {...listProps({
        ...usage,
        isLoading: period.isLoading || usage.isLoading,
        error: period.error ?? usage.error,
      })}
      toolbar={<MonthSelect label={text.month} />}
      empty={
        <EmptyState icon={<Split />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      }
      footer={<p className="px-4 py-2 text-xs text-ink-faint">{text.totalText}</p>}
    />
  );
}

function useColumns(): ColumnDef<ChargebackRow>[] {
  const text = useMessages('chargeback');
  const locale = useLocale();
  return useMemo(
    () => [
      {
        id: 'team',
        header: text.columns.team,
        cell: ({ row }) => (
          <span className="flex flex-col">
            <span className="font-medium">
              {row.original.names.team ?? (row.original.team || text.noTeam)}
            </span>
            <span className="text-xs text-ink-faint sm:hidden">{row.original.costCenter}</span>
          </span>
        ),
      },
      {
        id: 'costCenter',
        header: text.columns.costCenter,
        meta: { wideOnly: true },
        cell: ({ row }) => row.original.costCenter || <Dash />,
      },
      {
        id: 'requests',
        header: text.columns.requests,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <span className="tabular">{formatNumber(row.original.requests, locale)}</span>,
      },
      {
        id: 'cost',
        header: text.columns.cost,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <Money value={row.original.costUsd} />,
      },
      {
        id: 'charge',
        header: text.columns.charge,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <Money value={row.original.chargeUsd} />,
      },
      {
        id: 'spent',
        header: text.columns.spent,
        meta: { align: 'right' },
        cell: ({ row }) => <Money value={row.original.spentUsd} className="font-medium" />,
      },
    ],
    [text, locale],
  );
}
