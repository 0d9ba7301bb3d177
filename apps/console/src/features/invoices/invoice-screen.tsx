'use client';
/** One invoice: what it says, how it came about, and what can be done with it. */
import { useQueryClient } from '@tanstack/react-query';
import type { Invoice } from '@tollgate/api';
import {
  Callout,
  Card,
  DefinitionList,
  ErrorState,
  Money,
  PageHeader,
  Skeleton,
  TimeStamp,
} from '@tollgate/ui';
import Link from 'next/link';
import { useEffect, useRef } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { CreditNotes } from './credit-notes.tsx';
import { InvoiceActions } from './invoice-actions.tsx';
import { InvoiceLines } from './invoice-lines.tsx';
import { InvoiceBadge, TestMark } from './invoice-marks.tsx';
import { InvoiceTimeline } from './invoice-timeline.tsx';
import { LateInDraft } from './late-in-draft.tsx';
import { PaymentsCard } from './payments-card.tsx';
import { refreshInvoiceParts } from './refresh-invoice-parts.ts';
import { useInvoiceText } from './use-invoice-text.ts';

const DRAFT_REFRESH_MS = 10_000;

export function InvoiceScreen({ invoiceId }: { readonly invoiceId: string }) {
  return (
    <Guarded permission="invoices:read">
      <LoadedInvoice invoiceId={invoiceId} />
    </Guarded>
  );
}

function LoadedInvoice({ invoiceId }: { readonly invoiceId: string }) {
  const text = useMessages('invoices');
  const toText = useProblemText();
  const invoice = useApiQuery<Invoice>(`/invoices/${encodeURIComponent(invoiceId)}`, {
    refetchInterval: ({ state }) => (isMoving(state.data) ? DRAFT_REFRESH_MS : false),
  });
  useFreshParts(invoiceId, invoice.data?.updatedAt);
  if (invoice.data !== undefined) return <InvoicePage invoice={invoice.data} />;
  if (invoice.error === null) {
    return (
      <>
        <PageHeader title={<Skeleton className="h-6 w-56" />} />
        <Skeleton className="h-64" />
      </>
    );
  }
  const missing = invoice.error.status === 404;
  return (
    <Card flush>
      <ErrorState
        title={missing ? text.notFound : undefined}
        detail={missing ? text.notFoundText : toText(invoice.error)}
        requestId={invoice.error.requestId}
        onRetry={() => void invoice.refetch()}
      />
    </Card>
  );
}

/** A draft grows; a live invoice may be paid at any moment. */
function isMoving(invoice: Invoice | undefined): boolean {
  return invoice?.state === 'draft' || (invoice?.state === 'open' && invoice.livemode);
}

/**
 * A draft that has grown brings its lines along, so that they keep summing to its subtotal; an invoice that was paid
 * brings the payment, which may have come after the payments were asked for the last time. What came with the invoice
 * itself is young enough.
 */
function useFreshParts(invoiceId: string, updatedAt: string | undefined): void {
  const queryClient = useQueryClient();
  const known = useRef(updatedAt);
  useEffect(() => {
    const before = known.current;
    known.current = updatedAt;
    if (before === undefined || before === updatedAt) return;
    void refreshInvoiceParts(queryClient, invoiceId);
  }, [queryClient, invoiceId, updatedAt]);
}

function InvoicePage({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('invoices');
  const { title, period, lastDay, date } = useInvoiceText();
  // Showback is never closed, so it has no state and no way to its end.
  const owed = invoice.kind === 'invoice';
  return (
    <>
      <PageHeader
        breadcrumbs={[
          <Link key="invoices" href={owed ? '/invoices' : '/invoices?kind=showback'}>
            {owed ? text.title : text.kinds.showback}
          </Link>,
          title(invoice),
        ]}
        title={title(invoice)}
        description={period(invoice)}
        badge={
          <>
            {owed && <InvoiceBadge state={invoice.state} />}
            {!invoice.livemode && <TestMark />}
          </>
        }
        actions={<InvoiceActions invoice={invoice} />}
      />
      <div className="flex flex-col gap-5">
        <div className="grid gap-4 lg:grid-cols-[minmax(0,18rem)_minmax(0,1fr)]">
          <section className="flex flex-col justify-center rounded-lg border border-line bg-surface px-5 py-4">
            <h2 className="text-sm text-ink-soft">{text.total}</h2>
            <p className="tabular text-3xl font-semibold tracking-tight">
              <Money value={invoice.totalUsd} precision="cents" />
            </p>
            {owed && (
              <p className="text-sm text-ink-faint">
                {invoice.dueAt
                  ? text.dueOn(date(invoice.dueAt, invoice.timeZone))
                  : text.state[invoice.state]}
              </p>
            )}
          </section>
          {owed ? (
            <InvoiceTimeline invoice={invoice} />
          ) : (
            <Callout title={text.showbackCallout}>{text.showbackCalloutText}</Callout>
          )}
        </div>
        {owed && invoice.state === 'draft' && (
          <>
            <Callout title={text.draftTitle}>{text.draftText(lastDay(invoice))}</Callout>
            <LateInDraft invoice={invoice} />
          </>
        )}
        {!invoice.livemode && invoice.state !== 'draft' && (
          <Callout title={text.testTitle}>{text.testText}</Callout>
        )}
        <InvoiceLines invoice={invoice} />
        <PaymentsCard invoice={invoice} />
        <CreditNotes invoice={invoice} />
        <InvoiceDetails invoice={invoice} />
      </div>
    </>
  );
}

function InvoiceDetails({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('invoices');
  const parts = useMessages('parts');
  return (
    <Card title={text.details}>
      <DefinitionList
        columns={2}
        items={[
          ...(invoice.number ? [{ term: text.number, value: invoice.number }] : []),
          { term: text.currency, value: invoice.currency },
          { term: text.timeZone, value: invoice.timeZone },
          { term: text.updated, value: <TimeStamp value={invoice.updatedAt} format="exact" /> },
          { term: parts.idLabel, value: <code className="font-mono text-xs">{invoice.id}</code> },
          ...(invoice.frozenSha256
            ? [{ term: text.hash, value: <code className="font-mono text-2xs">{invoice.frozenSha256}</code> }]
            : []),
        ]}
      />
    </Card>
  );
}
