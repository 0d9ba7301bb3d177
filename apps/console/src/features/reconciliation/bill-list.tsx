'use client';
/** Every imported bill, the newest first, with what it differs from the ledger. */
import type { ReconciliationListItem as Bill, ImportedReconciliation } from '@tollgate/api';
import { Badge, type ColumnDef, DataTable, EmptyState, Money, TimeStamp } from '@tollgate/ui';
import { Scale } from 'lucide-react';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { DaysCell, FileCell } from '../common/file-cell.tsx';
import { useGo } from '../common/leaving.ts';
import { ListCsv } from '../common/list-csv.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { BillFields } from './bill-fields.tsx';
import { BILL_PROVIDERS } from './reconciliation-api.ts';
import { UploadDialog } from './upload-dialog.tsx';

const CSV = {
  id: ({ id }: Bill) => id,
  provider: ({ provider }: Bill) => provider,
  file_name: ({ fileName }: Bill) => fileName,
  credential: ({ credentialName, credentialId }: Bill) => credentialName || credentialId,
  time_zone: ({ timeZone }: Bill) => timeZone,
  first_day: ({ firstDay }: Bill) => firstDay,
  last_day: ({ lastDay }: Bill) => lastDay,
  rows: ({ rows }: Bill) => rows,
  ignored_rows: ({ ignoredRows }: Bill) => ignoredRows,
  bill_usd: ({ billUsd }: Bill) => billUsd,
  ledger_usd: ({ ledgerUsd }: Bill) => ledgerUsd,
  difference_usd: ({ differenceUsd }: Bill) => differenceUsd,
  open_differences: ({ openDifferences }: Bill) => openDifferences,
  compared_at: ({ comparedAt }: Bill) => comparedAt,
  imported_by: ({ createdBy }: Bill) => createdBy,
  imported_at: ({ createdAt }: Bill) => createdAt,
};

export function BillList() {
  const text = useMessages('reconciliation');
  const go = useGo();
  const mayWrite = usePermission('invoices:write');
  const bills = useApiList<Bill>('/reconciliations?limit=50');
  const listProps = useListProps();
  const [credentialId, setCredentialId] = useState<string>();
  const [timeZone, setTimeZone] = useState('UTC');
  const columns = useColumns();
  const upload = mayWrite && (
    <UploadDialog<ImportedReconciliation>
      title={text.importBill}
      description={text.importBillText}
      label={text.provider}
      parameter="provider"
      options={BILL_PROVIDERS.map((value) => ({ value, label: text.providers[value] }))}
      path="/reconciliations"
      query={{ credentialId, timeZone }}
      fields={() => (
        <BillFields
          credentialId={credentialId}
          onCredentialId={setCredentialId}
          timeZone={timeZone}
          onTimeZone={setTimeZone}
        />
      )}
      done={({ isNew }) => (isNew ? text.imported : text.importedBefore)}
      remedy={({ names }) =>
        names.bill !== undefined && (
          <Link href={`/reconciliation/${names.bill}`} className="mt-1 block underline">
            {text.toEarlierBill}
          </Link>
        )
      }
      onDone={(bill) => go(`/reconciliation/${bill.id}`)}
    />
  );
  return (
    <DataTable
      caption={text.bills}
      columns={columns}
      rows={bills.rows}
      getRowId={idOf}
      {...listProps(bills)}
      onRowClick={(bill) => go(`/reconciliation/${bill.id}`)}
      toolbar={
        <span className="flex flex-wrap items-center gap-2 sm:ml-auto">
          {bills.rows.length > 0 && (
            <ListCsv<Bill>
              permission="invoices:read"
              path="/reconciliations"
              name="provider-bills"
              columns={CSV}
            />
          )}
          {upload}
        </span>
      }
      empty={
        <EmptyState icon={<Scale />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      }
    />
  );
}

function useColumns(): ColumnDef<Bill>[] {
  const text = useMessages('reconciliation');
  return useMemo(
    () => [
      {
        id: 'file',
        header: text.columns.file,
        cell: ({ row }) => (
          <FileCell what={text.providers[row.original.provider]} fileName={row.original.fileName} />
        ),
      },
      {
        id: 'period',
        header: text.columns.period,
        meta: { wideOnly: true },
        cell: ({ row }) => <DaysCell firstDay={row.original.firstDay} lastDay={row.original.lastDay} />,
      },
      {
        id: 'bill',
        header: text.columns.bill,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <Money value={row.original.billUsd} precision="cents" />,
      },
      {
        id: 'ledger',
        header: text.columns.ledger,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <Money value={row.original.ledgerUsd} precision="cents" />,
      },
      {
        id: 'difference',
        header: text.columns.difference,
        meta: { align: 'right' },
        cell: ({ row }) => (
          <Money value={row.original.differenceUsd} signed precision="cents" className="font-medium" />
        ),
      },
      {
        id: 'open',
        header: text.columns.open,
        meta: { align: 'right' },
        cell: ({ row }) => (
          <Badge tone={row.original.openDifferences === 0 ? 'positive' : 'warning'}>
            {row.original.openDifferences}
          </Badge>
        ),
      },
      {
        id: 'imported',
        header: text.columns.imported,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
    ],
    [text],
  );
}
