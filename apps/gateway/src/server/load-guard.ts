/**
 * Sheds requests before latency collapses: too many at once, too many bytes of bodies in memory, or an event
 * loop that comes too late. Refusing costs next to nothing, so that what was admitted is still served in time.
 *
 * Not here: the limits of tenants (pipeline/steps/admit.ts).
 */
import type { Clock } from '@tollgate/clock';
import type { GatewayLimits } from '../limits.ts';

const SAMPLE_MS = 50;

export interface LoadGuardOptions {
  readonly limits: Pick<GatewayLimits, 'maxActive' | 'maxBufferedBytes' | 'maxLoopLagMs'>;
  readonly clock: Clock;
  /** How many requests run now. */
  readonly active: () => number;
}

export class LoadGuard {
  readonly #options: LoadGuardOptions;
  readonly #timer: NodeJS.Timeout;
  #dueMs: number;
  #isLate = false;
  #lateSamples = 0;
  #lagMs = 0;
  #bufferedBytes = 0;

  constructor(options: LoadGuardOptions) {
    this.#options = options;
    this.#dueMs = options.clock.monotonicMs() + SAMPLE_MS;
    this.#timer = setInterval(() => {
      const nowMs = options.clock.monotonicMs();
      this.observeLag(nowMs - this.#dueMs);
      this.#dueMs = nowMs + SAMPLE_MS;
    }, SAMPLE_MS).unref();
  }

  /** Whether the next request is refused. */
  get isFull(): boolean {
    const { maxActive } = this.#options.limits;
    return this.#isLate || this.#options.active() >= maxActive;
  }

  /** As last seen, for metrics. */
  get lagMs(): number {
    return this.#lagMs;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /**
   * Full when the loop is late twice in a row (once may be one large body, or garbage collection), until the lag is
   * half of the limit: no flutter.
   */
  observeLag(lagMs: number): void {
    const { maxLoopLagMs } = this.#options.limits;
    this.#lagMs = Math.max(0, lagMs);
    this.#lateSamples = lagMs > maxLoopLagMs ? this.#lateSamples + 1 : 0;
    this.#isLate = this.#isLate ? lagMs > maxLoopLagMs / 2 : this.#lateSamples > 1;
  }

  /** Whether `bytes` more of bodies may be held. Undone by `releaseBytes`. */
  takeBytes(bytes: number): boolean {
    if (this.#bufferedBytes + bytes > this.#options.limits.maxBufferedBytes) return false;
    this.#bufferedBytes += bytes;
    return true;
  }

  releaseBytes(bytes: number): void {
    this.#bufferedBytes -= bytes;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
