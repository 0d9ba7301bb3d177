/**
 * What Stripe is to be told: rows written in the transaction of what they are about, done later by the worker.
 *
 * One row per kind and target. A claim is a lease: whoever dies with it loses it after some minutes, and the next one
 * does the same again, which changes nothing in Stripe (idempotency keys, and a look before each step).
 */
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { z } from 'zod';

export type PushKind = 'invoice' | 'credit-note' | 'debit-note' | 'paid' | 'void' | 'uncollectible';

export interface PushRequest {
  readonly organizationId: string;
  readonly kind: PushKind;
  readonly targetId: string;
  readonly version: number;
  readonly payload?: PushPayload;
  readonly nowMs: number;
}

/** As it was when it was decided: the body of a retried call must be the same. */
export const PushPayload = z.object({
  collectionMode: z.enum(['automatic', 'send-invoice', 'manual']).exactOptional(),
  paymentTermDays: z.int().exactOptional(),
  /** Whether it was looked for a payment method: what stands here since is asked for, try after try. */
  decided: z.boolean().exactOptional(),
});
export type PushPayload = z.infer<typeof PushPayload>;

export interface Push {
  readonly id: string;
  readonly organizationId: string;
  readonly kind: PushKind;
  readonly targetId: string;
  readonly version: number;
  readonly payload: PushPayload;
  readonly stripeId: string | null;
  /** 1 for the first. */
  readonly tries: number;
}

const LEASE_MS = 5 * 60_000;
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 3_600_000;
/** Three days of tries; then finance is told, and may begin anew. */
const MOST_TRIES = 80;

export async function enqueuePush(tx: Transaction, request: PushRequest): Promise<void> {
  const at = new Date(request.nowMs).toISOString();
  await tx.$executeRaw`
    INSERT INTO stripe_pushes (id, organization_id, kind, target_id, version, payload, next_try_at, created_at)
    VALUES (${newId('stripePush', request.nowMs)}, ${request.organizationId}, ${request.kind}, ${request.targetId},
      ${request.version}, ${JSON.stringify(request.payload ?? {})}::jsonb, ${at}::timestamptz, ${at}::timestamptz)
    ON CONFLICT (organization_id, kind, target_id) DO NOTHING`;
}

/** What happened to an invoice that Stripe knows, or will; nothing where it never will. */
export async function enqueueFollowUp(
  tx: Transaction,
  request: PushRequest & { readonly invoiceId: string },
): Promise<void> {
  const { organizationId, invoiceId } = request;
  const known = await tx.stripePush.findFirst({
    where: { organizationId, kind: 'invoice', targetId: invoiceId },
    select: { id: true, payload: true },
  });
  if (known === null) return;
  await enqueuePush(tx, { ...request, payload: request.payload ?? PushPayload.parse(known.payload) });
}

/** The oldest that is due; those about one invoice in their order. */
export async function claimPush(
  tx: Transaction,
  organizationId: string,
  nowMs: number,
): Promise<Push | undefined> {
  const now = new Date(nowMs).toISOString();
  const [row] = await tx.$queryRaw<(Omit<Push, 'payload'> & { payload: unknown })[]>`
    UPDATE stripe_pushes SET tries = tries + 1, next_try_at = ${new Date(nowMs + LEASE_MS).toISOString()}::timestamptz
    WHERE organization_id = ${organizationId} AND id = (
      SELECT id FROM stripe_pushes WHERE organization_id = ${organizationId} AND state = 'pending' AND next_try_at <= ${now}::timestamptz
      ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, organization_id AS "organizationId", kind, target_id AS "targetId", version, payload, stripe_id AS "stripeId", tries`;
  return row === undefined ? undefined : { ...row, payload: PushPayload.parse(row.payload) };
}

/** What is known so far, so that the next try need not search for it. */
export async function rememberStripeId(tx: Transaction, push: Push, stripeId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE stripe_pushes SET stripe_id = ${stripeId} WHERE organization_id = ${push.organizationId} AND id = ${push.id}`;
  if (push.kind !== 'invoice') return;
  await tx.$executeRaw`
    UPDATE invoices SET stripe_invoice_id = ${stripeId}
    WHERE organization_id = ${push.organizationId} AND id = ${push.targetId} AND stripe_invoice_id IS NULL`;
}

export async function finishPush(tx: Transaction, push: Push, nowMs: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE stripe_pushes SET state = 'done', last_error = '', done_at = ${new Date(nowMs).toISOString()}::timestamptz
    WHERE organization_id = ${push.organizationId} AND id = ${push.id}`;
}

/** @param final Trying again cannot help: finance has to look. */
export async function postponePush(
  tx: Transaction,
  push: Push,
  { error, final, nowMs }: { readonly error: string; readonly final: boolean; readonly nowMs: number },
): Promise<'pending' | 'failed'> {
  const state = final || push.tries >= MOST_TRIES ? 'failed' : 'pending';
  const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(push.tries - 1, 12));
  await tx.$executeRaw`
    UPDATE stripe_pushes SET state = ${state}, last_error = ${error.slice(0, 500)},
      next_try_at = ${new Date(nowMs + delayMs).toISOString()}::timestamptz
    WHERE organization_id = ${push.organizationId} AND id = ${push.id}`;
  return state;
}

/**
 * Begins anew with what had failed of an invoice and of its notes. Not with the first try: one that died may have left
 * something in Stripe under a key that is forgotten by now, and is to be looked for. @returns Whether there was something.
 */
export async function retryPushes(
  tx: Transaction,
  organizationId: string,
  targetId: string,
  nowMs: number,
): Promise<boolean> {
  const written = await tx.$executeRaw`
    UPDATE stripe_pushes SET state = 'pending', tries = LEAST(tries, 1), next_try_at = ${new Date(nowMs).toISOString()}::timestamptz
    WHERE organization_id = ${organizationId} AND state <> 'done' AND (target_id = ${targetId} OR target_id IN (
      SELECT id FROM credit_notes WHERE organization_id = ${organizationId} AND invoice_id = ${targetId}))`;
  return written > 0;
}

/** Waiting for another push costs no try. */
export async function waitForOther(tx: Transaction, push: Push, nowMs: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE stripe_pushes SET tries = tries - 1, next_try_at = ${new Date(nowMs + FIRST_RETRY_MS).toISOString()}::timestamptz
    WHERE organization_id = ${push.organizationId} AND id = ${push.id}`;
}
