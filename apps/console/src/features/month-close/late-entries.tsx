'use client';
/** The ledger entries that were recorded after a month's end: exactly those that its close counts, each with its request. */
import type { LateEntry, MonthClose } from '@tollgate/api';
import { Badge, type ColumnDef, DataTable, Money, placesOf, Sheet, TimeStamp } from '@tollgate/ui';
import Link from 'next/link';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';

/** Open while the address says so. */
export function LateEntries({ close }: { readonly close: MonthClose }) {
  const text = useMessages('monthClose');
  const url = useUrlState();
  if (url.get('late') === undefined) return null;
  return (
    <Sheet
      open
      size="lg"
      onClose={() => url.set({ late: undefined })}
      title={text.steps['late-usage']}
      description={text.stepText['late-usage']}
    >
      <Guarded permission="requests:read">
        <LateList close={close} />
      </Guarded>
    </Sheet>
  );
}

const CSV = {
  started_at: ({ startedAt }: LateEntry) => startedAt,
  recorded_at: ({ recordedAt }: LateEntry) => recordedAt,
  request_id: ({ requestId }: LateEntry) => requestId,
  attempt: ({ attempt }: LateEntry) => attempt,
  entry: ({ entry }: LateEntry) => entry,
  reason: ({ reason }: LateEntry) => reason,
  key_id: ({ keyId }: LateEntry) => keyId,
  team_id: ({ teamId }: LateEntry) => teamId,
  provider: ({ provider }: LateEntry) => provider,
  model: ({ model }: LateEntry) => model,
  cost_usd: ({ costUsd }: LateEntry) => costUsd,
  charge_usd: ({ chargeUsd }: LateEntry) => chargeUsd,
};

const entryId = (row: LateEntry) => `${row.requestId}/${row.attempt}/${row.entry}`;

function LateList({ close }: { readonly close: MonthClose }) {
  const text = useMessages('monthClose');
  const month = { at: close.periodStart, livemode: String(close.livemode) };
  const path = withQuery('/month-close/late-entries', month);
  const entries = useApiList<LateEntry>(withQuery('/month-close/late-entries', { ...month, limit: 100 }));
  const listProps = useListProps();
  const columns = useColumns(entries.rows);
  const step = close.steps.find((each) => each.step === 'late-usage');
  return (
    <DataTable
      caption={text.steps['late-usage']}
      columns={columns}
      rows={entries.rows}
      getRowId={entryId}
      {...listProps(entries)}
      toolbar={
        <>
          {step && (
            <p className="flex gap-x-3 text-sm">
              <span className="tabular">{text.count(step.count)}</span>
              <Money value={step.amountUsd} />
            </p>
          )}
          <span className="sm:ml-auto">
            <ListCsv<LateEntry>
              permission="requests:read"
              path={path}
              name={`late-usage-${close.periodStart.slice(0, 10)}`}
              columns={CSV}
            />
          </span>
        </>
      }
    />
  );
}

function useColumns(rows: readonly LateEntry[]): ColumnDef<LateEntry>[] {
  const text = useMessages('monthClose');
  const places = useMemo(() => placesOf(rows.map(({ chargeUsd }) => chargeUsd)), [rows]);
  return useMemo<ColumnDef<LateEntry>[]>(
    () => [
      {
        id: 'began',
        header: text.columns.began,
        enableSorting: false,
        cell: ({ row }) => <TimeStamp value={row.original.startedAt} format="exact" className="text-xs" />,
      },
      {
        id: 'recorded',
        header: text.columns.recorded,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.recordedAt} format="exact" className="text-xs" />,
      },
      {
        id: 'request',
        header: text.columns.request,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-wrap items-center gap-1.5">
            <EntryName entry={original} />
            {original.attempt > 1 && <Badge tone="outline">{text.attempt(original.attempt)}</Badge>}
            {original.entry > 0 && <Badge tone="outline">{text.adjustment(original.reason)}</Badge>}
          </span>
        ),
      },
      {
        id: 'model',
        header: text.columns.model,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <span className="font-mono text-xs">{row.original.model}</span>,
      },
      {
        id: 'charge',
        header: text.columns.charge,
        enableSorting: false,
        meta: { align: 'right' },
        cell: ({ row }) => <Money value={row.original.chargeUsd} places={places} />,
      },
    ],
    [text, places],
  );
}

/** What was booked from a provider's bill has an id, and no request. */
function EntryName({ entry }: { readonly entry: LateEntry }) {
  const name = `…${entry.requestId.slice(-8)}`;
  if (entry.reason.startsWith('provider-bill:')) return <span className="font-mono text-xs">{name}</span>;
  return (
    <Link
      href={`/requests/${encodeURIComponent(entry.requestId)}`}
      className="font-mono text-xs text-accent-ink hover:underline"
      title={entry.requestId}
    >
      {name}
    </Link>
  );
}
