/**
 * How many requests may be looked up at once: each search reads megabytes of the log, or asks Postgres through the few
 * connections that everything else needs. A key that asks for many waits for itself, not everybody for it.
 */
import { GatewayError } from '@tollgate/errors';

const MAX_OF_KEY = 16;
const MAX_IN_ALL = 128;
const RETRY_AFTER_MS = 1_000;

export class RequestLookUps {
  /** By key. */
  readonly #running = new Map<string, number>();
  #count = 0;

  /** @throws {GatewayError} `capacity_share_exceeded` or `service_unavailable`: `look` was not called. */
  async run<T>(keyId: string, look: () => Promise<T>): Promise<T> {
    const ofKey = this.#running.get(keyId) ?? 0;
    if (ofKey >= MAX_OF_KEY) {
      throw new GatewayError(
        'capacity_share_exceeded',
        `Cannot look the request up now: a key may look up ${MAX_OF_KEY} at once; try again.`,
        {
          scope: { type: 'key', id: keyId },
          limit: String(MAX_OF_KEY),
          used: String(ofKey),
          retryAfterMs: RETRY_AFTER_MS,
        },
      );
    }
    if (this.#count >= MAX_IN_ALL) {
      throw new GatewayError('service_unavailable', 'Cannot look the request up now; try again.', {
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    this.#running.set(keyId, ofKey + 1);
    this.#count += 1;
    try {
      return await look();
    } finally {
      this.#count -= 1;
      const left = (this.#running.get(keyId) ?? 1) - 1;
      if (left > 0) this.#running.set(keyId, left);
      else this.#running.delete(keyId);
    }
  }
}
