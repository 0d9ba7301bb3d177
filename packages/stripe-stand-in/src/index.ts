/**
 * A stand-in for Stripe: stateful, reached by the official SDK through its host setting. For development and tests;
 * never for production, because its cards pay nothing.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import {
  attachCard,
  closeDispute,
  disputeCharge,
  getCharge,
  getCustomer,
  getIntent,
  type World,
} from './billing-rules.ts';
import type { Card } from './objects/customer.ts';
import { type ApiFaults, createStandInServer } from './server.ts';
import { Store } from './store.ts';
import { type WebhookBehaviour, Webhooks } from './webhooks.ts';

export type { WebhookBehaviour } from './webhooks.ts';
export { signatureOf } from './webhooks.ts';

export interface StripeStandInOptions {
  /** 0 (the default): any free one. */
  readonly port?: number;
  readonly apiKey?: string;
  /** Where events are sent. */
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** Kept over restarts where given. */
  readonly stateFile?: string;
  /** Unix milliseconds; the wall clock unless told. */
  readonly nowMs?: () => number;
}

export interface StripeStandIn {
  readonly url: string;
  readonly apiKey: string;
  /** Every call so far. */
  readonly calls: readonly string[];
  readonly events: readonly Stripe.Event[];
  list<T extends { readonly id: string; readonly object: string }>(kind: T['object']): T[];
  /** Gives a customer a card, as their default one. */
  addCard(customerId: string, card?: Card): void;
  dispute(paymentIntentId: string, reason?: string): Stripe.Dispute;
  closeDispute(dispute: Stripe.Dispute, status: 'won' | 'lost'): void;
  behave(behaviour: Partial<WebhookBehaviour>): void;
  flush(order?: 'as-made' | 'reversed'): Promise<number>;
  webhooksSettled(): Promise<void>;
  /** The next calls answer 500 (`fail`), or are done and their answer is lost (`drop`). */
  fault(faults: Partial<ApiFaults>): void;
  /** As after a day: a repeated call is a new one. */
  forgetIdempotencyKeys(): void;
  close(): Promise<void>;
}

export async function startStripeStandIn(options: StripeStandInOptions = {}): Promise<StripeStandIn> {
  const nowMs = options.nowMs ?? Date.now;
  const apiKey = options.apiKey ?? 'sk_test_stand_in';
  const webhooks = new Webhooks(options.webhook, nowMs);
  const faults: ApiFaults = { fail: 0, drop: 0 };
  const calls: string[] = [];
  const world: { -readonly [K in keyof World]: World[K] } = {
    store: new Store(options.stateFile),
    webhooks,
    url: 'http://127.0.0.1',
    nowSeconds: () => Math.floor(nowMs() / 1_000),
  };
  const server = createStandInServer({ world, apiKey, faults, calls });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: world.url,
    apiKey,
    calls,
    events: webhooks.events,
    list: (kind) => world.store.list(kind),
    addCard: (customerId, card = 'works') => {
      const method = attachCard(world, customerId, card);
      const customer = getCustomer(world, customerId);
      customer.invoice_settings.default_payment_method = method.id;
      webhooks.emit('customer.updated', customer);
    },
    dispute: (intentId, reason = 'fraudulent') => {
      const intent = getIntent(world, intentId);
      return disputeCharge(world, getCharge(world, intent.latest_charge as string), reason);
    },
    closeDispute: (dispute, status) => closeDispute(world, dispute, status),
    behave: (behaviour) => webhooks.behave(behaviour),
    flush: (order) => webhooks.flush(order),
    webhooksSettled: () => webhooks.settled(),
    fault: (wanted) => Object.assign(faults, wanted),
    forgetIdempotencyKeys: () => world.store.forgetAnswers(),
    close: async () => {
      webhooks.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close').catch(() => undefined);
    },
  };
}
