'use client';
/** Buckets of the organization's own: added, tried, changed, removed. */
import type { ExportDestination, ExportSchedule } from '@tollgate/api';
import { Button, type ColumnDef, formatNumber, toast } from '@tollgate/ui';
import { Database, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { ListSection } from '../common/list-section.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { idOf } from '../common/use-list-props.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { DestinationDialog } from './destination-dialog.tsx';
import { DELIVERIES_PATH, DESTINATIONS_PATH, SCHEDULES_PATH } from './exports-api.ts';

/** Where data goes changes who may change billing and may read what goes. */
export function useMayChangeExports(): boolean {
  const mayWrite = usePermission('billing:write');
  return usePermission('requests:read') && mayWrite;
}

type Opened =
  | { readonly kind: 'edit'; readonly destination?: ExportDestination }
  | { readonly kind: 'remove'; readonly destination: ExportDestination };

export function Destinations() {
  const text = useMessages('dataExports').destination;
  const mayWrite = useMayChangeExports();
  const destinations = useApiList<ExportDestination>(DESTINATIONS_PATH);
  const [opened, setOpened] = useState<Opened>();
  const columns = useColumns(mayWrite ? setOpened : undefined);
  const add = mayWrite && (
    <Button icon={<Plus />} onClick={() => setOpened({ kind: 'edit' })}>
      {text.add}
    </Button>
  );
  const close = () => setOpened(undefined);
  return (
    <ListSection
      text={text.text}
      actions={add}
      caption={text.title}
      columns={columns}
      rows={destinations.rows}
      getRowId={idOf}
      list={destinations}
      empty={{ icon: <Database />, title: text.emptyTitle, text: text.emptyText }}
    >
      {opened?.kind === 'edit' && <DestinationDialog before={opened.destination} onClose={close} />}
      {opened?.kind === 'remove' && <RemoveDialog destination={opened.destination} onClose={close} />}
    </ListSection>
  );
}

function useColumns(onOpen: ((opened: Opened) => void) | undefined): ColumnDef<ExportDestination>[] {
  const text = useMessages('dataExports');
  return useMemo<ColumnDef<ExportDestination>[]>(
    () => [
      {
        id: 'name',
        header: text.destination.name,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="font-medium wrap-anywhere">{original.name}</span>
            <span className="text-xs text-ink-faint wrap-anywhere">
              {original.endpoint === '' ? text.destination.amazon : original.endpoint}
            </span>
          </span>
        ),
      },
      {
        id: 'bucket',
        header: text.destination.bucket,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="font-mono text-xs wrap-anywhere">
            {original.bucket}/{original.prefix}
          </span>
        ),
      },
      {
        id: 'region',
        header: text.destination.region,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => row.original.region,
      },
      {
        id: 'access',
        header: text.destination.accessKeyId,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <span className="font-mono text-xs">{row.original.accessKeyId}</span>,
      },
      actionsColumn(
        (row) =>
          onOpen && (
            <span className="inline-flex flex-wrap justify-end gap-2">
              <TestButton destination={row} />
              <Button size="sm" onClick={() => onOpen({ kind: 'edit', destination: row })}>
                {text.destination.edit}
              </Button>
              <Button size="sm" variant="ghost" onClick={() => onOpen({ kind: 'remove', destination: row })}>
                {text.remove}
              </Button>
            </span>
          ),
      ),
    ],
    [text, onOpen],
  );
}

interface TestOutcome {
  readonly ok: boolean;
  readonly detail: string;
  readonly tookMs: number;
}

function TestButton({ destination: { id } }: { readonly destination: ExportDestination }) {
  const text = useMessages('dataExports').destination;
  const locale = useLocale();
  const toText = useProblemText();
  const test = useApiMutation<TestOutcome>(() => ({ path: `${DESTINATIONS_PATH}/${id}/test`, json: {} }), {
    onSuccess: ({ ok, detail, tookMs }) => {
      if (ok) toast.success(text.testFine(formatNumber(tookMs, locale)));
      else toast.error(detail);
    },
    onError: (error) => void toast.error(toText(error)),
  });
  return (
    <Button size="sm" loading={test.isPending} onClick={() => test.mutate()}>
      {text.test}
    </Button>
  );
}

function RemoveDialog({
  destination: { id, name, version },
  onClose,
}: {
  readonly destination: ExportDestination;
  readonly onClose: () => void;
}) {
  const text = useMessages('dataExports');
  const schedules = useApiList<ExportSchedule>(SCHEDULES_PATH).rows;
  const ended = schedules.filter((schedule) => schedule.destinationId === id).length;
  const remove = useApiMutation<void>(
    () => ({ path: `${DESTINATIONS_PATH}/${id}`, method: 'DELETE', ifMatch: `"${version}"` }),
    { invalidates: [DESTINATIONS_PATH, SCHEDULES_PATH, DELIVERIES_PATH] },
  );
  return (
    <ConfirmAction
      title={text.destination.removeTitle(name)}
      confirmLabel={text.remove}
      tone="danger"
      confirmName={name}
      run={() => remove.mutateAsync()}
      done={text.removed}
      onClose={onClose}
    >
      {text.destination.removeText(ended)}
    </ConfirmAction>
  );
}
