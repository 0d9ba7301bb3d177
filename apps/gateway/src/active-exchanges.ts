/** The requests that run now, so that they can be ended: their key was revoked, or the gateway stops. */
import type { GatewayError } from '@tollgate/errors';
import { SlotList } from '@tollgate/metering';
import type { Exchange } from './pipeline/exchange.ts';
import type { KeyEntry } from './policy/policy.ts';

export class ActiveExchanges {
  readonly #running = new SlotList<Exchange>();
  #onIdle: (() => void) | undefined;

  #startedCount = 0;

  /** Of all that ever ran. */
  get startedCount(): number {
    return this.#startedCount;
  }

  get size(): number {
    return this.#running.size;
  }

  add(exchange: Exchange): void {
    this.#startedCount += 1;
    exchange.place = this.#running.add(exchange);
  }

  remove(exchange: Exchange): void {
    this.#running.remove(exchange.place, exchange);
    if (this.#running.size === 0) this.#onIdle?.();
  }

  /** One for each that runs; an entry may come several times. */
  *keysInUse(): Generator<KeyEntry> {
    for (const { key } of this.#running) if (key !== undefined) yield key;
  }

  /**
   * Ends the streams of those keys that `matches` names. Whatever else runs for them sends nothing any more: bodies
   * that are still on their way, next tries. An answer that a provider is giving as a whole is paid for and given.
   */
  revoke(matches: (key: KeyEntry) => boolean, error: GatewayError): void {
    const isRevoked = ({ key }: Exchange) => key !== undefined && matches(key);
    for (const exchange of this.#running) if (isRevoked(exchange)) exchange.revoked ??= error;
    this.cut((exchange) => exchange.subject?.streamed === true && isRevoked(exchange), error);
  }

  /** Ends those that `matches` names, each with the dialect's own error. */
  cut(matches: (exchange: Exchange) => boolean, error: GatewayError): void {
    for (const exchange of this.#running) {
      if (exchange.cut !== undefined || !matches(exchange)) continue;
      exchange.cut = error;
      exchange.onInterrupt?.();
    }
  }

  /** Resolves when nothing runs any more. */
  idle(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }
}
