'use client';
/** What is open stands first; below it, what is over. */
import type { Alert } from '@tollgate/api';
import { type ColumnDef, DataTable, EmptyState, TimeStamp } from '@tollgate/ui';
import { BellRing } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { RowOpener } from '../common/row-opener.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { useAlerts } from './alert-api.ts';
import { AlertStateBadge, SeverityBadge } from './alert-badges.tsx';
import { AlertSheet } from './alert-sheet.tsx';

const GRAVITY: Readonly<Record<Alert['severity'], number>> = { critical: 0, warning: 1, info: 2 };

export function AlertList() {
  const text = useMessages('alerts');
  const url = useUrlState();
  const open = useAlerts('open');
  const over = useAlerts('recovered');
  const listProps = useListProps();
  const show = useCallback(({ id }: Alert) => url.set({ open: id }), [url.set]);
  const openColumns = useAlertColumns('open', show);
  const overColumns = useAlertColumns('recovered', show);
  const gravest = useMemo(
    () => open.rows.toSorted((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]),
    [open.rows],
  );
  return (
    <div className="flex flex-col gap-6">
      <section className="flex min-w-0 flex-col gap-2">
        <h2 className="text-base font-semibold text-ink">{text.open}</h2>
        <DataTable
          caption={text.open}
          columns={openColumns}
          rows={gravest}
          getRowId={idOf}
          {...listProps(open)}
          activeRowId={url.get('open')}
          onRowClick={show}
          empty={
            <EmptyState icon={<BellRing />} title={text.none}>
              {text.noneText}
            </EmptyState>
          }
        />
      </section>
      <section className="flex min-w-0 flex-col gap-2">
        <h2 className="text-base font-semibold text-ink">{text.history}</h2>
        <DataTable
          caption={text.history}
          columns={overColumns}
          rows={over.rows}
          getRowId={idOf}
          {...listProps(over)}
          activeRowId={url.get('open')}
          onRowClick={show}
          empty={<p className="px-4 py-6 text-sm text-ink-soft">{text.noHistory}</p>}
        />
      </section>
      <AlertSheet id={url.get('open')} onClose={() => url.set({ open: undefined })} />
    </div>
  );
}

function useAlertColumns(state: 'open' | 'recovered', onOpen: (alert: Alert) => void): ColumnDef<Alert>[] {
  const text = useMessages('alerts');
  return useMemo<ColumnDef<Alert>[]>(
    () => [
      {
        id: 'alert',
        header: text.columns.alert,
        enableSorting: false,
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <span className="flex flex-col items-start gap-0.5">
            <RowOpener onOpen={() => onOpen(original)}>{original.title}</RowOpener>
            <span className="text-xs text-ink-soft wrap-anywhere">{original.sentence}</span>
          </span>
        ),
      },
      {
        id: 'severity',
        header: text.columns.severity,
        enableSorting: false,
        meta: { className: 'w-28' },
        cell: ({ row }) => <SeverityBadge severity={row.original.severity} />,
      },
      {
        id: 'state',
        header: text.columns.state,
        enableSorting: false,
        meta: { wideOnly: true, className: 'w-36' },
        cell: ({ row }) => <AlertStateBadge state={row.original.state} />,
      },
      {
        id: 'fired',
        header: text.columns.fired,
        enableSorting: false,
        meta: { wideOnly: true, className: 'w-36' },
        cell: ({ row }) => <TimeStamp value={row.original.firedAt} />,
      },
      ...(state === 'recovered'
        ? [
            {
              id: 'ended',
              header: text.columns.ended,
              enableSorting: false,
              meta: { wideOnly: true, className: 'w-36' },
              cell: ({ row }: { row: { original: Alert } }) =>
                row.original.recoveredAt && <TimeStamp value={row.original.recoveredAt} />,
            },
          ]
        : []),
    ],
    [text, state, onOpen],
  );
}
