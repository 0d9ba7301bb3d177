/**
 * Brings one finalized invoice (or debit note) into Stripe: customer, draft, lines, finalize, then charge or send.
 *
 * May die between any two steps and be done again: each call has an idempotency key of the document and its version,
 * and before each step is looked at what Stripe has, because keys are forgotten after a day.
 */
import type { Database } from '@tollgate/db';
import Stripe from 'stripe';
import { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { ensureCustomer, ORGANIZATION_METADATA, TARGET_METADATA } from './customer.ts';
import { type Push, PushPayload, rememberStripeId } from './push-queue.ts';
import type { PaymentProcessor } from './stripe-client.ts';
import { type StripeLine, toStripeLines, totalCents } from './stripe-lines.ts';
import { syncInvoice } from './sync-invoice.ts';

const LINES_PER_CALL = 50;
const LINE_METADATA = 'tollgate_line';
/** Clocks differ. */
const SEARCH_MARGIN_SECONDS = 86_400;

/** What is pushed, and whether it is still to be paid. */
interface Target {
  readonly frozen: FrozenInvoice;
  readonly owed: boolean;
  readonly createdAt: Date;
}

/** Stripe holds another invoice than ours. Nobody is charged before somebody looked. */
export class StripeMismatchError extends Error {
  override readonly name = 'StripeMismatchError';
}

interface PushContext {
  readonly database: Database;
  readonly processor: PaymentProcessor;
  readonly now: Date;
}

export async function pushInvoice(context: PushContext, push: Push): Promise<void> {
  const { database, processor } = context;
  const target = await readTarget(database, push);
  // Paid by hand or voided before Stripe ever heard of it.
  if (!target.owed && push.stripeId === null) return;
  const customer = await ensureCustomer(database, processor, push.organizationId);
  const payload = await decideCollection(database, processor, push, customer);
  const known = await findOrCreate(context, { ...push, payload }, customer, target);
  const finalized = await finalizeThere(processor.stripe, push, known, target.frozen);
  await askForPayment(processor.stripe, push, finalized);
  await syncInvoice(database, processor, {
    organizationId: push.organizationId,
    stripeInvoiceId: finalized.id,
    now: context.now,
  });
}

/**
 * Charged by itself only with a payment method on file; otherwise Stripe sends a page to pay on. Written down before
 * the first call, so that a retry asks for the same.
 */
function decideCollection(
  database: Database,
  { stripe }: PaymentProcessor,
  push: Push,
  customerId: string,
): Promise<PushPayload> | PushPayload {
  const { payload, organizationId, id } = push;
  if (payload.collectionMode !== 'automatic' || payload.decided === true || push.stripeId !== null)
    return payload;
  return (async () => {
    const customer = await stripe.customers.retrieve(customerId);
    const hasMethod = customer.deleted !== true && customer.invoice_settings.default_payment_method !== null;
    return database.tenant(organizationId, async (tx) => {
      const collectionMode = hasMethod ? 'automatic' : 'send-invoice';
      const decided: PushPayload = { ...payload, collectionMode, decided: true };
      await tx.stripePush.updateMany({ where: { organizationId, id }, data: { payload: decided } });
      return PushPayload.parse(decided);
    });
  })();
}

async function findOrCreate(
  { database, processor: { stripe } }: PushContext,
  push: Push,
  customer: string,
  target: Target,
): Promise<Stripe.Invoice> {
  if (push.stripeId !== null) return stripe.invoices.retrieve(push.stripeId);
  const found = push.tries > 1 ? await findLost(stripe, push, customer, target) : undefined;
  const invoice = found ?? (await create(stripe, push, customer, target.frozen));
  await database.tenant(push.organizationId, (tx) => rememberStripeId(tx, push, invoice.id));
  return invoice;
}

/** Made by a try that died before it could write down the id. */
async function findLost(
  stripe: Stripe,
  push: Push,
  customer: string,
  { createdAt }: Target,
): Promise<Stripe.Invoice | undefined> {
  const since = Math.floor(createdAt.getTime() / 1_000) - SEARCH_MARGIN_SECONDS;
  for await (const invoice of stripe.invoices.list({ customer, created: { gte: since }, limit: 100 })) {
    if (invoice.metadata?.[TARGET_METADATA] === push.targetId) return invoice;
  }
  return undefined;
}

function create(
  stripe: Stripe,
  push: Push,
  customer: string,
  frozen: FrozenInvoice,
): Promise<Stripe.Invoice> {
  const automatic = push.payload.collectionMode === 'automatic';
  return stripe.invoices.create(
    {
      customer,
      currency: frozen.currency.toLowerCase(),
      collection_method: automatic ? 'charge_automatically' : 'send_invoice',
      ...(automatic ? {} : { days_until_due: push.payload.paymentTermDays ?? 30 }),
      auto_advance: false,
      pending_invoice_items_behavior: 'exclude',
      number: frozen.number ?? '',
      description: `${frozen.period.firstDay} to ${frozen.period.lastDay}`,
      metadata: { [TARGET_METADATA]: push.targetId, [ORGANIZATION_METADATA]: push.organizationId },
    },
    { idempotencyKey: keyOf(push, 'create') },
  );
}

async function finalizeThere(
  stripe: Stripe,
  push: Push,
  invoice: Stripe.Invoice,
  frozen: FrozenInvoice,
): Promise<Stripe.Invoice> {
  if (invoice.status !== 'draft') return invoice;
  const filled = await addMissingLines(stripe, push, invoice, toStripeLines(frozen));
  const expected = totalCents(frozen);
  if (filled.total !== expected) {
    throw new StripeMismatchError(
      `Cannot finalize ${invoice.id}: its total must be ${expected} cents, got ${filled.total}`,
    );
  }
  return stripe.invoices.finalizeInvoice(
    invoice.id,
    { auto_advance: true },
    { idempotencyKey: keyOf(push, 'finalize') },
  );
}

async function addMissingLines(
  stripe: Stripe,
  push: Push,
  invoice: Stripe.Invoice,
  lines: readonly StripeLine[],
): Promise<Stripe.Invoice> {
  const there = new Set<string>();
  if (push.tries > 1) {
    for await (const line of stripe.invoices.listLineItems(invoice.id, { limit: 100 }))
      there.add(line.metadata[LINE_METADATA] ?? '');
  }
  const missing = lines
    .map((line, index) => ({ ...line, name: String(index) }))
    .filter(({ name }) => !there.has(name));
  let latest = push.tries > 1 ? await stripe.invoices.retrieve(invoice.id) : invoice;
  for (let from = 0; from < missing.length; from += LINES_PER_CALL) {
    const batch = missing.slice(from, from + LINES_PER_CALL);
    latest = await stripe.invoices.addLines(
      invoice.id,
      {
        lines: batch.map(({ name, description, cents }) => ({
          amount: cents,
          description,
          metadata: { [LINE_METADATA]: name },
        })),
      },
      { idempotencyKey: keyOf(push, `lines-${batch[0]!.name}-${batch.length}`) },
    );
  }
  return latest;
}

async function askForPayment(stripe: Stripe, push: Push, invoice: Stripe.Invoice): Promise<void> {
  if (invoice.status !== 'open') return;
  if (invoice.collection_method === 'send_invoice') {
    await stripe.invoices.sendInvoice(invoice.id, {}, { idempotencyKey: keyOf(push, 'send') });
    return;
  }
  try {
    await stripe.invoices.pay(invoice.id, {}, { idempotencyKey: keyOf(push, 'pay') });
  } catch (error) {
    // A declined card is an answer: Stripe tries again by its own schedule, and dunning begins when it is due.
    if (error instanceof Stripe.errors.StripeCardError || isPaidAlready(error)) return;
    throw error;
  }
}

function isPaidAlready(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'invoice_already_paid';
}

function readTarget(database: Database, push: Push): Promise<Target> {
  return database.tenant(push.organizationId, async (tx) => {
    const where = { organizationId_id: { organizationId: push.organizationId, id: push.targetId } };
    if (push.kind === 'debit-note') {
      const note = await tx.creditNote.findUniqueOrThrow({
        where,
        select: { frozen: true, createdAt: true },
      });
      return { frozen: FrozenInvoice.parse(note.frozen), owed: true, createdAt: note.createdAt };
    }
    const invoice = await tx.invoice.findUniqueOrThrow({
      where,
      select: { frozen: true, state: true, livemode: true, finalizedAt: true, createdAt: true },
    });
    if (!invoice.livemode) {
      throw new StripeMismatchError(`Cannot push ${push.targetId}: it is of test traffic`);
    }
    return {
      frozen: FrozenInvoice.parse(invoice.frozen),
      owed: invoice.state === 'open' || invoice.state === 'uncollectible',
      createdAt: invoice.finalizedAt ?? invoice.createdAt,
    };
  });
}

export function keyOf(push: Push, step: string): string {
  return `${push.targetId}-v${push.version}-${step}`;
}
