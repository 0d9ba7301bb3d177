'use client';
/** Exports that are made by themselves, and where they go. */
import type { ExportDestination, ExportSchedule } from '@tollgate/api';
import { Badge, Button, type ColumnDef } from '@tollgate/ui';
import { CalendarClock, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { ListSection } from '../common/list-section.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { idOf } from '../common/use-list-props.ts';
import { useMayChangeExports } from './destinations.tsx';
import { DESTINATIONS_PATH, SCHEDULES_PATH } from './exports-api.ts';
import { ScheduleDialog } from './schedule-dialog.tsx';

export function ExportSchedules() {
  const text = useMessages('dataExports').schedule;
  const mayWrite = useMayChangeExports();
  const schedules = useApiList<ExportSchedule>(SCHEDULES_PATH);
  const [opened, setOpened] = useState<'add' | ExportSchedule>();
  const columns = useColumns(mayWrite ? setOpened : undefined);
  const add = mayWrite && (
    <Button icon={<Plus />} onClick={() => setOpened('add')}>
      {text.add}
    </Button>
  );
  return (
    <ListSection
      text={text.text}
      actions={add}
      caption={text.title}
      columns={columns}
      rows={schedules.rows}
      getRowId={idOf}
      list={schedules}
      empty={{ icon: <CalendarClock />, title: text.emptyTitle, text: text.emptyText }}
    >
      {opened === 'add' && <ScheduleDialog onClose={() => setOpened(undefined)} />}
      {opened !== undefined && opened !== 'add' && (
        <RemoveDialog schedule={opened} onClose={() => setOpened(undefined)} />
      )}
    </ListSection>
  );
}

function RemoveDialog({
  schedule: { id, name },
  onClose,
}: {
  readonly schedule: ExportSchedule;
  readonly onClose: () => void;
}) {
  const text = useMessages('dataExports');
  const remove = useApiMutation<void>(() => ({ path: `${SCHEDULES_PATH}/${id}`, method: 'DELETE' }), {
    invalidates: [SCHEDULES_PATH],
  });
  return (
    <ConfirmAction
      title={text.schedule.removeTitle(name)}
      confirmLabel={text.remove}
      run={() => remove.mutateAsync()}
      done={text.removed}
      onClose={onClose}
    >
      {text.schedule.removeText}
    </ConfirmAction>
  );
}

function useColumns(onRemove: ((schedule: ExportSchedule) => void) | undefined): ColumnDef<ExportSchedule>[] {
  const text = useMessages('dataExports');
  const destinations = useApiList<ExportDestination>(DESTINATIONS_PATH).rows;
  return useMemo<ColumnDef<ExportSchedule>[]>(() => {
    const nameOf = (id: string) => destinations.find((each) => each.id === id)?.name ?? id;
    return [
      {
        id: 'name',
        header: text.schedule.name,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="font-medium wrap-anywhere">{original.name}</span>
            <span className="text-xs text-ink-faint sm:hidden">
              {text.schedule.intervals[original.every]}
            </span>
          </span>
        ),
      },
      {
        id: 'what',
        header: text.schedule.kind,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-wrap items-center gap-2">
            {text.schedule.kinds[original.kind]}
            <Badge tone="outline">{text.formats[original.format]}</Badge>
            {!original.livemode && <Badge tone="warning">{text.schedule.test}</Badge>}
          </span>
        ),
      },
      {
        id: 'every',
        header: text.schedule.every,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => text.schedule.intervals[row.original.every],
      },
      {
        id: 'destination',
        header: text.schedule.destination,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.destinationId === null ? (
            <span className="text-ink-soft">{text.schedule.keptHere}</span>
          ) : (
            nameOf(original.destinationId)
          ),
      },
      actionsColumn(
        (row) =>
          onRemove && (
            <Button size="sm" variant="ghost" onClick={() => onRemove(row)}>
              {text.remove}
            </Button>
          ),
      ),
    ];
  }, [text, destinations, onRemove]);
}
