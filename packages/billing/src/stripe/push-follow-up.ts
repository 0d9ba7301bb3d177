/** What happened to an invoice after Stripe had it: a credit note, a payment by another way, void, uncollectible. */
import type { Database } from '@tollgate/db';
import type Stripe from 'stripe';
import { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { ORGANIZATION_METADATA, TARGET_METADATA } from './customer.ts';
import { keyOf } from './push-invoice.ts';
import { type Push, rememberStripeId } from './push-queue.ts';
import type { PaymentProcessor } from './stripe-client.ts';
import { totalCents } from './stripe-lines.ts';

/** @param stripeInvoiceId Of the invoice it is about. */
export async function pushFollowUp(
  database: Database,
  { stripe }: PaymentProcessor,
  push: Push,
  stripeInvoiceId: string,
): Promise<void> {
  if (push.kind === 'credit-note') return pushCreditNote(database, stripe, push, stripeInvoiceId);
  const { status } = await stripe.invoices.retrieve(stripeInvoiceId);
  const options = { idempotencyKey: keyOf(push, push.kind) };
  const isOwed = status === 'open' || status === 'uncollectible';
  switch (push.kind) {
    case 'paid':
      if (isOwed) await stripe.invoices.pay(stripeInvoiceId, { paid_out_of_band: true }, options);
      return;
    case 'void':
      if (isOwed) await stripe.invoices.voidInvoice(stripeInvoiceId, {}, options);
      return;
    case 'uncollectible':
      if (status === 'open') await stripe.invoices.markUncollectible(stripeInvoiceId, {}, options);
      return;
    default:
      throw new RangeError(`Cannot push ${push.kind}: it is no follow-up`);
  }
}

/**
 * On an open invoice the note lowers what is due. On a paid one the amount goes to the customer's balance in Stripe,
 * which pays a part of the next invoice; whoever wants the money back refunds the payment there.
 */
async function pushCreditNote(
  database: Database,
  stripe: Stripe,
  push: Push,
  stripeInvoiceId: string,
): Promise<void> {
  const frozen = await database.tenant(push.organizationId, async (tx) => {
    const note = await tx.creditNote.findUniqueOrThrow({
      where: { organizationId_id: { organizationId: push.organizationId, id: push.targetId } },
      select: { frozen: true },
    });
    return FrozenInvoice.parse(note.frozen);
  });
  const cents = -totalCents(frozen);
  if (cents <= 0) return;
  const found = await findLost(stripe, push, stripeInvoiceId);
  if (found === undefined) {
    const invoice = await stripe.invoices.retrieve(stripeInvoiceId);
    const note = await stripe.creditNotes.create(
      {
        invoice: stripeInvoiceId,
        lines: [
          {
            type: 'custom_line_item',
            description: `Credit note ${frozen.number ?? ''}`,
            quantity: 1,
            unit_amount: cents,
          },
        ],
        ...(invoice.status === 'paid' ? { credit_amount: cents } : {}),
        metadata: { [TARGET_METADATA]: push.targetId, [ORGANIZATION_METADATA]: push.organizationId },
      },
      { idempotencyKey: keyOf(push, invoice.status === 'paid' ? 'note-paid' : 'note') },
    );
    await database.tenant(push.organizationId, (tx) => rememberStripeId(tx, push, note.id));
  } else if (push.stripeId === null) {
    await database.tenant(push.organizationId, (tx) => rememberStripeId(tx, push, found));
  }
}

async function findLost(stripe: Stripe, push: Push, invoice: string): Promise<string | undefined> {
  if (push.stripeId !== null) return push.stripeId;
  if (push.tries <= 1) return undefined;
  for await (const note of stripe.creditNotes.list({ invoice, limit: 100 })) {
    if (note.metadata?.[TARGET_METADATA] === push.targetId) return note.id;
  }
  return undefined;
}
