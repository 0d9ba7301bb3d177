/**
 * Deadlines of all running calls, looked at by one coarse ticker: moving a deadline is one assignment, so that
 * no chunk of a stream ever touches a timer.
 */
import type { Clock } from '@tollgate/clock';
import { SlotList } from '@tollgate/metering';

export interface Deadline {
  /** Monotonic milliseconds. Moved at will; `Infinity` waits for ever. */
  atMs: number;
  readonly expire: () => void;
  /** Among those that run; -1: it is over. */
  place: number;
}

export class Deadlines {
  readonly #running = new SlotList<Deadline>();
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout;

  /** @param intervalMs How late an expiry may be noticed. */
  constructor(clock: Clock, intervalMs = 100) {
    this.#clock = clock;
    this.#timer = setInterval(() => this.#tick(), intervalMs);
    this.#timer.unref();
  }

  add(atMs: number, expire: () => void): Deadline {
    const deadline: Deadline = { atMs, expire, place: -1 };
    deadline.place = this.#running.add(deadline);
    return deadline;
  }

  remove(deadline: Deadline): void {
    if (deadline.place === -1) return;
    this.#running.remove(deadline.place, deadline);
    deadline.place = -1;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const deadline of this.#running) {
      if (deadline.atMs > nowMs) continue;
      this.remove(deadline);
      deadline.expire();
    }
  }
}
