'use client';
/** Spend of other gateways beside our own, and the files it came from. */
import type { GatewaySpendRow as SpendRow, UsageImport } from '@tollgate/api';
import {
  Badge,
  Card,
  type ColumnDef,
  DataTable,
  EmptyState,
  formatNumber,
  IconButton,
  Money,
  TimeStamp,
  useNowMs,
} from '@tollgate/ui';
import { Shuffle, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList, useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { DaysCell, FileCell } from '../common/file-cell.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { GATEWAY_SOURCES } from './reconciliation-api.ts';
import { UploadDialog } from './upload-dialog.tsx';

const DAYS = 30;
const DAY_MS = 86_400_000;
const spendId = (row: SpendRow) => `${row.source} ${row.model}`;

export function OtherGateways() {
  const text = useMessages('reconciliation');
  const mayWrite = usePermission('invoices:write');
  const imports = useApiList<UsageImport>('/usage-imports');
  const listProps = useListProps();
  const columns = useImportColumns(mayWrite);
  return (
    <div className="flex flex-col gap-4">
      <DataTable
        caption={text.others}
        columns={columns}
        rows={imports.rows}
        getRowId={idOf}
        {...listProps(imports)}
        toolbar={
          mayWrite && (
            <UploadDialog<UsageImport>
              title={text.importSpend}
              description={text.importSpendText}
              label={text.source}
              parameter="source"
              options={GATEWAY_SOURCES.map((value) => ({ value, label: text.sources[value] }))}
              path="/usage-imports"
              onDone={() => undefined}
            />
          )
        }
        empty={
          <EmptyState icon={<Shuffle />} title={text.emptySpend}>
            {text.emptySpendText}
          </EmptyState>
        }
      />
      {imports.rows.length > 0 && <Comparison />}
    </div>
  );
}

function Comparison() {
  const text = useMessages('reconciliation');
  const toMs = Math.ceil(useNowMs() / DAY_MS) * DAY_MS;
  const path = withQuery('/usage-imports/comparison', {
    from: new Date(toMs - DAYS * DAY_MS).toISOString(),
    to: new Date(toMs).toISOString(),
  });
  const spend = useApiQuery<{ data: SpendRow[] }>(path);
  const listProps = useListProps();
  const columns = useSpendColumns();
  return (
    <Card title={text.comparison} description={text.comparisonText} flush>
      <DataTable
        caption={text.comparison}
        columns={columns}
        rows={spend.data?.data ?? []}
        getRowId={spendId}
        {...listProps(spend)}
      />
    </Card>
  );
}

function useSpendColumns(): ColumnDef<SpendRow>[] {
  const text = useMessages('reconciliation');
  const locale = useLocale();
  return useMemo(() => {
    const sources: Readonly<Record<string, string>> = text.sources;
    return [
      {
        id: 'model',
        header: text.columns.model,
        cell: ({ row }) => <span className="font-mono text-xs">{row.original.model}</span>,
      },
      {
        id: 'source',
        header: text.source,
        cell: ({ row }) => (
          <Badge tone={row.original.source === 'tollgate' ? 'accent' : 'outline'}>
            {sources[row.original.source] ?? row.original.source}
          </Badge>
        ),
      },
      {
        id: 'requests',
        header: text.columns.requests,
        meta: { align: 'right' },
        cell: ({ row }) => (
          <span className="tabular">{formatNumber(Number(row.original.requests), locale)}</span>
        ),
      },
      {
        id: 'tokens',
        header: text.columns.tokens,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => (
          <span className="tabular">{formatNumber(Number(row.original.tokens), locale)}</span>
        ),
      },
      {
        id: 'cost',
        header: text.columns.cost,
        meta: { align: 'right' },
        cell: ({ row }) => <Money value={row.original.costUsd} className="font-medium" />,
      },
    ];
  }, [text, locale]);
}

function useImportColumns(mayWrite: boolean): ColumnDef<UsageImport>[] {
  const text = useMessages('reconciliation');
  const locale = useLocale();
  return useMemo<ColumnDef<UsageImport>[]>(
    () => [
      {
        id: 'file',
        header: text.columns.file,
        cell: ({ row }) => (
          <FileCell what={text.sources[row.original.source]} fileName={row.original.fileName} />
        ),
      },
      {
        id: 'period',
        header: text.columns.period,
        meta: { wideOnly: true },
        cell: ({ row }) => <DaysCell firstDay={row.original.firstDay} lastDay={row.original.lastDay} />,
      },
      {
        id: 'rows',
        header: text.columns.rows,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <span className="tabular">{formatNumber(row.original.rows, locale)}</span>,
      },
      {
        id: 'cost',
        header: text.columns.cost,
        meta: { align: 'right' },
        cell: ({ row }) => <Money value={row.original.costUsd} />,
      },
      {
        id: 'imported',
        header: text.columns.imported,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
      ...(mayWrite ? [actionsColumn<UsageImport>((row) => <DeleteImport row={row} />)] : []),
    ],
    [text, locale, mayWrite],
  );
}

function DeleteImport({ row }: { readonly row: UsageImport }) {
  const text = useMessages('reconciliation');
  const remove = useApiMutation<void>(() => ({ path: `/usage-imports/${row.id}`, method: 'DELETE' }), {
    invalidates: ['/usage-imports'],
  });
  const [asking, setAsking] = useState(false);
  return (
    <>
      <IconButton label={text.delete} variant="ghost" onClick={() => setAsking(true)}>
        <Trash2 />
      </IconButton>
      {asking && (
        <ConfirmAction
          title={text.deleteTitle}
          confirmLabel={text.delete}
          tone="danger"
          run={() => remove.mutateAsync()}
          done={text.deleted}
          onClose={() => setAsking(false)}
        >
          {text.deleteText}
        </ConfirmAction>
      )}
    </>
  );
}
