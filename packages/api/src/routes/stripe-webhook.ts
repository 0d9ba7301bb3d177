/** Where Stripe's events arrive: verified on the raw bytes, stored once, applied by the worker. */
import { SignatureError, storeEvent, verifyEvent } from '@tollgate/billing';
import { ApiProblem } from '../framework/problem.ts';
import { readRawBody } from '../framework/read-input.ts';
import { type AnyRoute, route } from '../framework/route.ts';

/** An event holds one object with the first lines of an invoice. */
const EVENT_MAX_BYTES = 512 * 1024;

export const stripeWebhookRoutes: readonly AnyRoute[] = [
  route({
    method: 'post',
    path: '/stripe/webhook',
    tag: 'billing',
    summary: 'Events of Stripe',
    access: 'signature',
    status: 204,
    run: async ({ context, request, nowMs }) => {
      const body = await readRawBody(request, EVENT_MAX_BYTES);
      const signature = request.headers.get('stripe-signature') ?? '';
      if (context.payments === undefined) throw refused();
      try {
        await storeEvent(context.database, verifyEvent(context.payments, body, signature, nowMs), nowMs);
      } catch (cause) {
        if (cause instanceof SignatureError) throw refused(cause);
        throw cause;
      }
      return undefined;
    },
  }),
];

const refused = (cause?: unknown) =>
  new ApiProblem('unauthenticated', 'Cannot take the event: it must be signed by Stripe, and fresh', {
    cause,
  });
