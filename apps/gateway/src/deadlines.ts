/**
 * Deadlines of all running calls, looked at by one coarse ticker: moving a deadline is one assignment, so that
 * no chunk of a stream ever touches a timer.
 */
import type { Clock } from '@tollgate/clock';

export interface Deadline {
  /** Monotonic milliseconds. Moved at will; `Infinity` waits for ever. */
  atMs: number;
  readonly expire: () => void;
}

export class Deadlines {
  readonly #running = new Set<Deadline>();
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout;

  /** @param intervalMs How late an expiry may be noticed. */
  constructor(clock: Clock, intervalMs = 100) {
    this.#clock = clock;
    this.#timer = setInterval(() => this.#tick(), intervalMs);
    this.#timer.unref();
  }

  add(atMs: number, expire: () => void): Deadline {
    const deadline = { atMs, expire };
    this.#running.add(deadline);
    return deadline;
  }

  remove(deadline: Deadline): void {
    this.#running.delete(deadline);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#running.clear();
  }

  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const deadline of this.#running) {
      if (deadline.atMs > nowMs) continue;
      this.#running.delete(deadline);
      deadline.expire();
    }
  }
}
