/** What lowers an invoice after the fact. */
import type Stripe from 'stripe';
import { decimal, newStripeId, toList } from './common.ts';

export function makeCreditNote(note: {
  created: number;
  invoice: Stripe.Invoice;
  amount: number;
  description: string;
  metadata: Record<string, string>;
  sequence: number;
  postPayment: boolean;
}): Stripe.CreditNote {
  const id = newStripeId('cn');
  const { amount, invoice } = note;
  return {
    id,
    object: 'credit_note',
    amount,
    amount_shipping: 0,
    created: note.created,
    currency: 'usd',
    customer: invoice.customer as string,
    customer_account: null,
    customer_balance_transaction: note.postPayment ? newStripeId('cbtxn') : null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: note.created,
    invoice: invoice.id,
    lines: toList(
      [
        {
          id: newStripeId('cnli'),
          object: 'credit_note_line_item',
          amount,
          description: note.description,
          discount_amount: 0,
          discount_amounts: [],
          livemode: false,
          metadata: {},
          pretax_credit_amounts: [],
          quantity: 1,
          tax_rates: [],
          taxes: [],
          type: 'custom_line_item',
          unit_amount: amount,
          unit_amount_decimal: decimal(String(amount)),
        },
      ],
      `/v1/credit_notes/${id}/lines`,
    ),
    livemode: false,
    memo: null,
    metadata: note.metadata,
    number: `${invoice.number ?? invoice.id}-CN-${String(note.sequence).padStart(2, '0')}`,
    out_of_band_amount: null,
    pdf: '',
    post_payment_amount: note.postPayment ? amount : 0,
    pre_payment_amount: note.postPayment ? 0 : amount,
    pretax_credit_amounts: [],
    reason: null,
    refunds: [],
    shipping_cost: null,
    status: 'issued',
    subtotal: amount,
    subtotal_excluding_tax: amount,
    total: amount,
    total_excluding_tax: amount,
    total_taxes: [],
    type: note.postPayment ? 'post_payment' : 'pre_payment',
    voided_at: null,
  };
}
