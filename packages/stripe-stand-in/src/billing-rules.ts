/** What happens to invoices and payments: the rules behind the API and behind the pages, in one place. */
import type Stripe from 'stripe';
import { makeCreditNote } from './objects/credit-note.ts';
import { type Card, makePaymentMethod } from './objects/customer.ts';
import { makeDispute } from './objects/dispute.ts';
import { makeInvoicePayment } from './objects/invoice.ts';
import { makeCharge, makePaymentIntent, makeRefund } from './objects/payment.ts';
import type { Store } from './store.ts';
import { declined, invalid, missing } from './stripe-error.ts';
import type { Webhooks } from './webhooks.ts';

/** What every rule works with. */
export interface World {
  readonly store: Store;
  readonly webhooks: Webhooks;
  /** Where our own pages are. */
  readonly url: string;
  nowSeconds(): number;
}

export function get<T extends { readonly id: string; readonly object: string }>(
  world: World,
  kind: T['object'],
  id: string,
): T {
  const found = world.store.find<T>(kind, id);
  if (found === undefined) throw missing(kind, id);
  return found;
}

export const getInvoice = (world: World, id: string) => get<Stripe.Invoice>(world, 'invoice', id);
export const getCustomer = (world: World, id: string) => get<Stripe.Customer>(world, 'customer', id);
export const getMethod = (world: World, id: string) => get<Stripe.PaymentMethod>(world, 'payment_method', id);
export const getIntent = (world: World, id: string) => get<Stripe.PaymentIntent>(world, 'payment_intent', id);
export const getCharge = (world: World, id: string) => get<Stripe.Charge>(world, 'charge', id);

export function attachCard(world: World, customer: string, card: Card): Stripe.PaymentMethod {
  const method = world.store.put(makePaymentMethod(world.nowSeconds(), customer, card));
  world.webhooks.emit('payment_method.attached', method);
  return method;
}

/** Sums of an invoice from its lines. */
export function sumInvoice(invoice: Stripe.Invoice): void {
  const total = invoice.lines.data.reduce((sum, line) => sum + line.amount, 0);
  invoice.subtotal = total;
  invoice.subtotal_excluding_tax = total;
  invoice.total = total;
  invoice.total_excluding_tax = total;
  const due = Math.max(0, total + invoice.starting_balance - invoice.pre_payment_credit_notes_amount);
  invoice.amount_due = due;
  invoice.amount_remaining = Math.max(0, due - invoice.amount_paid);
}

export function finalizeInvoice(world: World, invoice: Stripe.Invoice): void {
  if (invoice.status !== 'draft') throw invalid('This invoice is already finalized.', 'invoice_not_editable');
  const customer = getCustomer(world, invoice.customer as string);
  // A credit on the customer's balance pays first.
  if (customer.balance < 0) {
    invoice.starting_balance = Math.max(customer.balance, -invoice.total);
    customer.balance -= invoice.starting_balance;
  }
  invoice.ending_balance = customer.balance;
  invoice.status = 'open';
  invoice.effective_at = world.nowSeconds();
  invoice.status_transitions.finalized_at = world.nowSeconds();
  invoice.hosted_invoice_url = `${world.url}/pages/invoice/${invoice.id}`;
  invoice.number ??= `${customer.invoice_prefix ?? 'SI'}-${invoice.id.slice(-4)}`;
  sumInvoice(invoice);
  world.webhooks.emit('invoice.finalized', invoice);
  if (invoice.amount_due === 0) markPaid(world, invoice);
}

function markPaid(world: World, invoice: Stripe.Invoice): void {
  invoice.status = 'paid';
  invoice.amount_paid = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.attempted = true;
  invoice.status_transitions.paid_at = world.nowSeconds();
  world.webhooks.emit('invoice.paid', invoice);
}

/** @throws {StandInError} The card was declined; the attempt stands in the invoice's payments. */
export function payInvoice(
  world: World,
  invoice: Stripe.Invoice,
  how: { readonly outOfBand?: boolean; readonly methodId?: string | undefined },
): void {
  if (invoice.status === 'paid') throw invalid('Invoice is already paid', 'invoice_already_paid');
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
    throw invalid('This invoice is not open.', 'invoice_not_editable');
  }
  if (how.outOfBand === true) {
    markPaid(world, invoice);
    return;
  }
  const customer = getCustomer(world, invoice.customer as string);
  const methodId = how.methodId ?? (customer.invoice_settings.default_payment_method as string | null);
  if (methodId === null) {
    throw invalid(
      'Cannot charge a customer that has no active card',
      'invoice_payment_intent_requires_action',
    );
  }
  const { payment, intent } = paymentOf(world, invoice);
  invoice.attempted = true;
  invoice.attempt_count += 1;
  try {
    chargeIntent(world, intent, getMethod(world, methodId));
  } catch (error) {
    world.webhooks.emit('invoice.payment_failed', invoice);
    throw error;
  }
  payment.status = 'paid';
  payment.amount_paid = intent.amount;
  payment.status_transitions.paid_at = world.nowSeconds();
  markPaid(world, invoice);
}

/** One intent per invoice: a second try uses it again, so that nothing is paid twice. */
function paymentOf(world: World, invoice: Stripe.Invoice) {
  const [existing] = world.store.list<Stripe.InvoicePayment>(
    'invoice_payment',
    (payment) => payment.invoice === invoice.id,
  );
  if (existing !== undefined) {
    return { payment: existing, intent: getIntent(world, existing.payment.payment_intent as string) };
  }
  const intent = world.store.put(
    makePaymentIntent({
      created: world.nowSeconds(),
      amount: invoice.amount_due,
      customer: invoice.customer as string,
      description: `Payment for Invoice ${invoice.number ?? ''}`,
      metadata: {},
    }),
  );
  world.webhooks.emit('payment_intent.created', intent);
  const payment = world.store.put(makeInvoicePayment(world.nowSeconds(), invoice, intent));
  return { payment, intent };
}

export function chargeIntent(world: World, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod): void {
  const succeeded = method.card?.last4 === '4242';
  const charge = world.store.put(makeCharge(world.nowSeconds(), intent, method, succeeded));
  intent.latest_charge = charge.id;
  if (succeeded) {
    intent.status = 'succeeded';
    intent.amount_received = intent.amount;
    intent.payment_method = method.id;
    intent.last_payment_error = null;
    world.webhooks.emit('charge.succeeded', charge);
    world.webhooks.emit('payment_intent.succeeded', intent);
    return;
  }
  intent.status = 'requires_payment_method';
  intent.last_payment_error = {
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: 'Your card was declined.',
    type: 'card_error',
  } as Stripe.PaymentIntent.LastPaymentError;
  world.webhooks.emit('charge.failed', charge);
  world.webhooks.emit('payment_intent.payment_failed', intent);
  throw declined();
}

export function refundCharge(
  world: World,
  charge: Stripe.Charge,
  amount: number,
  reason: string | null,
): Stripe.Refund {
  if (amount <= 0 || charge.amount_refunded + amount > charge.amount_captured) {
    throw invalid('Refund amount is greater than unrefunded amount on charge', 'charge_already_refunded');
  }
  const refund = world.store.put(makeRefund(world.nowSeconds(), charge, amount, reason));
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  world.webhooks.emit('refund.created', refund);
  world.webhooks.emit('charge.refunded', charge);
  return refund;
}

export function disputeCharge(world: World, charge: Stripe.Charge, reason: string): Stripe.Dispute {
  const dispute = world.store.put(makeDispute(world.nowSeconds(), charge, reason));
  charge.disputed = true;
  world.webhooks.emit('charge.dispute.created', dispute);
  return dispute;
}

export function closeDispute(world: World, dispute: Stripe.Dispute, status: 'won' | 'lost'): void {
  dispute.status = status;
  world.webhooks.emit('charge.dispute.closed', dispute);
}

export function createCreditNote(
  world: World,
  invoice: Stripe.Invoice,
  note: { amount: number; creditAmount: number; description: string; metadata: Record<string, string> },
): Stripe.CreditNote {
  const postPayment = invoice.status === 'paid';
  if (postPayment && note.creditAmount !== note.amount) {
    throw invalid(
      'The sum of credit amount, refund amount and out of band amount must equal the total of the credit note.',
    );
  }
  if (!postPayment && (invoice.status !== 'open' || note.amount > invoice.amount_remaining)) {
    throw invalid('The credit note is greater than the amount remaining on the invoice.');
  }
  const sequence =
    world.store.list<Stripe.CreditNote>('credit_note', ({ invoice: of }) => of === invoice.id).length + 1;
  const made = world.store.put(
    makeCreditNote({ ...note, created: world.nowSeconds(), invoice, sequence, postPayment }),
  );
  if (postPayment) {
    invoice.post_payment_credit_notes_amount += note.amount;
    getCustomer(world, invoice.customer as string).balance -= note.amount;
  } else {
    invoice.pre_payment_credit_notes_amount += note.amount;
    sumInvoice(invoice);
  }
  world.webhooks.emit('credit_note.created', made);
  if (!postPayment && invoice.amount_due === 0) markPaid(world, invoice);
  return made;
}

/** What a person did on the page of a checkout. @throws {StandInError} Declined: the page stays open. */
export function completeSession(
  world: World,
  session: Stripe.Checkout.Session,
  card: Card | 'declined',
): void {
  if (session.status !== 'open') throw invalid('This Checkout Session is no longer open.');
  const customer = session.customer as string;
  const intent = session.mode === 'payment' ? getIntent(world, session.payment_intent as string) : undefined;
  if (card === 'declined') throw declined();
  const method = attachCard(world, customer, card);
  if (intent !== undefined) {
    chargeIntent(world, intent, method);
    session.payment_status = 'paid';
  } else {
    const setup = get<Stripe.SetupIntent>(world, 'setup_intent', session.setup_intent as string);
    setup.payment_method = method.id;
    setup.status = 'succeeded';
    world.webhooks.emit('setup_intent.succeeded', setup);
  }
  session.status = 'complete';
  session.url = null;
  world.webhooks.emit('checkout.session.completed', session);
}
