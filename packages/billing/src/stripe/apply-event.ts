/**
 * Applies stored events: finds out what an event is about, fetches that as it is now, and brings our state to it, in
 * one transaction with the mark that the event was applied. An event is only a hint that something is new.
 */
import type { Database, Transaction } from '@tollgate/db';
import Stripe from 'stripe';
import { z } from 'zod';
import { failTopUp, syncTopUpWithin } from '../credits/top-up.ts';
import { changeSubscription } from '../plans/subscription.ts';
import { CollectionError } from './collection-error.ts';
import { ORGANIZATION_METADATA, TARGET_METADATA } from './customer.ts';
import { describeStripeError, type PaymentProcessor } from './stripe-client.ts';
import { syncCustomerWithin, useMethodByDefault } from './sync-customer.ts';
import { idOf, lockOrganization, STRIPE_ACTOR, SYNC_TIMEOUT_MS, syncInvoiceWithin } from './sync-invoice.ts';

const LEASE_MS = 5 * 60_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 3_600_000;
const MOST_PER_ROUND = 200;
/** From here on somebody should look. */
const ALARMING_TRIES = 10;

/** The part of an event that is read; whatever else it holds may be old. */
const EventObject = z.object({
  data: z.object({
    object: z.looseObject({ object: z.string(), id: z.string().optional() }),
    previous_attributes: z.looseObject({ customer: z.string().nullish() }).optional(),
  }),
});

export interface ApplyEventsOptions {
  readonly now: Date;
  readonly signal?: AbortSignal;
  readonly onError?: (error: unknown, event: { id: string; type: string; alarm: boolean }) => void;
}

interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
  readonly tries: number;
}

/** Where the event leads: somebody's, and what to bring up to date. */
interface Lead {
  readonly customer: string;
  readonly apply: (tx: Transaction, organizationId: string) => Promise<void>;
}

/** @returns How many were applied. */
export async function applyStripeEvents(
  database: Database,
  processor: PaymentProcessor,
  options: ApplyEventsOptions,
): Promise<number> {
  let applied = 0;
  for (let count = 0; count < MOST_PER_ROUND && options.signal?.aborted !== true; count += 1) {
    const event = await claim(database, options.now);
    if (event === undefined) break;
    try {
      await applyEvent(database, processor, event, options.now);
      applied += 1;
    } catch (error) {
      await postpone(database, event, error, options.now);
      const { id, type } = event;
      options.onError?.(error, { id, type, alarm: event.tries >= ALARMING_TRIES });
    }
  }
  return applied;
}

async function applyEvent(
  database: Database,
  { stripe }: PaymentProcessor,
  event: StoredEvent,
  now: Date,
): Promise<void> {
  const lead = await findLead(stripe, event, now).catch((error: unknown) => {
    if (isGone(error)) return 'gone' as const;
    throw error;
  });
  if (lead === undefined || lead === 'gone') return markApplied(database, event.id, lead ?? 'ignored', now);
  const organizationId = await findOrganization(database, lead.customer);
  if (organizationId === undefined) return markApplied(database, event.id, 'not ours', now);
  await database.tenant(
    organizationId,
    async (tx) => {
      await lockOrganization(tx, organizationId);
      const first = await tx.$executeRaw`
        UPDATE stripe_events SET applied_at = ${now.toISOString()}::timestamptz, last_error = '' WHERE id = ${event.id} AND applied_at IS NULL`;
      if (first === 1) await lead.apply(tx, organizationId);
    },
    { timeoutMs: SYNC_TIMEOUT_MS },
  );
}

/** @returns Undefined for what nobody here cares about. */
async function findLead(
  stripe: Stripe,
  { type, payload }: StoredEvent,
  now: Date,
): Promise<Lead | undefined> {
  const parsed = EventObject.safeParse(payload);
  const object = parsed.data?.data.object;
  if (object?.id === undefined) return undefined;
  switch (object.object) {
    case 'invoice':
      return leadOfInvoice(stripe, object.id, now);
    case 'credit_note':
      return leadOfInvoice(stripe, idOf((await stripe.creditNotes.retrieve(object.id)).invoice), now);
    case 'payment_intent':
      return leadOfIntent(stripe, object.id, now);
    case 'charge':
      return leadOfIntent(stripe, (await stripe.charges.retrieve(object.id)).payment_intent, now);
    case 'refund':
      return leadOfIntent(stripe, (await stripe.refunds.retrieve(object.id)).payment_intent, now);
    case 'dispute':
      return leadOfIntent(stripe, (await stripe.disputes.retrieve(object.id)).payment_intent, now);
    case 'checkout.session':
      return leadOfSession(stripe, object.id, type, now);
    case 'customer':
      return { customer: object.id, apply: (tx, id) => syncCustomerWithin(tx, stripe, id, object.id!) };
    case 'payment_method': {
      const before = parsed.data?.data.previous_attributes?.customer;
      const customer = (await stripe.paymentMethods.retrieve(object.id)).customer ?? before;
      if (customer == null) return undefined;
      const customerId = idOf(customer);
      return { customer: customerId, apply: (tx, id) => syncCustomerWithin(tx, stripe, id, customerId) };
    }
    default:
      return undefined;
  }
}

async function leadOfInvoice(stripe: Stripe, invoiceId: string, now: Date): Promise<Lead | undefined> {
  const { customer } = await stripe.invoices.retrieve(invoiceId);
  if (customer === null) return undefined;
  return {
    customer: idOf(customer),
    apply: (tx, organizationId) =>
      syncInvoiceWithin(tx, stripe, { organizationId, stripeInvoiceId: invoiceId, now }),
  };
}

/** A payment is of a top-up of ours, or of an invoice. */
async function leadOfIntent(
  stripe: Stripe,
  intent: string | Stripe.PaymentIntent | null,
  now: Date,
): Promise<Lead | undefined> {
  if (intent === null) return undefined;
  const intentId = idOf(intent);
  const { customer, metadata } = await stripe.paymentIntents.retrieve(intentId);
  if (customer === null) return undefined;
  if (metadata[TARGET_METADATA] !== undefined) {
    const apply: Lead['apply'] = async (tx, organizationId) => {
      await syncTopUpWithin(tx, stripe, { organizationId, intentId, now });
    };
    return { customer: idOf(customer), apply };
  }
  const payments = await stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: intentId },
    limit: 1,
  });
  const [first] = payments.data;
  return first === undefined ? undefined : leadOfInvoice(stripe, idOf(first.invoice), now);
}

async function leadOfSession(
  stripe: Stripe,
  sessionId: string,
  type: string,
  now: Date,
): Promise<Lead | undefined> {
  const session = await stripe.checkout.sessions.retrieve(sessionId, { expand: ['setup_intent'] });
  if (session.customer === null) return undefined;
  const customer = idOf(session.customer);
  return {
    customer,
    apply: async (tx, organizationId) => {
      if (session.metadata?.[ORGANIZATION_METADATA] !== organizationId) return;
      const topUpId = session.metadata[TARGET_METADATA];
      if (session.payment_intent !== null) {
        await syncTopUpWithin(tx, stripe, { organizationId, intentId: idOf(session.payment_intent), now });
      } else if (topUpId !== undefined && type === 'checkout.session.expired') {
        await failTopUp(tx, organizationId, topUpId, 'expired', now);
      }
      if (session.status !== 'complete') return;
      await keepMethod(stripe, session, customer);
      await syncCustomerWithin(tx, stripe, organizationId, customer);
      await takePlan(tx, organizationId, session, now);
    },
  };
}

async function keepMethod(stripe: Stripe, session: Stripe.Checkout.Session, customer: string): Promise<void> {
  const { setup_intent: setup, payment_intent: payment } = session;
  const intent =
    setup !== null && typeof setup === 'object'
      ? setup
      : payment !== null
        ? await stripe.paymentIntents.retrieve(idOf(payment))
        : undefined;
  if (intent?.payment_method == null) return;
  // A card that was only used to pay once is kept where there was none.
  await useMethodByDefault(stripe, customer, idOf(intent.payment_method), { replace: setup !== null });
}

/** The plan that the person had chosen before giving a payment method. */
async function takePlan(
  tx: Transaction,
  organizationId: string,
  { metadata }: Stripe.Checkout.Session,
  now: Date,
): Promise<void> {
  const planId = metadata?.tollgate_plan;
  if (planId === undefined) return;
  const seats = Number(metadata?.tollgate_seats);
  try {
    await changeSubscription(tx, { organizationId, planId, seats, actor: STRIPE_ACTOR, now });
  } catch (error) {
    // Meanwhile withdrawn, or outgrown by new members: the person sees the old plan and chooses again.
    if (!(error instanceof CollectionError)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
}

function claim(database: Database, now: Date): Promise<StoredEvent | undefined> {
  return database.platform(async (tx) => {
    const [row] = await tx.$queryRaw<StoredEvent[]>`
      UPDATE stripe_events SET tries = tries + 1, next_try_at = ${new Date(now.getTime() + LEASE_MS).toISOString()}::timestamptz
      WHERE id = (SELECT id FROM stripe_events WHERE applied_at IS NULL AND next_try_at <= ${now.toISOString()}::timestamptz
        ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING id, type, payload, tries`;
    return row;
  });
}

async function postpone(database: Database, event: StoredEvent, error: unknown, now: Date): Promise<void> {
  const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(event.tries - 1, 12));
  const nextTryAt = new Date(now.getTime() + delayMs);
  await database.platform((tx) =>
    tx.stripeEvent.updateMany({
      where: { id: event.id, appliedAt: null },
      data: { nextTryAt, lastError: describeStripeError(error).slice(0, 500) },
    }),
  );
}

async function markApplied(database: Database, id: string, why: string, now: Date): Promise<void> {
  await database.platform((tx) =>
    tx.stripeEvent.updateMany({ where: { id }, data: { appliedAt: now, lastError: why } }),
  );
}

async function findOrganization(database: Database, customer: string): Promise<string | undefined> {
  const [row] = await database.platform(
    (tx) => tx.$queryRaw<{ organizationId: string }[]>`
      SELECT organization_id AS "organizationId" FROM find_organization_by_stripe_customer(${customer})`,
  );
  return row?.organizationId;
}
