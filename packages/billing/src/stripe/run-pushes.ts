/** One round of an organization's pushes. Any number of workers may run it at once; whoever dies is taken over. */
import type { Database, Transaction } from '@tollgate/db';
import Stripe from 'stripe';
import { pushFollowUp } from './push-follow-up.ts';
import { pushInvoice, StripeMismatchError } from './push-invoice.ts';
import { claimPush, finishPush, type Push, postponePush, waitForOther } from './push-queue.ts';
import { describeStripeError, isTemporary, type PaymentProcessor } from './stripe-client.ts';

export interface RunPushesOptions {
  readonly organizationId: string;
  readonly nowMs: number;
  readonly signal?: AbortSignal;
  /** Told of every try that did not succeed; `failed`: finance has to look. */
  readonly onError?: (
    error: unknown,
    push: { id: string; kind: string; targetId: string; state: string },
  ) => void;
}

const MOST_PER_ROUND = 50;

/** @returns How many were done. */
export async function runPushes(
  database: Database,
  processor: PaymentProcessor,
  options: RunPushesOptions,
): Promise<number> {
  const { organizationId, nowMs } = options;
  let done = 0;
  for (let count = 0; count < MOST_PER_ROUND && options.signal?.aborted !== true; count += 1) {
    const push = await database.tenant(organizationId, (tx) => claimPush(tx, organizationId, nowMs));
    if (push === undefined) break;
    if (await runOne(database, processor, push, options)) done += 1;
  }
  return done;
}

async function runOne(
  database: Database,
  processor: PaymentProcessor,
  push: Push,
  { nowMs, onError }: RunPushesOptions,
): Promise<boolean> {
  const { organizationId } = push;
  try {
    if (push.kind === 'invoice' || push.kind === 'debit-note') {
      await pushInvoice({ database, processor, now: new Date(nowMs) }, push);
    } else {
      const about = await database.tenant(organizationId, (tx) => findStripeInvoice(tx, push));
      if (about.waiting) {
        await database.tenant(organizationId, (tx) => waitForOther(tx, push, nowMs));
        return false;
      }
      if (about.stripeId !== null) await pushFollowUp(database, processor, push, about.stripeId);
    }
  } catch (error) {
    const failure = { error: describe(error), final: isFinal(error), nowMs };
    const state = await database.tenant(organizationId, (tx) => postponePush(tx, push, failure));
    onError?.(error, { id: push.id, kind: push.kind, targetId: push.targetId, state });
    return false;
  }
  await database.tenant(organizationId, (tx) => finishPush(tx, push, nowMs));
  return true;
}

/** The invoice must be there first. `stripeId` null: it never will be, because it was settled before. */
async function findStripeInvoice(
  tx: Transaction,
  { organizationId, kind, targetId }: Push,
): Promise<{ waiting: boolean; stripeId: string | null }> {
  const invoiceId =
    kind === 'credit-note'
      ? (
          await tx.creditNote.findUniqueOrThrow({
            where: { organizationId_id: { organizationId, id: targetId } },
            select: { invoiceId: true },
          })
        ).invoiceId
      : targetId;
  const invoice = await tx.stripePush.findFirst({
    where: { organizationId, kind: 'invoice', targetId: invoiceId },
    select: { state: true, stripeId: true },
  });
  return { waiting: invoice?.state !== 'done', stripeId: invoice?.stripeId ?? null };
}

const isFinal = (error: unknown) =>
  error instanceof StripeMismatchError || (error instanceof Stripe.errors.StripeError && !isTemporary(error));

function describe(error: unknown): string {
  return error instanceof StripeMismatchError ? error.message : describeStripeError(error);
}
