/** How the collection of one invoice stands: what Stripe was told, what came in, what was done about delay. */
import { type Database, type Transaction, toBigInt } from '@tollgate/db';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { BillingError } from '../lifecycle/billing-error.ts';
import type { PaymentProcessor } from '../stripe/stripe-client.ts';
import { syncInvoice } from '../stripe/sync-invoice.ts';
import { getOutstanding, listPayments, type PaymentView } from './payment.ts';

export interface CollectionView {
  readonly outstandingUsd: string;
  /** Of each thing that Stripe was to be told, the invoice first. */
  readonly pushes: {
    readonly kind: string;
    readonly state: string;
    readonly tries: number;
    readonly error: string;
    readonly stripeId: string | null;
    readonly createdAt: string;
    readonly doneAt: string | null;
  }[];
  readonly payments: PaymentView[];
  readonly dunning: { readonly step: string; readonly takenAt: string; readonly undoneAt: string | null }[];
  readonly stripeInvoiceId: string | null;
}

/** @throws {BillingError} `not-found`. */
export async function getCollection(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
): Promise<CollectionView> {
  const invoice = await tx.invoice.findFirst({
    where: { organizationId, id: invoiceId, kind: 'invoice' },
    select: { totalPicoUsd: true, state: true, stripeInvoiceId: true },
  });
  if (invoice === null) {
    throw new BillingError(
      'not-found',
      `Cannot find the invoice: it must exist in the organization, got ${invoiceId}`,
    );
  }
  const notes = await tx.creditNote.findMany({ where: { organizationId, invoiceId }, select: { id: true } });
  const pushes = await tx.stripePush.findMany({
    where: { organizationId, targetId: { in: [invoiceId, ...notes.map(({ id }) => id)] } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: 100,
  });
  const steps = await tx.dunningStep.findMany({
    where: { organizationId, invoiceId },
    orderBy: { takenAt: 'asc' },
  });
  const owed = invoice.state === 'open' || invoice.state === 'uncollectible';
  const outstanding = owed
    ? await getOutstanding(tx, organizationId, invoiceId, toBigInt(invoice.totalPicoUsd))
    : 0n;
  return {
    outstandingUsd: formatUsd(picoUsdSum(outstanding)),
    pushes: pushes.map((push) => ({
      kind: push.kind,
      state: push.state,
      tries: push.tries,
      error: push.lastError,
      stripeId: push.stripeId,
      createdAt: push.createdAt.toISOString(),
      doneAt: push.doneAt?.toISOString() ?? null,
    })),
    payments: await listPayments(tx, organizationId, invoiceId),
    dunning: steps.map(({ step, takenAt, undoneAt }) => ({
      step,
      takenAt: takenAt.toISOString(),
      undoneAt: undoneAt?.toISOString() ?? null,
    })),
    stripeInvoiceId: invoice.stripeInvoiceId,
  };
}

/** Fetches what Stripe has now, and says where its page for paying is. */
export async function refreshFromStripe(
  database: Database,
  processor: PaymentProcessor,
  { organizationId, stripeInvoiceId, now }: { organizationId: string; stripeInvoiceId: string; now: Date },
): Promise<{ readonly payUrl: string | null }> {
  await syncInvoice(database, processor, { organizationId, stripeInvoiceId, now });
  const invoice = await processor.stripe.invoices.retrieve(stripeInvoiceId);
  return { payUrl: invoice.hosted_invoice_url ?? null };
}
