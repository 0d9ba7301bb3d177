'use client';
/** What was brought to buckets, what waits and why, and bringing it once more. */
import type { ExportDelivery } from '@tollgate/api';
import {
  Badge,
  type BadgeTone,
  Button,
  type ColumnDef,
  Dash,
  DataTable,
  EmptyState,
  formatNumber,
  TimeStamp,
  toast,
} from '@tollgate/ui';
import { PackageCheck } from 'lucide-react';
import { useMemo } from 'react';
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { useMayChangeExports } from './destinations.tsx';
import { DELIVERY_STATES, type DeliveryState, deliveriesPath } from './exports-api.ts';

const REFRESH_MS = 5_000;
const TONE: Readonly<Record<DeliveryState, BadgeTone>> = {
  making: 'info',
  waiting: 'info',
  delivered: 'positive',
  dead: 'negative',
};

const CSV = {
  id: ({ id }: ExportDelivery) => id,
  scheduleId: ({ scheduleId }: ExportDelivery) => scheduleId,
  scheduleName: ({ scheduleName }: ExportDelivery) => scheduleName,
  destinationName: ({ destinationName }: ExportDelivery) => destinationName,
  bucket: ({ bucket }: ExportDelivery) => bucket,
  objectKey: ({ objectKey }: ExportDelivery) => objectKey,
  state: ({ state }: ExportDelivery) => state,
  tries: ({ tries }: ExportDelivery) => tries,
  bytes: ({ bytes }: ExportDelivery) => bytes,
  sha256: ({ sha256 }: ExportDelivery) => sha256,
  lastError: ({ lastError }: ExportDelivery) => lastError,
  deliveredAt: ({ deliveredAt }: ExportDelivery) => deliveredAt,
  createdAt: ({ createdAt }: ExportDelivery) => createdAt,
};

export function Deliveries() {
  const text = useMessages('dataExports').delivery;
  const url = useUrlState();
  const deliveries = useApiList<ExportDelivery>(deliveriesPath(url, 50), { refetchIntervalMs: REFRESH_MS });
  const listProps = useListProps();
  const columns = useColumns();
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={deliveries.rows}
      getRowId={idOf}
      {...listProps(deliveries)}
      columnChoice
      rememberAs="export-deliveries"
      toolbar={
        <>
          <FilterSelect
            name="state"
            label={text.state}
            all={text.allStates}
            values={DELIVERY_STATES}
            labelOf={(state) => text.states[state]}
          />
          <ListCsv<ExportDelivery>
            permission="requests:read"
            path={deliveriesPath(url)}
            name="export-deliveries"
            columns={CSV}
          />
        </>
      }
      empty={
        <EmptyState icon={<PackageCheck />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      }
    />
  );
}

function useColumns(): ColumnDef<ExportDelivery>[] {
  const text = useMessages('dataExports').delivery;
  const locale = useLocale();
  const mayWrite = useMayChangeExports();
  return useMemo<ColumnDef<ExportDelivery>[]>(
    () => [
      {
        id: 'object',
        header: text.object,
        enableSorting: false,
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="font-mono text-xs wrap-anywhere">{original.objectKey}</span>
            <span className="text-xs text-ink-faint">{original.scheduleName}</span>
            {original.lastError !== '' && (
              <span className="text-xs text-negative wrap-anywhere">{original.lastError}</span>
            )}
          </span>
        ),
      },
      {
        id: 'where',
        header: text.where,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => row.original.destinationName,
      },
      {
        id: 'size',
        header: text.size,
        enableSorting: false,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row: { original } }) =>
          original.deliveredAt === null ? (
            <Dash />
          ) : (
            <span className="tabular whitespace-nowrap">
              {formatNumber(Number(original.bytes), locale)} B
            </span>
          ),
      },
      {
        id: 'state',
        header: text.state,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col items-start gap-0.5">
            <Badge tone={TONE[original.state]}>{text.states[original.state]}</Badge>
            {original.state !== 'delivered' && original.tries > 0 && (
              <span className="text-xs text-ink-faint">{text.tries(original.tries)}</span>
            )}
          </span>
        ),
      },
      {
        id: 'when',
        header: text.when,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => {
          if (original.deliveredAt !== null) return <TimeStamp value={original.deliveredAt} />;
          if (original.state !== 'waiting' || original.nextTryAt === null) return <Dash />;
          return (
            <span className="text-xs text-ink-soft">
              {text.nextTry} <TimeStamp value={original.nextTryAt} />
            </span>
          );
        },
      },
      actionsColumn((row) => mayWrite && row.canRepeat && <RepeatButton delivery={row} />),
    ],
    [text, locale, mayWrite],
  );
}

function RepeatButton({ delivery: { id, state } }: { readonly delivery: ExportDelivery }) {
  const text = useMessages('dataExports').delivery;
  const toText = useProblemText();
  const repeat = useApiMutation<ExportDelivery>(
    () => ({ path: `/export-deliveries/${id}/repeat`, json: {} }),
    {
      invalidates: ['/export-deliveries'],
      onSuccess: () => void toast.success(text.repeated),
      onError: (error) => void toast.error(toText(error)),
    },
  );
  return (
    <Button size="sm" loading={repeat.isPending} onClick={() => repeat.mutate()}>
      {state === 'waiting' ? text.tryNow : text.repeat}
    </Button>
  );
}
