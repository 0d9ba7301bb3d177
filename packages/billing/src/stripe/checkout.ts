/**
 * Stripe's pages for people: giving a payment method (and taking a plan with it), buying credits, the portal.
 * Card numbers never reach us; what came of it is told by events.
 */
import type { Database } from '@tollgate/db';
import { formatUsd, PICO_USD_PER_CENT, picoUsdSum, toCents } from '@tollgate/money';
import type Stripe from 'stripe';
import { createTopUp } from '../credits/top-up.ts';
import { assertPossible } from '../plans/subscription.ts';
import { CollectionError } from './collection-error.ts';
import { ensureCustomer, ORGANIZATION_METADATA, TARGET_METADATA } from './customer.ts';
import { describeStripeError, type PaymentProcessor } from './stripe-client.ts';

export interface CheckoutRequest {
  readonly organizationId: string;
  /** Where people come back to; ours. */
  readonly returnUrl: string;
  readonly now: Date;
}

const LEAST_TOP_UP = 500n * PICO_USD_PER_CENT;
const MOST_TOP_UP = 5_000_000n * PICO_USD_PER_CENT;

/** A page on which to give a payment method; with a plan, it is taken once that is done. */
export async function startPaymentMethodCheckout(
  database: Database,
  processor: PaymentProcessor,
  request: CheckoutRequest & { readonly plan?: { readonly planId: string; readonly seats: number } },
): Promise<string> {
  const { organizationId, plan } = request;
  if (plan !== undefined) {
    await database.tenant(organizationId, (tx) => assertPossible(tx, { organizationId, ...plan }));
  }
  return startSession(database, processor, request, {
    mode: 'setup',
    currency: 'usd',
    metadata: {
      [ORGANIZATION_METADATA]: organizationId,
      ...(plan === undefined ? {} : { tollgate_plan: plan.planId, tollgate_seats: String(plan.seats) }),
    },
  });
}

/** @throws {CollectionError} `invalid-amount`: whole cents, from 5 to 50,000 USD. */
export function assertTopUpAmount(amountPicoUsd: bigint): void {
  const whole = amountPicoUsd % PICO_USD_PER_CENT === 0n;
  if (whole && amountPicoUsd >= LEAST_TOP_UP && amountPicoUsd <= MOST_TOP_UP) return;
  const got = formatUsd(picoUsdSum(amountPicoUsd));
  throw new CollectionError(
    'invalid-amount',
    `Cannot buy credits: the amount must be whole cents from 5 to 50,000 USD, got ${got}`,
  );
}

export async function startTopUpCheckout(
  database: Database,
  processor: PaymentProcessor,
  request: CheckoutRequest & { readonly amountPicoUsd: bigint },
): Promise<string> {
  const { organizationId, amountPicoUsd, now } = request;
  assertTopUpAmount(amountPicoUsd);
  const topUpId = await database.tenant(organizationId, (tx) =>
    createTopUp(tx, { organizationId, amountPicoUsd, cause: 'manual', nowMs: now.getTime() }),
  );
  const metadata = { [ORGANIZATION_METADATA]: organizationId, [TARGET_METADATA]: topUpId ?? '' };
  return startSession(database, processor, request, {
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: 'usd',
          unit_amount: Number(toCents(picoUsdSum(amountPicoUsd))),
          product_data: { name: 'Prepaid credits' },
        },
      },
    ],
    metadata,
    payment_intent_data: { metadata, setup_future_usage: 'off_session' },
  });
}

async function startSession(
  database: Database,
  processor: PaymentProcessor,
  { organizationId, returnUrl }: CheckoutRequest,
  params: Stripe.Checkout.SessionCreateParams,
): Promise<string> {
  return askStripe(async () => {
    const customer = await ensureCustomer(database, processor, organizationId);
    const session = await processor.stripe.checkout.sessions.create({
      ...params,
      customer,
      success_url: `${returnUrl}?checkout=done`,
      cancel_url: `${returnUrl}?checkout=canceled`,
    });
    return session.url ?? returnUrl;
  });
}

/** Stripe's own pages about payment methods and past invoices. */
export function startPortal(
  database: Database,
  processor: PaymentProcessor,
  { organizationId, returnUrl }: CheckoutRequest,
): Promise<string> {
  return askStripe(async () => {
    const customer = await ensureCustomer(database, processor, organizationId);
    const session = await processor.stripe.billingPortal.sessions.create({ customer, return_url: returnUrl });
    return session.url;
  });
}

/** @throws {CollectionError} `processor-failed`. */
export async function askStripe<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof CollectionError) throw cause;
    throw new CollectionError('processor-failed', `Cannot reach Stripe: ${describeStripeError(cause)}`, {
      cause,
    });
  }
}
