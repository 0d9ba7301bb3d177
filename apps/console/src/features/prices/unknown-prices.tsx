'use client';
/** Models that were used without a price: what is missing on every bill. */
import type { UnknownPrice } from '@tollgate/api';
import {
  Button,
  type ColumnDef,
  DataTable,
  EmptyState,
  formatDateRange,
  formatNumber,
  TimeStamp,
} from '@tollgate/ui';
import { BadgeCheck, FileDown } from 'lucide-react';
import { useMemo } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { toCsv } from '../common/csv.ts';
import { saveBlob } from '../common/download.ts';
import { NarrowedBy } from '../common/narrowed-by.tsx';
import { useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { useProviderName } from '../providers/provider-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { useTimeZone } from '../usage/use-time-zone.ts';
import { useIsOperator, useUnknownPath } from './price-api.ts';

/** What is rated again here is done later, by the worker. */
const REFRESH_MS = 30_000;

export interface UnknownPricesProps {
  readonly onSetPrice: (unknown: UnknownPrice) => void;
  readonly onRateAgain: (unknown: UnknownPrice) => void;
}

export function UnknownPrices({ onSetPrice, onRateAgain }: UnknownPricesProps) {
  const text = useMessages('prices').unknown;
  const unknown = useApiQuery<{ readonly data: readonly UnknownPrice[] }>(useUnknownPath(), {
    refetchInterval: REFRESH_MS,
  });
  const rows = unknown.data?.data ?? [];
  const listProps = useListProps();
  const columns = useColumns(onSetPrice, onRateAgain);
  return (
    <div className="flex flex-col gap-3">
      <p className="max-w-prose text-sm text-ink-soft">{text.text}</p>
      <DataTable
        caption={text.text}
        columns={columns}
        rows={rows}
        getRowId={({ provider, model, credentialOwner }) => `${provider}/${model}/${credentialOwner}`}
        {...listProps(unknown)}
        columnChoice
        rememberAs="unknown-prices"
        toolbar={
          <>
            <OfMonth />
            {rows.length > 0 && <SaveCsv rows={rows} />}
          </>
        }
        empty={
          <EmptyState icon={<BadgeCheck />} title={text.emptyTitle}>
            {text.emptyText}
          </EmptyState>
        }
      />
    </div>
  );
}

const CSV_FIELDS = [
  'provider',
  'model',
  'credentialOwner',
  'attempts',
  'firstSeenAt',
  'lastSeenAt',
  'hasPriceNow',
] as const;

/** All of them are here: the API gives them in one answer. */
function SaveCsv({ rows }: { readonly rows: readonly UnknownPrice[] }) {
  const { exportCsv } = useMessages('common');
  const save = () => {
    const csv = toCsv(
      CSV_FIELDS,
      rows.map((row) => CSV_FIELDS.map((name) => row[name])),
    );
    saveBlob(new Blob([csv], { type: 'text/csv;charset=utf-8' }), 'unknown-prices.csv');
  };
  return (
    <Button icon={<FileDown />} className="ml-auto" onClick={save}>
      {exportCsv}
    </Button>
  );
}

function OfMonth() {
  const { modes } = useMessages('parts').traffic;
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const url = useUrlState();
  const [fromMs, toMs] = [Date.parse(url.get('from') ?? ''), Date.parse(url.get('to') ?? '')];
  const mode = { live: modes.live, test: modes.test }[url.get('mode') ?? ''];
  const isSpan = !(Number.isNaN(fromMs) || Number.isNaN(toMs));
  const days = isSpan
    ? formatDateRange(fromMs, toMs - 1, locale, timeZone)
    : (url.get('from') ?? url.get('to'));
  const label = [days, mode].filter(Boolean).join(', ');
  if (label === '') return null;
  return <NarrowedBy label={label} names={['from', 'to', 'mode']} />;
}

function useColumns(
  onSetPrice: UnknownPricesProps['onSetPrice'],
  onRateAgain: UnknownPricesProps['onRateAgain'],
): ColumnDef<UnknownPrice>[] {
  const prices = useMessages('prices');
  const locale = useLocale();
  const providerName = useProviderName();
  const mayWrite = usePermission('prices:write');
  const isOperator = useIsOperator();
  return useMemo<ColumnDef<UnknownPrice>[]>(() => {
    const text = prices.unknown;
    return [
      {
        id: 'model',
        header: prices.model,
        enableSorting: false,
        meta: { fixed: true },
        cell: ({ row }) => (
          <code className="font-mono text-xs font-medium wrap-anywhere">{row.original.model}</code>
        ),
      },
      {
        id: 'provider',
        header: prices.provider,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => providerName(row.original.provider),
      },
      {
        id: 'attempts',
        header: text.attempts,
        enableSorting: false,
        meta: { align: 'right' },
        cell: ({ row }) => <span className="tabular">{formatNumber(row.original.attempts, locale)}</span>,
      },
      {
        id: 'firstSeen',
        header: text.firstSeen,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.firstSeenAt} />,
      },
      {
        id: 'lastSeen',
        header: text.lastSeen,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.lastSeenAt} />,
      },
      {
        id: 'actions',
        header: () => <span className="sr-only">{text.setPrice}</span>,
        enableSorting: false,
        meta: { align: 'right', fixed: true },
        cell: ({ row: { original } }) => {
          if (!mayWrite) return null;
          if (original.credentialOwner === 'operator' && !isOperator) {
            return <span className="text-xs text-ink-faint">{text.resold}</span>;
          }
          const act = original.hasPriceNow ? onRateAgain : onSetPrice;
          return (
            <Button size="sm" onClick={() => act(original)}>
              {original.hasPriceNow ? text.rateAgain : text.setPrice}
            </Button>
          );
        },
      },
    ];
  }, [prices, locale, providerName, mayWrite, isOperator, onSetPrice, onRateAgain]);
}
