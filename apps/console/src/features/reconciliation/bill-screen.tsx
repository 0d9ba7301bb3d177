'use client';
/** One bill: its totals beside the ledger's, the reasons, and every difference to be decided about. */
import type { Reconciliation as BillDetail, BillDifference as Difference } from '@tollgate/api';
import {
  Badge,
  Button,
  Card,
  type ColumnDef,
  DataTable,
  EmptyState,
  ErrorState,
  Money,
  PageHeader,
  placesOf,
  Skeleton,
  StatCard,
  toast,
} from '@tollgate/ui';
import { CheckCheck } from 'lucide-react';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { useApiList, useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { DaysCell } from '../common/file-cell.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useDayText } from '../common/use-day-text.ts';
import { useListProps } from '../common/use-list-props.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { CompareAgain } from './compare-again.tsx';

export function BillScreen({ billId }: { readonly billId: string }) {
  return (
    <Guarded permission="invoices:read">
      <LoadedBill billId={billId} />
    </Guarded>
  );
}

function LoadedBill({ billId }: { readonly billId: string }) {
  const text = useMessages('reconciliation');
  const toText = useProblemText();
  const dayText = useDayText();
  const path = `/reconciliations/${encodeURIComponent(billId)}`;
  const bill = useApiQuery<BillDetail>(path);
  const mayWrite = usePermission('invoices:write');
  if (bill.error) {
    return (
      <Card flush>
        <ErrorState
          title={bill.error.status === 404 ? text.notFound : undefined}
          detail={toText(bill.error)}
          requestId={bill.error.requestId}
          onRetry={() => void bill.refetch()}
        />
      </Card>
    );
  }
  if (bill.data === undefined) return <Skeleton className="h-96" />;
  const { data } = bill;
  const name = `${text.providers[data.provider]} · ${dayText(data.firstDay, data.lastDay)}`;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          <Link key="all" href="/reconciliation">
            {text.title}
          </Link>,
          name,
        ]}
        title={name}
        description={data.fileName}
        actions={
          <>
            <ShowApiCall path={path} />
            {mayWrite && <CompareAgain path={path} />}
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-3">
          <StatCard label={text.columns.bill} value={<Money value={data.billUsd} />} />
          <StatCard label={text.columns.ledger} value={<Money value={data.ledgerUsd} />} />
          <StatCard label={text.columns.difference} value={<Money value={data.differenceUsd} signed />} />
        </div>
        {data.reasons.length > 0 && <Reasons bill={data} />}
        <Differences path={path} mayWrite={mayWrite} />
      </div>
    </>
  );
}

function useReason(): (reason: string) => string {
  const reasons: Readonly<Record<string, string>> = useMessages('reconciliation').reasons;
  return (reason) => reasons[reason] ?? reason;
}

function Reasons({ bill }: { readonly bill: BillDetail }) {
  const text = useMessages('reconciliation');
  const reasonText = useReason();
  return (
    <Card title={text.summary} description={text.summaryText} flush>
      <ul className="border-t border-line">
        {bill.reasons.map((each) => (
          <li
            key={each.reason}
            className="flex items-center gap-3 border-b border-line px-4 py-2 text-sm last:border-b-0"
          >
            <span className="flex-1">{reasonText(each.reason)}</span>
            <Badge tone="outline">{each.count}</Badge>
            <Money value={each.differenceUsd} signed className="min-w-32 text-right font-medium" />
          </li>
        ))}
      </ul>
    </Card>
  );
}

const differenceId = (difference: Difference) => String(difference.position);
const STATE_TONE = { open: 'warning', accepted: 'positive', booking: 'info', booked: 'positive' } as const;

function Differences({ path, mayWrite }: { readonly path: string; readonly mayWrite: boolean }) {
  const text = useMessages('reconciliation');
  const list = useApiList<Difference>(`${path}/differences?limit=100`);
  const listProps = useListProps();
  const columns = useColumns(list.rows);
  return (
    <DataTable
      caption={text.differences}
      columns={columns}
      rows={list.rows}
      getRowId={differenceId}
      {...listProps(list)}
      {...(mayWrite && {
        bulkActions: (rows: readonly Difference[], clear: () => void) => (
          <Decisions path={path} rows={rows} onDone={clear} />
        ),
      })}
      empty={<EmptyState icon={<CheckCheck />} title={text.noDifferences} />}
    />
  );
}

interface DecisionsProps {
  readonly path: string;
  readonly rows: readonly Difference[];
  readonly onDone: () => void;
}

function Decisions({ path, rows, onDone }: DecisionsProps) {
  const text = useMessages('reconciliation');
  const [booking, setBooking] = useState(false);
  const decide = useApiMutation<{ decided: number }, 'accept' | 'book'>(
    (decision) => ({
      path: `${path}/decide`,
      method: 'POST',
      json: { decision, positions: rows.map(({ position }) => position) },
    }),
    // The question tells its own refusal.
    { invalidates: ['/reconciliations', '/month-close'] },
  );
  return (
    <>
      <Button
        size="sm"
        loading={decide.isPending}
        onClick={() =>
          decide.mutate('accept', {
            onSuccess: () => {
              toast.success(text.accepted);
              onDone();
            },
          })
        }
      >
        {text.accept}
      </Button>
      <Button size="sm" onClick={() => setBooking(true)}>
        {text.book}
      </Button>
      {booking && (
        <ConfirmAction
          title={text.bookTitle(rows.length)}
          confirmLabel={text.book}
          tone="primary"
          run={() => decide.mutateAsync('book')}
          done={text.booked}
          onDone={onDone}
          onClose={() => setBooking(false)}
        >
          {text.bookText}
        </ConfirmAction>
      )}
    </>
  );
}

function useColumns(rows: readonly Difference[]): ColumnDef<Difference>[] {
  const text = useMessages('reconciliation');
  const reasonText = useReason();
  const dayText = useDayText();
  const places = useMemo(
    () => ({
      bill: placesOf(rows.map(({ billUsd }) => billUsd)),
      ledger: placesOf(rows.map(({ ledgerUsd }) => ledgerUsd)),
      difference: placesOf(rows.map(({ differenceUsd }) => differenceUsd)),
    }),
    [rows],
  );
  return useMemo(
    () => [
      {
        id: 'day',
        header: text.columns.day,
        meta: { wideOnly: true },
        cell: ({ row }) => <DaysCell firstDay={row.original.day} />,
      },
      {
        id: 'model',
        header: text.columns.model,
        cell: ({ row }) => (
          <span className="flex flex-col">
            <span className="font-mono text-xs wrap-anywhere">{row.original.model}</span>
            <span className="text-xs text-ink-soft sm:hidden">
              {dayText(row.original.day)} · {reasonText(row.original.reason)}
            </span>
          </span>
        ),
      },
      {
        id: 'reason',
        header: text.columns.reason,
        meta: { wideOnly: true },
        cell: ({ row }) => reasonText(row.original.reason),
      },
      {
        id: 'bill',
        header: text.columns.bill,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <Money value={row.original.billUsd} places={places.bill} />,
      },
      {
        id: 'ledger',
        header: text.columns.ledger,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <Money value={row.original.ledgerUsd} places={places.ledger} />,
      },
      {
        id: 'difference',
        header: text.columns.difference,
        meta: { align: 'right' },
        cell: ({ row }) => (
          <Money
            value={row.original.differenceUsd}
            places={places.difference}
            signed
            className="font-medium"
          />
        ),
      },
      {
        id: 'state',
        header: text.columns.state,
        cell: ({ row }) => (
          <Badge tone={STATE_TONE[row.original.state]}>{text.states[row.original.state]}</Badge>
        ),
      },
    ],
    [text, reasonText, places],
  );
}
