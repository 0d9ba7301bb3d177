'use client';
/** How each queue stands; a row opens the jobs that failed for good. */
import type { SystemStanding } from '@tollgate/api';
import { Button, type ColumnDef, Dash, DataTable, TimeStamp, TokenCount } from '@tollgate/ui';
import { useMemo } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

type QueueRow = SystemStanding['queues'][number];

export interface QueueTableProps {
  readonly queues: readonly QueueRow[];
  readonly onOpen: (queue: string) => void;
}

export function QueueTable({ queues, onOpen }: QueueTableProps) {
  const text = useMessages('operator').system;
  const columns = useColumns(onOpen);
  return (
    <DataTable
      caption={text.queues}
      columns={columns}
      rows={queues}
      getRowId={rowId}
      onRowClick={({ name }) => onOpen(name)}
    />
  );
}

const rowId = ({ name }: QueueRow) => name;

function useColumns(onOpen: (queue: string) => void): ColumnDef<QueueRow>[] {
  const text = useMessages('operator').system;
  return useMemo<ColumnDef<QueueRow>[]>(() => {
    const count = (id: 'waiting' | 'active' | 'delayed', wideOnly: boolean): ColumnDef<QueueRow> => ({
      id,
      header: text[id],
      accessorKey: id,
      meta: { align: 'right', wideOnly },
      cell: ({ row }) => <TokenCount value={row.original[id]} />,
    });
    return [
      {
        id: 'name',
        header: text.queue,
        accessorKey: 'name',
        cell: ({ getValue }) => <code className="font-mono text-xs">{getValue<string>()}</code>,
      },
      count('waiting', false),
      count('active', true),
      count('delayed', true),
      {
        id: 'failed',
        header: text.failed,
        accessorKey: 'failed',
        meta: { align: 'right' },
        cell: ({ row: { original } }) =>
          original.failed === 0 ? (
            <TokenCount value={0} />
          ) : (
            <Button
              size="sm"
              variant="dangerGhost"
              aria-label={text.showFailed(original.name)}
              onClick={(event) => {
                event.stopPropagation();
                onOpen(original.name);
              }}
            >
              <span className="tabular">{original.failed}</span>
            </Button>
          ),
      },
      {
        id: 'workers',
        header: text.workers,
        accessorKey: 'workers',
        meta: { align: 'right', wideOnly: true },
        cell: ({ row: { original } }) =>
          original.workers === 0 ? (
            <span className={original.waiting > 0 ? 'text-warning' : 'text-ink-faint'}>{text.noWorker}</span>
          ) : (
            <TokenCount value={original.workers} />
          ),
      },
      {
        id: 'oldest',
        header: text.oldest,
        accessorFn: ({ oldestWaitingAt }) => oldestWaitingAt ?? '',
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.oldestWaitingAt === null ? <Dash /> : <TimeStamp value={original.oldestWaitingAt} />,
      },
    ];
  }, [text, onOpen]);
}
