/** Counts the tries of a nonce for `fail-times`. Bounded: the oldest nonces are forgotten first. */
const NONCES_MAX = 100_000;

export class FailureCounter {
  readonly #counts = new Map<string, number>();

  /** 1 for the first try of this nonce. */
  next(nonce: string): number {
    const count = (this.#counts.get(nonce) ?? 0) + 1;
    this.#counts.set(nonce, count);
    if (this.#counts.size > NONCES_MAX) {
      const oldest = this.#counts.keys().next();
      if (oldest.done !== true) this.#counts.delete(oldest.value);
    }
    return count;
  }
}
