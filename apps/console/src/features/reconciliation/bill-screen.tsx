'use client';
/** One bill: its totals beside the ledger's, the reasons, and every difference to be decided about. */
import type { Reconciliation as BillDetail } from '@tollgate/api';
import {
  Badge,
  Callout,
  Card,
  DefinitionList,
  ErrorState,
  formatNumber,
  Money,
  PageHeader,
  Skeleton,
  StatCard,
  TimeStamp,
} from '@tollgate/ui';
import Link from 'next/link';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useDayText } from '../common/use-day-text.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { CompareAgain } from './compare-again.tsx';
import { DeleteBill } from './delete-bill.tsx';
import { Differences } from './differences.tsx';
import { useReason } from './reconciliation-api.ts';

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
  const isBooked = data.states.booking + data.states.booked > 0;
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
            {mayWrite && !isBooked && (
              <>
                <DeleteBill bill={data} />
                <CompareAgain path={path} />
              </>
            )}
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-3">
          <StatCard label={text.columns.bill} value={<Money value={data.billUsd} />} />
          <StatCard label={text.columns.ledger} value={<Money value={data.ledgerUsd} />} />
          <StatCard label={text.columns.difference} value={<Money value={data.differenceUsd} signed />} />
        </div>
        {mayWrite && isBooked && <Callout>{text.bookedStays}</Callout>}
        <Facts bill={data} />
        {data.reasons.length > 0 && <Reasons bill={data} />}
        {/* Anew after each comparison: what was selected by its position may be another difference by now. */}
        <Differences key={data.comparedAt} path={path} bill={data} mayWrite={mayWrite} />
      </div>
    </>
  );
}

function Facts({ bill }: { readonly bill: BillDetail }) {
  const text = useMessages('reconciliation');
  const locale = useLocale();
  const rows = formatNumber(bill.rows, locale);
  return (
    <Card>
      <DefinitionList
        columns={2}
        items={[
          {
            term: text.credential,
            value: bill.credentialId === '' ? text.everyCredential : bill.credentialName || bill.credentialId,
          },
          { term: text.timeZone, value: bill.timeZone },
          {
            term: text.columns.rows,
            value: (
              <span className="tabular">
                {bill.ignoredRows === 0
                  ? rows
                  : text.rowsIgnored(rows, formatNumber(bill.ignoredRows, locale))}
              </span>
            ),
          },
          { term: text.comparedAt, value: <TimeStamp value={bill.comparedAt} format="exact" /> },
          {
            term: text.columns.imported,
            value: (
              <>
                <TimeStamp value={bill.createdAt} format="exact" />
                {bill.createdBy && ` ${text.by(bill.createdBy)}`}
              </>
            ),
          },
          { term: 'SHA-256', value: <code className="font-mono text-xs">{bill.fileSha256}</code> },
        ]}
      />
    </Card>
  );
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
