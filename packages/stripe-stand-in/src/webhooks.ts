/**
 * Events, and their delivery: signed as Stripe signs, tried again until taken, and on demand late, twice or out of order.
 */
import { createHmac } from 'node:crypto';
import type Stripe from 'stripe';
import { newStripeId } from './objects/common.ts';

export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

/** How deliveries misbehave. */
export interface WebhookBehaviour {
  /** Nothing is sent before `flush()`. */
  readonly hold: boolean;
  /** Each event is sent this often. */
  readonly copies: number;
  readonly delayMs: number;
  /** The first so many deliveries are lost on the way; they come again by themselves. */
  readonly lose: number;
}

const PLAIN: WebhookBehaviour = { hold: false, copies: 1, delayMs: 0, lose: 0 };
const FIRST_RETRY_MS = 500;
const MOST_TRIES = 12;
const TIMEOUT_MS = 10_000;
const API_VERSION = '2026-10-28.endive';

export class Webhooks {
  readonly events: Stripe.Event[] = [];
  #behaviour = PLAIN;
  #held: Stripe.Event[] = [];
  readonly #target: WebhookTarget | undefined;
  readonly #now: () => number;
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(target: WebhookTarget | undefined, now: () => number) {
    this.#target = target;
    this.#now = now;
  }

  behave(behaviour: Partial<WebhookBehaviour>): void {
    this.#behaviour = { ...PLAIN, ...behaviour };
  }

  emit(type: string, object: unknown, previousAttributes?: Record<string, unknown>): void {
    // As Stripe does: the object as it is now, whatever becomes of it later.
    const snapshot = JSON.parse(JSON.stringify(object)) as object;
    const event = {
      id: newStripeId('evt'),
      object: 'event',
      api_version: API_VERSION,
      created: Math.floor(this.#now() / 1_000),
      data: {
        object: snapshot,
        ...(previousAttributes === undefined ? {} : { previous_attributes: previousAttributes }),
      },
      livemode: false,
      pending_webhooks: this.#target === undefined ? 0 : 1,
      request: { id: null, idempotency_key: null },
      type,
    } as unknown as Stripe.Event;
    this.events.push(event);
    if (this.#behaviour.hold) this.#held.push(event);
    else this.#send(event);
  }

  /** Sends what was held, in this order. @returns When all of it has been answered. */
  async flush(order: 'as-made' | 'reversed' = 'as-made'): Promise<number> {
    const held = order === 'reversed' ? this.#held.toReversed() : this.#held;
    this.#held = [];
    for (const event of held) {
      this.#send(event);
      await this.settled();
    }
    return held.length;
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  close(): void {
    this.#stop.abort();
  }

  #send(event: Stripe.Event): void {
    for (let copy = 0; copy < this.#behaviour.copies; copy += 1) {
      const run = this.#deliver(event).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
  }

  async #deliver(event: Stripe.Event): Promise<void> {
    if (this.#target === undefined) return;
    const payload = JSON.stringify(event, null, 2);
    await this.#pause(this.#behaviour.delayMs);
    for (let attempt = 0; attempt < MOST_TRIES && !this.#stop.signal.aborted; attempt += 1) {
      if (await this.#post(payload)) return;
      await this.#pause(FIRST_RETRY_MS * 2 ** Math.min(attempt, 6));
    }
  }

  async #post(payload: string): Promise<boolean> {
    const { lose } = this.#behaviour;
    if (lose > 0) {
      this.#behaviour = { ...this.#behaviour, lose: lose - 1 };
      return false;
    }
    const { url, secret } = this.#target!;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signatureOf(payload, secret, this.#now()),
        },
        body: payload,
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stop;
    if (ms === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

export function signatureOf(payload: string, secret: string, nowMs: number): string {
  const timestamp = Math.floor(nowMs / 1_000);
  const digest = createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex');
  return `t=${timestamp},v1=${digest}`;
}
