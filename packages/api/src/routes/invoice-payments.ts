/** The collection of one invoice: payments, refunds, disputes, what Stripe was told, and asking it anew. */
import { z } from '@hono/zod-openapi';
import { askStripe, getCollection, refreshFromStripe, retryPushes } from '@tollgate/billing';
import { toldByApi } from '../billing/billing-fields.ts';
import { id, idParam, timestamp, usd } from '../framework/field.ts';
import { type AnyRoute, route } from '../framework/route.ts';

export const Collection = z
  .object({
    /** What is still to be paid; 0 unless the invoice is open or uncollectible. */
    outstandingUsd: usd,
    pushes: z.array(
      z.object({
        kind: z.string(),
        state: z.string(),
        tries: z.number(),
        error: z.string(),
        stripeId: z.string().nullable(),
        createdAt: timestamp,
        doneAt: timestamp.nullable(),
      }),
    ),
    payments: z.array(
      z.object({
        id,
        kind: z.string(),
        state: z.string(),
        amountUsd: usd,
        method: z.string(),
        reference: z.string(),
        failureCode: z.string(),
        creditNoteId: z.string().nullable(),
        stripeId: z.string().nullable(),
        occurredAt: timestamp,
      }),
    ),
    dunning: z.array(z.object({ step: z.string(), takenAt: timestamp, undoneAt: timestamp.nullable() })),
    stripeInvoiceId: z.string().nullable(),
  })
  .openapi('InvoiceCollection');

export const invoicePaymentRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/invoices/{id}/payments',
    tag: 'invoices',
    summary: 'Payments, refunds and disputes of an invoice, and what Stripe was told',
    access: 'invoices:read',
    params: idParam,
    response: Collection,
    run: ({ tx, organizationId, params }) => toldByApi(() => getCollection(tx, organizationId, params.id)),
  }),
  route({
    method: 'post',
    path: '/invoices/{id}/payments/refresh',
    tag: 'invoices',
    summary: 'Fetch what Stripe has now, and begin failed steps anew; answers the page on which to pay',
    access: 'invoices:write',
    whenClosed: true,
    detached: true,
    throttle: { limit: 120, windowSeconds: 3_600 },
    params: idParam,
    response: z.object({ payUrl: z.string().nullable() }).openapi('PayPage'),
    status: 200,
    run: ({ context, organizationId, params, tenant, nowMs }) =>
      toldByApi(async () => {
        const { stripeInvoiceId } = await tenant(async (tx) => {
          const found = await getCollection(tx, organizationId, params.id);
          await retryPushes(tx, organizationId, params.id, nowMs);
          return found;
        });
        const { database, payments } = context;
        if (payments === undefined || stripeInvoiceId === null) return { payUrl: null };
        const scope = { organizationId, stripeInvoiceId, now: new Date(nowMs) };
        return askStripe(() => refreshFromStripe(database, payments, scope));
      }),
  }),
];
