'use client';
/** What is open stands first; below it, what is over. */
import type { Alert } from '@tollgate/api';
import { Button, type ColumnDef, DataTable, EmptyState, TimeStamp } from '@tollgate/ui';
import { BellRing, X } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { RowOpener } from '../common/row-opener.tsx';
import { TeamFilter } from '../common/team-filter.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { alertPath, alertsPath, useAlerts } from './alert-api.ts';
import { AlertStateBadge, SeverityBadge } from './alert-badges.tsx';
import { ALERT_FILTERS, readAlertFilter, SEVERITIES } from './alert-filter.ts';
import { AlertSheet } from './alert-sheet.tsx';

const GRAVITY: Readonly<Record<Alert['severity'], number>> = { critical: 0, warning: 1, info: 2 };

export function AlertList() {
  const text = useMessages('alerts');
  const url = useUrlState();
  const filter = readAlertFilter(url, Object.keys(text.kinds));
  const filtered = Object.keys(filter).length > 0;
  const clear = () => url.set(Object.fromEntries(ALERT_FILTERS.map((name) => [name, undefined])));
  const open = useAlerts('open', filter);
  const over = useAlerts('recovered', filter);
  const listProps = useListProps();
  const locale = useLocale();
  const prefetch = usePrefetch();
  const intend = ({ id }: Alert) => prefetch(alertPath(id, locale));
  const show = useCallback(({ id }: Alert) => url.set({ open: id }), [url.set]);
  const openColumns = useAlertColumns('open', show);
  const overColumns = useAlertColumns('recovered', show);
  const gravest = useMemo(
    () => open.rows.toSorted((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]),
    [open.rows],
  );
  return (
    <div className="flex flex-col gap-6">
      <Filters onClear={filtered ? clear : undefined} />
      <section className="min-w-0">
        <DataTable
          caption={text.open}
          toolbar={<h2 className="text-base font-semibold text-ink">{text.open}</h2>}
          columns={openColumns}
          rows={gravest}
          getRowId={idOf}
          {...listProps(open)}
          activeRowId={url.get('open')}
          onRowClick={show}
          onRowIntent={intend}
          columnChoice
          rememberAs="alerts"
          empty={
            filtered ? (
              <NothingMatches onClear={clear} />
            ) : (
              <EmptyState icon={<BellRing />} title={text.none}>
                {text.noneText}
              </EmptyState>
            )
          }
        />
      </section>
      <section className="min-w-0">
        <DataTable
          caption={text.history}
          toolbar={<h2 className="text-base font-semibold text-ink">{text.history}</h2>}
          columns={overColumns}
          rows={over.rows}
          getRowId={idOf}
          {...listProps(over)}
          activeRowId={url.get('open')}
          onRowClick={show}
          onRowIntent={intend}
          columnChoice
          rememberAs="alerts-over"
          empty={
            <p className="px-4 py-6 text-sm text-ink-soft">
              {filtered ? text.noMatchingHistory : text.noHistory}
            </p>
          }
        />
      </section>
      <AlertSheet id={url.get('open')} onClose={() => url.set({ open: undefined })} />
    </div>
  );
}

const CSV = {
  id: ({ id }: Alert) => id,
  kind: ({ kind }: Alert) => kind,
  severity: ({ severity }: Alert) => severity,
  state: ({ state }: Alert) => state,
  title: ({ title }: Alert) => title,
  sentence: ({ sentence }: Alert) => sentence,
  teamId: ({ teamId }: Alert) => teamId,
  firedAt: ({ firedAt }: Alert) => firedAt,
  recoveredAt: ({ recoveredAt }: Alert) => recoveredAt,
};

export function AlertsCsv() {
  const kinds = Object.keys(useMessages('alerts').kinds);
  const locale = useLocale();
  const url = useUrlState();
  return (
    <ListCsv<Alert>
      permission="alerts:read"
      path={alertsPath(locale, readAlertFilter(url, kinds))}
      name="alerts"
      columns={CSV}
    />
  );
}

function Filters({ onClear }: { readonly onClear: (() => void) | undefined }) {
  const text = useMessages('alerts');
  const common = useMessages('common');
  const kinds = Object.keys(text.kinds) as (keyof typeof text.kinds)[];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <FilterSelect
        name="kind"
        label={text.filterKind}
        all={text.allKinds}
        values={kinds}
        labelOf={(kind) => text.kinds[kind]}
      />
      <FilterSelect
        name="severity"
        label={text.columns.severity}
        all={text.allSeverities}
        values={SEVERITIES}
        labelOf={(severity) => text.severities[severity]}
      />
      <TeamFilter />
      {onClear && (
        <Button variant="ghost" icon={<X />} onClick={onClear}>
          {common.clearFilters}
        </Button>
      )}
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
            <span className="mt-1 flex flex-wrap items-center gap-x-3 sm:hidden">
              <AlertStateBadge state={original.state} />
              <TimeStamp value={original.firedAt} className="text-xs text-ink-faint" />
            </span>
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
