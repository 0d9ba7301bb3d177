/**
 * Brings our state of an invoice to what Stripe has now: payments, refunds, disputes, then paid, void, uncollectible.
 *
 * Always the whole object, fetched anew behind a lock of the organization: so the order in which events arrive, and
 * how often, makes no difference. The lock is held while Stripe answers; nothing of the request path waits for it.
 */
import type { AuditActor } from '@tollgate/audit';
import { type Database, type Transaction, toBigInt } from '@tollgate/db';
import { PICO_USD_PER_CENT } from '@tollgate/money';
import type Stripe from 'stripe';
import { lockInvoice } from '../lifecycle/finalize.ts';
import { isAllowed, type SettledState, settleWithin } from '../lifecycle/settle-invoice.ts';
import { recordPayment } from '../payments/payment.ts';
import { ORGANIZATION_METADATA, TARGET_METADATA } from './customer.ts';
import type { PaymentProcessor } from './stripe-client.ts';

export const STRIPE_ACTOR: AuditActor = { kind: 'system', id: 'stripe', name: 'Stripe' };
/** Fetching inside, one call after the other. */
export const SYNC_TIMEOUT_MS = 90_000;

export async function lockOrganization(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended('stripe ' || ${organizationId}, 0))::text AS locked`;
}

export interface SyncInvoice {
  readonly organizationId: string;
  readonly stripeInvoiceId: string;
  readonly now: Date;
}

export function syncInvoice(
  database: Database,
  processor: PaymentProcessor,
  sync: SyncInvoice,
): Promise<void> {
  return database.tenant(
    sync.organizationId,
    async (tx) => {
      await lockOrganization(tx, sync.organizationId);
      await syncInvoiceWithin(tx, processor.stripe, sync);
    },
    { timeoutMs: SYNC_TIMEOUT_MS },
  );
}

/** The caller holds the organization's lock. An invoice that is none of ours changes nothing. */
export async function syncInvoiceWithin(tx: Transaction, stripe: Stripe, sync: SyncInvoice): Promise<void> {
  const { organizationId, stripeInvoiceId, now } = sync;
  const invoice = await stripe.invoices.retrieve(stripeInvoiceId, { expand: ['payments'] });
  const targetId = invoice.metadata?.[TARGET_METADATA];
  if (targetId === undefined || invoice.metadata?.[ORGANIZATION_METADATA] !== organizationId) return;
  const target = await findTarget(tx, organizationId, targetId);
  if (target === undefined) return;
  for (const payment of invoice.payments?.data ?? []) {
    const intent = payment.payment.payment_intent;
    if (intent !== undefined)
      await syncPayment(tx, stripe, { ...target, organizationId, intentId: idOf(intent), now });
  }
  if (target.invoiceId !== undefined) await settle(tx, sync, target.invoiceId, invoice);
}

interface PaymentTarget {
  readonly invoiceId?: string;
  readonly creditNoteId?: string;
  readonly topUpId?: string;
}

async function findTarget(
  tx: Transaction,
  organizationId: string,
  targetId: string,
): Promise<PaymentTarget | undefined> {
  const where = { organizationId_id: { organizationId, id: targetId } };
  const invoice = await tx.invoice.findUnique({ where, select: { livemode: true } });
  if (invoice !== null) return invoice.livemode ? { invoiceId: targetId } : undefined;
  const note = await tx.creditNote.findUnique({ where, select: { id: true } });
  return note === null ? undefined : { creditNoteId: targetId };
}

interface SyncPayment extends PaymentTarget {
  readonly organizationId: string;
  readonly intentId: string;
  readonly now: Date;
}

/** A payment with its refunds and disputes, as they are now. @returns What Stripe says of it. */
export async function syncPayment(
  tx: Transaction,
  stripe: Stripe,
  { intentId, now, ...target }: SyncPayment,
): Promise<{ intent: Stripe.PaymentIntent; refunds: Stripe.Refund[]; disputes: Stripe.Dispute[] }> {
  const intent = await stripe.paymentIntents.retrieve(intentId, { expand: ['latest_charge'] });
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const base = { ...target, nowMs: now.getTime() };
  await recordPayment(tx, {
    ...base,
    kind: 'payment',
    state: stateOf(intent),
    amountPicoUsd: toPicoUsd(intent.status === 'succeeded' ? intent.amount_received : intent.amount),
    method: charge?.payment_method_details?.type ?? intent.payment_method_types[0] ?? '',
    reference: describeCard(charge),
    failureCode: intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code ?? '',
    causeId: intent.id,
    occurredAt: toDate(charge?.created ?? intent.created),
  });
  if (charge === null) return { intent, refunds: [], disputes: [] };
  const refunds = await toArray(stripe.refunds.list({ payment_intent: intent.id, limit: 100 }));
  for (const refund of refunds) {
    await recordPayment(tx, {
      ...base,
      kind: 'refund',
      state: refundState(refund),
      amountPicoUsd: toPicoUsd(refund.amount),
      method: 'refund',
      reference: refund.reason ?? '',
      failureCode: refund.failure_reason ?? '',
      causeId: refund.id,
      parentCauseId: intent.id,
      occurredAt: toDate(refund.created),
    });
  }
  const disputes = charge.disputed
    ? await toArray(stripe.disputes.list({ payment_intent: intent.id, limit: 100 }))
    : [];
  for (const dispute of disputes) {
    await recordPayment(tx, {
      ...base,
      kind: 'dispute',
      state: disputeState(dispute),
      amountPicoUsd: toPicoUsd(dispute.amount),
      method: 'dispute',
      reference: dispute.reason,
      causeId: dispute.id,
      parentCauseId: intent.id,
      occurredAt: toDate(dispute.created),
    });
  }
  return { intent, refunds, disputes };
}

const SETTLED: Readonly<Record<string, SettledState>> = {
  paid: 'paid',
  void: 'void',
  uncollectible: 'uncollectible',
};

async function settle(
  tx: Transaction,
  { organizationId, now }: SyncInvoice,
  invoiceId: string,
  stripeInvoice: Stripe.Invoice,
): Promise<void> {
  const wanted = SETTLED[stripeInvoice.status ?? ''];
  if (wanted === undefined) return;
  const step = { organizationId, invoiceId, actor: STRIPE_ACTOR, now };
  const invoice = await lockInvoice(tx, step);
  if (invoice.state === wanted || !isAllowed(invoice, wanted)) return;
  if (wanted === 'paid') await recordOutOfBand(tx, step, stripeInvoice);
  await settleWithin(tx, step, invoice, wanted);
}

/** Marked as paid in Stripe's own pages: by transfer, or from the customer's balance there. */
async function recordOutOfBand(
  tx: Transaction,
  { organizationId, invoiceId, now }: { organizationId: string; invoiceId: string; now: Date },
  invoice: Stripe.Invoice,
): Promise<void> {
  const rows = await tx.payment.findMany({
    where: { organizationId, invoiceId, kind: 'payment', state: 'succeeded' },
    select: { amountPicoUsd: true },
  });
  const paid = rows.reduce((sum, row) => sum + toBigInt(row.amountPicoUsd), 0n);
  const open = toPicoUsd(invoice.amount_paid) - paid;
  if (open <= 0n) return;
  await recordPayment(tx, {
    organizationId,
    invoiceId,
    kind: 'payment',
    state: 'succeeded',
    amountPicoUsd: open,
    method: 'outside-stripe',
    reference: invoice.number ?? '',
    causeId: `outside:${invoice.id}`,
    occurredAt: toDate(invoice.status_transitions.paid_at ?? invoice.created),
    nowMs: now.getTime(),
  });
}

function stateOf({ status, last_payment_error }: Stripe.PaymentIntent): 'pending' | 'succeeded' | 'failed' {
  if (status === 'succeeded') return 'succeeded';
  if (status === 'canceled') return 'failed';
  return last_payment_error === null ? 'pending' : 'failed';
}

export function refundState({ status }: Stripe.Refund): 'pending' | 'succeeded' | 'failed' {
  if (status === 'succeeded') return 'succeeded';
  return status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
}

export function disputeState({ status }: Stripe.Dispute): 'open' | 'won' | 'lost' {
  if (status === 'won' || status === 'warning_closed' || status === 'prevented') return 'won';
  return status === 'lost' ? 'lost' : 'open';
}

function describeCard(charge: Stripe.Charge | null): string {
  const card = charge?.payment_method_details?.card;
  return card == null ? '' : `${card.brand ?? 'card'} •••• ${card.last4 ?? ''}`;
}

export const toPicoUsd = (cents: number) => BigInt(cents) * PICO_USD_PER_CENT;
const toDate = (seconds: number) => new Date(seconds * 1_000);
export const idOf = (thing: string | { readonly id: string }) =>
  typeof thing === 'string' ? thing : thing.id;

async function toArray<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}
