'use client';
/** The collection of one invoice: what Stripe was told, what came in, what went back, what was done about delay. */
import type { Invoice, InvoiceCollection } from '@tollgate/api';
import { Button, Card, Money, StatusBadge, TimeStamp, toast } from '@tollgate/ui';
import { ExternalLink, RefreshCw } from 'lucide-react';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

const WATCH_MS = 5_000;

/** Absent on drafts, statements and test invoices without payments: nobody owes anything. */
export function PaymentsCard({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('billing').payments;
  const isCollected = invoice.kind === 'invoice' && invoice.finalizedAt !== null;
  const { data } = useApiQuery<InvoiceCollection>(`/invoices/${invoice.id}/payments`, {
    enabled: isCollected,
    refetchInterval: invoice.state === 'open' && invoice.livemode ? WATCH_MS : false,
  });
  if (data === undefined || (!invoice.livemode && data.payments.length === 0)) return null;
  const owed = invoice.state === 'open' || invoice.state === 'uncollectible';
  return (
    <Card
      title={text.title}
      description={text.description}
      actions={data.pushes.length > 0 && <StripeActions invoice={invoice} collection={data} />}
      flush
    >
      {owed && (
        <p className="flex items-baseline gap-3 border-t border-line px-4 py-3 text-sm">
          <span className="text-ink-soft">{text.outstanding}</span>
          <Money value={data.outstandingUsd} precision="cents" className="text-lg font-semibold" />
        </p>
      )}
      <Pushes pushes={data.pushes} />
      <Payments payments={data.payments} />
      <DunningSteps steps={data.dunning} />
    </Card>
  );
}

const ROW = 'flex flex-wrap items-baseline gap-x-3 gap-y-1 border-t border-line px-4 py-2.5 text-sm';
const PUSH_STATUS: Readonly<Record<string, string>> = { done: 'ok', pending: 'pending', failed: 'failed' };

function Pushes({ pushes }: Pick<InvoiceCollection, 'pushes'>) {
  const text = useMessages('billing').payments;
  const kinds: Readonly<Record<string, string>> = text.pushKinds;
  const states: Readonly<Record<string, string>> = text.pushStates;
  return pushes.map((push) => (
    <div key={push.kind + push.createdAt} className={ROW}>
      <span className="w-20 text-ink-soft">{text.stripe}</span>
      <span>{kinds[push.kind] ?? push.kind}</span>
      <StatusBadge status={PUSH_STATUS[push.state] ?? push.state} label={states[push.state] ?? push.state} />
      {push.stripeId !== null && <code className="font-mono text-xs text-ink-faint">{push.stripeId}</code>}
      {push.error !== '' && push.state !== 'done' && <span className="text-negative">{push.error}</span>}
      <span className="ml-auto text-xs text-ink-faint">
        <TimeStamp value={push.doneAt ?? push.createdAt} />
      </span>
    </div>
  ));
}

const PAYMENT_STATUS: Readonly<Record<string, string>> = { won: 'ok', lost: 'failed', open: 'refused' };

function Payments({ payments }: Pick<InvoiceCollection, 'payments'>) {
  const text = useMessages('billing').payments;
  const kinds: Readonly<Record<string, string>> = text.kinds;
  const states: Readonly<Record<string, string>> = text.states;
  const methods: Readonly<Record<string, string>> = text.methods;
  if (payments.length === 0) return <p className={ROW}>{text.none}</p>;
  return payments.map((payment) => (
    <div key={payment.id} className={ROW}>
      <span className="w-20 font-medium">{kinds[payment.kind] ?? payment.kind}</span>
      <StatusBadge
        status={PAYMENT_STATUS[payment.state] ?? payment.state}
        label={states[payment.state] ?? payment.state}
      />
      <span className="text-ink-soft">{methods[payment.method] ?? payment.method}</span>
      <span className="text-ink-soft capitalize">{payment.reference}</span>
      {payment.failureCode !== '' && (
        <code className="font-mono text-xs text-negative">{payment.failureCode}</code>
      )}
      <span className="ml-auto flex items-baseline gap-4">
        <span className="text-xs text-ink-faint">
          <TimeStamp value={payment.occurredAt} />
        </span>
        <Money
          value={payment.kind === 'payment' ? payment.amountUsd : `-${payment.amountUsd}`}
          precision="cents"
          className="tabular w-24 text-right font-medium"
        />
      </span>
    </div>
  ));
}

function DunningSteps({ steps }: { readonly steps: InvoiceCollection['dunning'] }) {
  const text = useMessages('billing').payments;
  const names: Readonly<Record<string, string>> = text.steps;
  return steps.map(({ step, takenAt, undoneAt }) => {
    const isHeld = step === 'soft-limit' || step === 'stop';
    return (
      <div key={step} className={ROW}>
        <span>{names[step.replace(/-\d+$/, '')] ?? step}</span>
        {isHeld && undoneAt !== null && <span className="text-ink-faint">{text.undone}</span>}
        <span className="ml-auto text-xs text-ink-faint">
          <TimeStamp value={takenAt} />
        </span>
      </div>
    );
  });
}

function StripeActions({
  invoice,
  collection,
}: {
  readonly invoice: Invoice;
  readonly collection: InvoiceCollection;
}) {
  const text = useMessages('billing').payments;
  const toText = useProblemText();
  const mayWrite = usePermission('invoices:write');
  const refresh = useApiMutation<{ readonly payUrl: string | null }>(
    () => ({ path: `/invoices/${invoice.id}/payments/refresh`, method: 'POST' }),
    { invalidates: ['/invoices', '/me'] },
  );
  if (!mayWrite) return null;
  const onError = (error: unknown) => toast.error(toText(error));
  const pay = ({ payUrl }: { readonly payUrl: string | null }) => {
    if (payUrl === null) toast.info(text.noPage);
    else window.location.assign(payUrl);
  };
  const isPayable = invoice.state === 'open' && collection.stripeInvoiceId !== null;
  return (
    <span className="flex flex-wrap gap-2">
      <Button
        size="sm"
        icon={<RefreshCw />}
        loading={refresh.isPending}
        onClick={() => refresh.mutate(undefined, { onError, onSuccess: () => toast.success(text.refreshed) })}
      >
        {text.refresh}
      </Button>
      {isPayable && (
        <Button
          size="sm"
          variant="primary"
          icon={<ExternalLink />}
          loading={refresh.isPending}
          onClick={() => refresh.mutate(undefined, { onError, onSuccess: pay })}
        >
          {text.pay}
        </Button>
      )}
    </span>
  );
}
