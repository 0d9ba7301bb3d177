'use client';
/** Exports that were asked for, schedules and the buckets they fill, what was brought there, and a new export. */
import type { DataExport } from '@tollgate/api';
import {
  Badge,
  Button,
  type ColumnDef,
  Dash,
  DataTable,
  EmptyState,
  formatNumber,
  Money,
  PageHeader,
  Tabs,
  TimeStamp,
  toast,
} from '@tollgate/ui';
import { Download, FileDown, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { downloadFromApi } from '../common/download.ts';
import { DaysCell, FileCell } from '../common/file-cell.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { DESTINATIONS_PATH, deliveriesPath, SCHEDULES_PATH } from './exports-api.ts';

const Deliveries = later(async () => (await import('./deliveries.tsx')).Deliveries);
const Destinations = later(async () => (await import('./destinations.tsx')).Destinations);
const ExportSchedules = later(async () => (await import('./export-schedules.tsx')).ExportSchedules);
const NewExportDialog = later(async () => (await import('./new-export-dialog.tsx')).NewExportDialog);

const REFRESH_MS = 5_000;
const PATH = '/exports?limit=50';
const lastDayOf = ({ to }: DataExport) => new Date(Date.parse(to) - 1).toISOString().slice(0, 10);
const TONE = {
  waiting: 'info',
  running: 'info',
  done: 'positive',
  failed: 'negative',
  expired: 'neutral',
} as const;

const TABS = ['files', 'schedules', 'deliveries', 'destinations'] as const;
type Tab = (typeof TABS)[number];

export function ExportsScreen() {
  const text = useMessages('dataExports');
  const url = useUrlState();
  const tab: Tab = TABS.find((each) => each === url.get('tab')) ?? 'files';
  const paths: Readonly<Record<Tab, string>> = {
    files: PATH,
    schedules: SCHEDULES_PATH,
    deliveries: deliveriesPath(url),
    destinations: DESTINATIONS_PATH,
  };
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={paths[tab]} />
            <NewExport />
          </>
        }
      />
      <Guarded permission="requests:read">
        <Tabs
          aria-label={text.title}
          value={tab}
          onValueChange={(value) => url.set({ tab: value === 'files' ? undefined : value, state: undefined })}
          items={TABS.map((value) => ({
            value,
            label: text.tabs[value],
            content: value === tab && <TabContent tab={value} />,
          }))}
        />
      </Guarded>
    </>
  );
}

function TabContent({ tab }: { readonly tab: Tab }) {
  switch (tab) {
    case 'files':
      return <ExportList />;
    case 'schedules':
      return <ExportSchedules />;
    case 'deliveries':
      return <Deliveries />;
    case 'destinations':
      return <Destinations />;
  }
}

function ExportList() {
  const text = useMessages('dataExports');
  const list = useApiList<DataExport>(PATH, { refetchIntervalMs: REFRESH_MS });
  const listProps = useListProps();
  const columns = useColumns();
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={list.rows}
      getRowId={idOf}
      {...listProps(list)}
      columnChoice
      rememberAs="exports"
      empty={
        <EmptyState icon={<FileDown />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      }
    />
  );
}

function useColumns(): ColumnDef<DataExport>[] {
  const text = useMessages('dataExports');
  const locale = useLocale();
  return useMemo(
    () => [
      {
        id: 'file',
        header: text.columns.file,
        meta: { fixed: true },
        cell: ({ row }) => (
          <FileCell
            what={text.formats[row.original.format]}
            fileName={row.original.fileName || row.original.createdBy}
          />
        ),
      },
      {
        id: 'range',
        header: text.columns.range,
        meta: { wideOnly: true },
        cell: ({ row }) => (
          <DaysCell firstDay={row.original.from.slice(0, 10)} lastDay={lastDayOf(row.original)} />
        ),
      },
      {
        id: 'rows',
        header: text.columns.rows,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) =>
          row.original.finishedAt === null ? (
            <Dash />
          ) : (
            <span className="tabular">{formatNumber(Number(row.original.rows), locale)}</span>
          ),
      },
      {
        id: 'charge',
        header: text.columns.charge,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) =>
          row.original.finishedAt === null ? <Dash /> : <Money value={row.original.totalUsd} />,
      },
      {
        id: 'state',
        header: text.columns.state,
        cell: ({ row }) => <Badge tone={TONE[row.original.state]}>{text.states[row.original.state]}</Badge>,
      },
      {
        id: 'created',
        header: text.columns.created,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
      actionsColumn((row) => (row.state === 'done' ? <DownloadButton row={row} /> : null)),
    ],
    [text, locale],
  );
}

function DownloadButton({ row }: { readonly row: DataExport }) {
  const text = useMessages('dataExports');
  const toText = useProblemText();
  const [loading, setLoading] = useState(false);
  const download = async () => {
    setLoading(true);
    try {
      await downloadFromApi(`/exports/${row.id}/download`, row.fileName);
    } catch (error) {
      toast.error(toText(error));
    } finally {
      setLoading(false);
    }
  };
  return (
    <Button size="sm" icon={<Download />} loading={loading} onClick={() => void download()}>
      <span className="max-sm:sr-only">{text.download}</span>
    </Button>
  );
}

function NewExport() {
  const text = useMessages('dataExports');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" icon={<Plus />} onClick={() => setOpen(true)}>
        {text.create}
      </Button>
      {open && <NewExportDialog onClose={() => setOpen(false)} />}
    </>
  );
}
