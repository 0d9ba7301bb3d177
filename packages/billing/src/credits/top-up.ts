/**
 * Buying prepaid credits, by a person on Stripe's page or by itself. A top-up is written down before Stripe is asked;
 * its credits exist once, when Stripe says that the payment succeeded.
 */
import { type Database, type Transaction, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { picoUsdSum, toCents } from '@tollgate/money';
import Stripe from 'stripe';
import { ensureCustomer, ORGANIZATION_METADATA, TARGET_METADATA } from '../stripe/customer.ts';
import type { PaymentProcessor } from '../stripe/stripe-client.ts';
import {
  disputeState,
  lockOrganization,
  refundState,
  SYNC_TIMEOUT_MS,
  syncPayment,
  toPicoUsd,
} from '../stripe/sync-invoice.ts';
import { addCreditEntry } from './credit-ledger.ts';
import { getCreditStanding } from './low-balance.ts';

export interface NewTopUp {
  readonly organizationId: string;
  readonly amountPicoUsd: bigint;
  readonly cause: 'manual' | 'automatic';
  readonly nowMs: number;
}

/** @returns Its id; undefined where an automatic one is under way already. */
export async function createTopUp(tx: Transaction, topUp: NewTopUp): Promise<string | undefined> {
  const id = newId('topUp', topUp.nowMs);
  const written = await tx.$executeRaw`
    INSERT INTO credit_top_ups (id, organization_id, amount_pico_usd, cause, state, created_at)
    VALUES (${id}, ${topUp.organizationId}, ${String(topUp.amountPicoUsd)}::numeric, ${topUp.cause}, 'pending',
      ${new Date(topUp.nowMs).toISOString()}::timestamptz)
    ON CONFLICT (organization_id) WHERE state = 'pending' AND cause = 'automatic' DO NOTHING`;
  return written === 1 ? id : undefined;
}

/** A failed charge is not tried again by itself before this. */
const RETRY_AFTER_FAILURE_MS = 24 * 3_600_000;
/** Stripe forgets an idempotency key after a day; an attempt whose answer was lost is not repeated after this. */
const GIVE_UP_AFTER_MS = 20 * 3_600_000;

/** Charges the payment method on file where the balance is below what the organization set. */
export async function topUpAutomatically(
  database: Database,
  processor: PaymentProcessor,
  { organizationId, now }: { organizationId: string; now: Date },
): Promise<'charged' | 'failed' | 'not-needed'> {
  const topUp = await database.tenant(organizationId, (tx) => findDueTopUp(tx, organizationId, now));
  if (topUp === undefined) return 'not-needed';
  if (topUp.stripeId !== null) {
    return toOutcome(await syncTopUp(database, processor, { organizationId, intentId: topUp.stripeId, now }));
  }
  const customer = await ensureCustomer(database, processor, organizationId);
  const failed = await charge(processor.stripe, { ...topUp, organizationId, customer });
  if (failed === undefined) return 'not-needed';
  if (typeof failed === 'string') {
    await database.tenant(organizationId, (tx) => failTopUp(tx, organizationId, topUp.id, failed, now));
    return 'failed';
  }
  return toOutcome(await syncTopUp(database, processor, { organizationId, intentId: failed.id, now }));
}

/** A bank may take days to answer: until then there is nothing to do. */
function toOutcome(state: TopUpState): 'charged' | 'failed' | 'not-needed' {
  return state === 'succeeded' ? 'charged' : state === 'failed' ? 'failed' : 'not-needed';
}

/** @returns The payment, the code of a refusal, or undefined where nobody knows yet. */
async function charge(
  stripe: Stripe,
  topUp: { id: string; amountPicoUsd: bigint; organizationId: string; customer: string },
): Promise<Stripe.PaymentIntent | string | undefined> {
  const customer = await stripe.customers.retrieve(topUp.customer);
  const method = customer.deleted === true ? null : customer.invoice_settings.default_payment_method;
  if (method === null) return 'no_payment_method';
  try {
    return await stripe.paymentIntents.create(
      {
        amount: Number(toCents(picoUsdSum(topUp.amountPicoUsd))),
        currency: 'usd',
        customer: topUp.customer,
        payment_method: typeof method === 'string' ? method : method.id,
        off_session: true,
        confirm: true,
        description: 'Prepaid credits',
        metadata: { [TARGET_METADATA]: topUp.id, [ORGANIZATION_METADATA]: topUp.organizationId },
      },
      { idempotencyKey: `${topUp.id}-charge` },
    );
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) return error.decline_code ?? error.code ?? 'declined';
    // The payment method was changed between two tries of one key: begin anew later.
    if (error instanceof Stripe.errors.StripeIdempotencyError) return 'interrupted';
    throw error;
  }
}

interface DueTopUp {
  readonly id: string;
  readonly amountPicoUsd: bigint;
  /** Its payment, where Stripe has answered. */
  readonly stripeId: string | null;
}

async function findDueTopUp(
  tx: Transaction,
  organizationId: string,
  now: Date,
): Promise<DueTopUp | undefined> {
  // Credits arrive behind the same lock: nobody decides by a balance from before another one's top-up.
  await lockOrganization(tx, organizationId);
  const [pending] = await tx.$queryRaw<
    { id: string; amount: string; createdAt: Date; stripeId: string | null }[]
  >`
    SELECT id, amount_pico_usd::text AS amount, created_at AS "createdAt", stripe_id AS "stripeId" FROM credit_top_ups
    WHERE organization_id = ${organizationId} AND state = 'pending' AND cause = 'automatic'`;
  if (pending !== undefined) {
    const { id, stripeId } = pending;
    if (stripeId !== null || now.getTime() - pending.createdAt.getTime() < GIVE_UP_AFTER_MS) {
      return { id, amountPicoUsd: BigInt(pending.amount), stripeId };
    }
    await failTopUp(tx, organizationId, pending.id, 'unanswered', now);
    return undefined;
  }
  const [rule] = await tx.$queryRaw<{ below: string | null; amount: string | null; failedAt: Date | null }[]>`
    SELECT p.auto_top_up_below_pico_usd::text AS below, p.auto_top_up_amount_pico_usd::text AS amount,
      (SELECT max(created_at) FROM credit_top_ups WHERE organization_id = ${organizationId} AND cause = 'automatic'
         AND state = 'failed') AS "failedAt"
    FROM billing_profiles p WHERE p.organization_id = ${organizationId}`;
  if (rule?.below == null || rule.amount === null) return undefined;
  const { available } = await getCreditStanding(tx, organizationId);
  if (available >= BigInt(rule.below)) return undefined;
  if (rule.failedAt !== null && now.getTime() - rule.failedAt.getTime() < RETRY_AFTER_FAILURE_MS)
    return undefined;
  const amountPicoUsd = BigInt(rule.amount);
  const id = await createTopUp(tx, {
    organizationId,
    amountPicoUsd,
    cause: 'automatic',
    nowMs: now.getTime(),
  });
  return id === undefined ? undefined : { id, amountPicoUsd, stripeId: null };
}

export async function failTopUp(
  tx: Transaction,
  organizationId: string,
  topUpId: string,
  failureCode: string,
  now: Date,
): Promise<void> {
  const data = { state: 'failed', failureCode, settledAt: now };
  await tx.creditTopUp.updateMany({ where: { organizationId, id: topUpId, state: 'pending' }, data });
}

export interface SyncTopUp {
  readonly organizationId: string;
  readonly intentId: string;
  readonly now: Date;
}

type TopUpState = 'pending' | 'succeeded' | 'failed';

function syncTopUp(database: Database, processor: PaymentProcessor, sync: SyncTopUp): Promise<TopUpState> {
  return database.tenant(
    sync.organizationId,
    async (tx) => {
      await lockOrganization(tx, sync.organizationId);
      return syncTopUpWithin(tx, processor.stripe, sync);
    },
    { timeoutMs: SYNC_TIMEOUT_MS },
  );
}

/** The payment, its refunds and disputes as they are now, in the balance. The caller holds the organization's lock. */
export async function syncTopUpWithin(tx: Transaction, stripe: Stripe, sync: SyncTopUp): Promise<TopUpState> {
  const { organizationId, intentId, now } = sync;
  const { metadata } = await stripe.paymentIntents.retrieve(intentId);
  const topUpId = metadata[TARGET_METADATA];
  if (topUpId === undefined || metadata[ORGANIZATION_METADATA] !== organizationId) return 'failed';
  const topUp = await tx.creditTopUp.findFirst({
    where: { organizationId, id: topUpId },
    select: { cause: true },
  });
  if (topUp === null) return 'failed';
  const { intent, refunds, disputes } = await syncPayment(tx, stripe, { ...sync, topUpId });
  const nowMs = now.getTime();
  const entry = { organizationId, nowMs };
  if (intent.status === 'succeeded') {
    const amountPicoUsd = toPicoUsd(intent.amount_received);
    await tx.creditTopUp.updateMany({
      where: { organizationId, id: topUpId, state: { not: 'succeeded' } },
      data: { state: 'succeeded', stripeId: intentId, failureCode: '', settledAt: now },
    });
    await addCreditEntry(tx, { ...entry, kind: 'top-up', causeId: topUpId, amountPicoUsd });
  } else if (topUp.cause === 'automatic') {
    await followPayment(tx, { organizationId, topUpId, intent, now });
  }
  for (const refund of refunds.filter((each) => refundState(each) === 'succeeded')) {
    const amountPicoUsd = -toPicoUsd(refund.amount);
    await addCreditEntry(tx, { ...entry, kind: 'refund', causeId: refund.id, amountPicoUsd });
  }
  for (const refund of refunds.filter((each) => refundState(each) === 'failed')) {
    await takeBackRefund(tx, entry, refund.id);
  }
  for (const dispute of disputes) {
    const amountPicoUsd = -toPicoUsd(dispute.amount);
    await addCreditEntry(tx, { ...entry, kind: 'dispute', causeId: dispute.id, amountPicoUsd });
    if (disputeState(dispute) === 'won') {
      await addCreditEntry(tx, {
        ...entry,
        kind: 'dispute-won',
        causeId: dispute.id,
        amountPicoUsd: -amountPicoUsd,
      });
    }
  }
  return intent.status === 'succeeded' ? 'succeeded' : isOver(intent) ? 'failed' : 'pending';
}

/** Banks send money back weeks after a refund succeeded: then it is with us again, and so are its credits. */
async function takeBackRefund(
  tx: Transaction,
  entry: { organizationId: string; nowMs: number },
  refundId: string,
): Promise<void> {
  const { organizationId } = entry;
  const refunded = await tx.creditLedgerEntry.findFirst({
    where: { organizationId, kind: 'refund', causeId: refundId },
    select: { amountPicoUsd: true },
  });
  if (refunded === null) return;
  const amountPicoUsd = -toBigInt(refunded.amountPicoUsd);
  await addCreditEntry(tx, { ...entry, kind: 'restored', causeId: refundId, amountPicoUsd });
}

/** Nobody is there who could try another payment method, as there is on Stripe's page. */
const isOver = ({ status }: Stripe.PaymentIntent) =>
  status === 'canceled' || status === 'requires_payment_method';

/** Keeps an automatic top-up pending as long as its payment may still succeed, so that no second one begins beside it. */
async function followPayment(
  tx: Transaction,
  payment: { organizationId: string; topUpId: string; intent: Stripe.PaymentIntent; now: Date },
): Promise<void> {
  const { organizationId, topUpId, intent, now } = payment;
  if (isOver(intent)) {
    const code = intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code ?? intent.status;
    return failTopUp(tx, organizationId, topUpId, code, now);
  }
  await tx.creditTopUp.updateMany({
    where: { organizationId, id: topUpId, state: 'pending' },
    data: { stripeId: intent.id },
  });
}
