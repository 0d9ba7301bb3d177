/**
 * What all objects share. Each object is complete by the SDK's own types: a member that the SDK expects and we forget
 * does not compile. What they mean lives in the resources.
 */
import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';

export const newStripeId = (prefix: string) => `${prefix}_${randomBytes(12).toString('hex')}`;

/** The SDK makes its Decimal of text. */
type Decimal = NonNullable<Stripe.InvoiceLineItem['quantity_decimal']>;
export const decimal = (text: string) => text as unknown as Decimal;

export const toList = <T>(data: T[], url: string, hasMore = false): Stripe.ApiList<T> => ({
  object: 'list',
  data,
  has_more: hasMore,
  url,
});

export const NO_ADDRESS: Stripe.Address = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};
