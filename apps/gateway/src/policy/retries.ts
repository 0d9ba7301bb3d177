/** What is tried again later, until the gateway closes. */

export const RELOAD_DELAY_MS = 250;
export const MAX_RELOAD_DELAY_MS = 5_000;

export class Retries {
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  get isClosed(): boolean {
    return this.#closed;
  }

  later(delayMs: number, run: () => void): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, delayMs);
    timer.unref();
    this.#timers.add(timer);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
