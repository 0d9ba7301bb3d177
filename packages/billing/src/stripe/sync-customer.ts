/** What the console shows of a payment method: brand, last digits, expiry. The method itself stays with Stripe. */
import { Prisma, type Transaction } from '@tollgate/db';
import type Stripe from 'stripe';
import { z } from 'zod';

export const ShownPaymentMethod = z.object({
  type: z.string(),
  brand: z.string(),
  last4: z.string(),
  expiresMonth: z.number().nullable(),
  expiresYear: z.number().nullable(),
});
export type ShownPaymentMethod = z.infer<typeof ShownPaymentMethod>;

/** The caller holds the organization's lock. */
export async function syncCustomerWithin(
  tx: Transaction,
  stripe: Stripe,
  organizationId: string,
  customerId: string,
): Promise<void> {
  const customer = await stripe.customers.retrieve(customerId, {
    expand: ['invoice_settings.default_payment_method'],
  });
  const method = customer.deleted === true ? null : customer.invoice_settings.default_payment_method;
  const shown = method === null || typeof method === 'string' ? null : toShown(method);
  await tx.billingProfile.updateMany({
    where: { organizationId, stripeCustomerId: customerId },
    data: { paymentMethod: shown ?? Prisma.DbNull },
  });
}

export async function useMethodByDefault(
  stripe: Stripe,
  customerId: string,
  methodId: string,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  const customer = await stripe.customers.retrieve(customerId);
  if (customer.deleted === true) return;
  const current = customer.invoice_settings.default_payment_method;
  if (current === methodId || (current !== null && !replace)) return;
  await stripe.customers.update(customerId, { invoice_settings: { default_payment_method: methodId } });
}

function toShown(method: Stripe.PaymentMethod): ShownPaymentMethod {
  const { card } = method;
  const debit = method.sepa_debit ?? method.us_bank_account;
  return {
    type: method.type,
    brand: card?.brand ?? method.type,
    last4: card?.last4 ?? debit?.last4 ?? '',
    expiresMonth: card?.exp_month ?? null,
    expiresYear: card?.exp_year ?? null,
  };
}
