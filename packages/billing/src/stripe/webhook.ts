/**
 * Events of Stripe: verified on the raw bytes, stored by their id. Nothing else happens here, so that an answer takes
 * milliseconds and an event that came twice is one row; apply-event.ts does the rest.
 */
import type { Database } from '@tollgate/db';
import Stripe from 'stripe';
import type { PaymentProcessor } from './stripe-client.ts';

/** How far a signature's time may be off, as Stripe's own libraries have it. */
const TOLERANCE_SECONDS = 300;

/** The bytes are not signed by Stripe with one of our secrets, or too long ago. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

/** @throws {SignatureError} */
export function verifyEvent(
  { stripe, webhookSecrets }: PaymentProcessor,
  rawBody: string,
  signature: string,
  nowMs: number,
): Stripe.Event {
  for (const secret of webhookSecrets) {
    try {
      return stripe.webhooks.constructEvent(rawBody, signature, secret, TOLERANCE_SECONDS, undefined, nowMs);
    } catch (cause) {
      if (!(cause instanceof Stripe.errors.StripeSignatureVerificationError)) {
        throw new SignatureError('Cannot take the event: its body must be one that Stripe signed', { cause });
      }
    }
  }
  throw new SignatureError('Cannot take the event: its signature must be of one of the secrets, and fresh');
}

/** @returns Whether it was new. */
export function storeEvent(database: Database, event: Stripe.Event, nowMs: number): Promise<boolean> {
  const now = new Date(nowMs).toISOString();
  return database.platform(async (tx) => {
    const written = await tx.$executeRaw`
      INSERT INTO stripe_events (id, type, payload, received_at, next_try_at)
      VALUES (${event.id}, ${event.type}, ${JSON.stringify(event)}::jsonb, ${now}::timestamptz, ${now}::timestamptz)
      ON CONFLICT (id) DO NOTHING`;
    return written === 1;
  });
}
