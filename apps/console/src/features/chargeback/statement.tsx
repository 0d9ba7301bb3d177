'use client';
/** A month by team and cost centre, what it adds up to, and that nothing is lost beside the showback statement. */
import type { Chargeback } from '@tollgate/api';
import {
  Button,
  Callout,
  type ColumnDef,
  Dash,
  DataTable,
  EmptyState,
  formatNumber,
  Money,
  placesOf,
  Select,
  StatCard,
} from '@tollgate/ui';
import { FileDown, Split } from 'lucide-react';
import { useMemo } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { saveBlob } from '../common/download.ts';
import { ModeSelect, useLivemode } from '../common/mode-select.tsx';
import { MonthSelect } from '../common/month-select.tsx';
import { useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import type { ChargebackRow } from './chargeback-api.ts';
import { GROUPINGS, type Grouping, groupRows, toChargebackCsv } from './statement-rows.ts';

const rowId = (row: ChargebackRow) => `${row.teamId} ${row.costCenter}`;
const isZero = (amount: string) => /^-?0(\.0*)?$/.test(amount);

export function Statement({ path, month }: { readonly path: string; readonly month: string }) {
  const text = useMessages('chargeback');
  const url = useUrlState();
  const grouping: Grouping = GROUPINGS.find((each) => each === url.get('by')) ?? 'place';
  const livemode = useLivemode();
  const statement = useApiQuery<Chargeback>(path);
  const rows = useMemo(() => groupRows(statement.data?.rows ?? [], grouping), [statement.data, grouping]);
  const columns = useColumns(grouping, rows);
  const listProps = useListProps();
  const { data } = statement;
  return (
    <div className="flex flex-col gap-4">
      {data !== undefined && data.rows.length > 0 && <Totals chargeback={data} />}
      <DataTable
        caption={text.tabs.statement}
        columns={columns}
        rows={rows}
        getRowId={rowId}
        {...listProps(statement)}
        columnChoice
        rememberAs="chargeback"
        toolbar={
          <>
            <MonthSelect label={text.month} />
            <ModeSelect />
            <Select<Grouping>
              compact
              aria-label={text.groupBy}
              value={grouping}
              onValueChange={(value) => url.set({ by: value === 'place' ? undefined : value })}
              options={GROUPINGS.map((value) => ({ value, label: text.groupings[value] }))}
            />
            {data !== undefined && rows.length > 0 && (
              <Button
                icon={<FileDown />}
                onClick={() =>
                  saveBlob(
                    new Blob([toChargebackCsv(data, rows, month)], { type: 'text/csv' }),
                    livemode ? `chargeback-${month}.csv` : `chargeback-${month}-test.csv`,
                  )
                }
              >
                {text.csv}
              </Button>
            )}
          </>
        }
        empty={
          <EmptyState icon={<Split />} title={livemode ? text.emptyTitle : text.emptyTestTitle}>
            {text.emptyText}
          </EmptyState>
        }
        footer={text.totalText}
      />
    </div>
  );
}

function Totals({ chargeback: { total, statement } }: { readonly chargeback: Chargeback }) {
  const text = useMessages('chargeback');
  const difference = statement?.differenceUsd ?? total.costUsd;
  return (
    <div className="flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        {(['spent', 'charge', 'cost'] as const).map((amount) => (
          <StatCard
            key={amount}
            label={text.columns[amount]}
            value={<Money value={total[`${amount}Usd`]} precision="cents" />}
            hint={text.hints[amount]}
          />
        ))}
        <StatCard
          label={text.statement}
          value={statement === null ? <Dash /> : <Money value={statement.costUsd} precision="cents" />}
          hint={
            <span className="whitespace-normal">
              {text.difference}: <Money value={difference} />
            </span>
          }
        />
      </div>
      {!isZero(difference) && <Callout tone="warning">{text.differenceText}</Callout>}
    </div>
  );
}

function useColumns(grouping: Grouping, rows: readonly ChargebackRow[]): ColumnDef<ChargebackRow>[] {
  const text = useMessages('chargeback');
  const locale = useLocale();
  return useMemo<ColumnDef<ChargebackRow>[]>(() => {
    const places = (name: 'costUsd' | 'chargeUsd' | 'dividedUsd' | 'spentUsd') =>
      placesOf(rows.map((row) => row[name]));
    const team: ColumnDef<ChargebackRow> = {
      id: 'team',
      header: text.columns.team,
      meta: { fixed: true },
      cell: ({ row: { original } }) => (
        <span className="flex flex-col">
          <span className="font-medium wrap-anywhere">
            {original.teamId === '' ? text.noTeam : original.teamName}
          </span>
          {grouping === 'place' && (
            <span className="text-xs text-ink-faint sm:hidden">{original.costCenter}</span>
          )}
        </span>
      ),
    };
    const costCenter: ColumnDef<ChargebackRow> = {
      id: 'costCenter',
      header: text.columns.costCenter,
      meta: { wideOnly: grouping === 'place', fixed: grouping === 'costCenter' },
      cell: ({ row: { original } }) =>
        original.costCenter || (grouping === 'costCenter' ? text.noCostCenter : <Dash />),
    };
    return [
      ...(grouping === 'costCenter' ? [] : [team]),
      ...(grouping === 'team' ? [] : [costCenter]),
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
        cell: ({ row }) => <Money value={row.original.costUsd} places={places('costUsd')} />,
      },
      {
        id: 'charge',
        header: text.columns.charge,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <Money value={row.original.chargeUsd} places={places('chargeUsd')} />,
      },
      {
        id: 'divided',
        header: text.columns.divided,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) =>
          isZero(row.original.dividedUsd) ? (
            <Dash />
          ) : (
            <Money signed value={row.original.dividedUsd} places={places('dividedUsd')} />
          ),
      },
      {
        id: 'spent',
        header: text.columns.spent,
        meta: { align: 'right' },
        cell: ({ row }) => (
          <Money value={row.original.spentUsd} places={places('spentUsd')} className="font-medium" />
        ),
      },
    ];
  }, [text, locale, grouping, rows]);
}
