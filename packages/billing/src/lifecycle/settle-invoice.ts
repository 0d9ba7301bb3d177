/**
 * What may still happen to a finalized invoice: open → paid | void | uncollectible, uncollectible → paid | void.
 * Doing a step again that was done already changes nothing.
 *
 * A step taken by hand is told to Stripe where the invoice is known there; one that Stripe told us is not told back.
 */
import type { Database, Transaction } from '@tollgate/db';
import { restoreCredits } from '../credits/credit-ledger.ts';
import { getOutstanding, recordPayment } from '../payments/payment.ts';
import { enqueueFollowUp } from '../stripe/push-queue.ts';
import { BillingError } from './billing-error.ts';
import { announce, type InvoiceStep, type LockedInvoice, lockInvoice } from './finalize.ts';

export type SettledState = 'paid' | 'void' | 'uncollectible';

const ALLOWED_FROM: Readonly<Record<SettledState, readonly string[]>> = {
  paid: ['open', 'uncollectible'],
  void: ['open', 'uncollectible'],
  uncollectible: ['open'],
};

/** A payment that reached us outside of Stripe. */
export interface PaidByHand extends InvoiceStep {
  /** As the bank statement says it. */
  readonly reference?: string;
  readonly paidAt?: Date;
}

/** @throws {BillingError} `not-found`, `wrong-state`. */
export function markPaid(database: Database, step: PaidByHand): Promise<void> {
  return byHand(database, step, 'paid', (tx, invoice) => recordByHand(tx, step, invoice));
}

/** The number stays taken, and so does the period: what is owed anew goes to a note. @throws {BillingError} as above. */
export function voidInvoice(database: Database, step: InvoiceStep): Promise<void> {
  return byHand(database, step, 'void');
}

/** @throws {BillingError} as above. */
export function markUncollectible(database: Database, step: InvoiceStep): Promise<void> {
  return byHand(database, step, 'uncollectible');
}

function byHand(
  database: Database,
  step: InvoiceStep,
  state: SettledState,
  before?: (tx: Transaction, invoice: LockedInvoice) => Promise<void>,
): Promise<void> {
  return database.tenant(step.organizationId, async (tx) => {
    const invoice = await lockInvoice(tx, step);
    if (invoice.state === state) return;
    assertAllowed(invoice, state);
    await before?.(tx, invoice);
    await settleWithin(tx, step, invoice, state);
    await enqueueFollowUp(tx, {
      organizationId: step.organizationId,
      invoiceId: step.invoiceId,
      kind: state,
      targetId: step.invoiceId,
      version: invoice.version + 1,
      nowMs: step.now.getTime(),
    });
  });
}

/** The step itself. The caller holds the invoice's lock and knows the step to be allowed. */
export async function settleWithin(
  tx: Transaction,
  step: InvoiceStep,
  invoice: LockedInvoice,
  state: SettledState,
): Promise<void> {
  const now = step.now.toISOString();
  await tx.$executeRaw`
    UPDATE invoices SET state = ${state}, version = version + 1, updated_at = now(),
      paid_at = CASE WHEN ${state} = 'paid' THEN ${now}::timestamptz ELSE paid_at END,
      voided_at = CASE WHEN ${state} = 'void' THEN ${now}::timestamptz ELSE voided_at END,
      uncollectible_at = CASE WHEN ${state} = 'uncollectible' THEN ${now}::timestamptz ELSE uncollectible_at END
    WHERE organization_id = ${step.organizationId} AND id = ${step.invoiceId}`;
  if (state === 'void') await restoreCredits(tx, step.organizationId, step.invoiceId, step.now.getTime());
  await announce(
    tx,
    step,
    `invoice-${state === 'void' ? 'voided' : state}`,
    { state: invoice.state },
    { state, number: invoice.number },
  );
}

export function isAllowed(invoice: LockedInvoice, state: SettledState): boolean {
  return ALLOWED_FROM[state].includes(invoice.state);
}

function assertAllowed(invoice: LockedInvoice, state: SettledState): void {
  if (isAllowed(invoice, state)) return;
  throw new BillingError(
    'wrong-state',
    `Cannot make the invoice ${state}: it must be ${ALLOWED_FROM[state].join(' or ')}, got ${invoice.state}`,
  );
}

async function recordByHand(tx: Transaction, step: PaidByHand, invoice: LockedInvoice): Promise<void> {
  const { organizationId, invoiceId, now } = step;
  const open = await getOutstanding(tx, organizationId, invoiceId, BigInt(invoice.totalPicoUsd));
  if (open <= 0n) return;
  await recordPayment(tx, {
    organizationId,
    invoiceId,
    kind: 'payment',
    state: 'succeeded',
    amountPicoUsd: open,
    method: 'manual',
    reference: step.reference ?? '',
    causeId: `manual:${invoiceId}`,
    occurredAt: step.paidAt ?? now,
    nowMs: now.getTime(),
  });
}
