/**
 * Every change has a number. A load remembers the number at which it began; whether its key or organization changed
 * since is asked here. Bounded: of changes that are forgotten, everything may have changed.
 */
import { BoundedMap } from './bounded-map.ts';

const MAX_CHANGES = 100_000;

export class ChangeNumbers {
  readonly #changedAt = new BoundedMap<string, number>(MAX_CHANGES);
  #last = 0;
  /** Below this number changes are forgotten; a load that began earlier is thrown away. */
  #oldestKnown = 0;

  /** The number of the newest change. */
  get last(): number {
    return this.#last;
  }

  /** A key or an organization has changed. */
  note(targetId: string): void {
    this.#last += 1;
    if (this.#changedAt.size >= MAX_CHANGES) this.#oldestKnown = this.#last;
    // Deleted first, so that a target which changes often stays young.
    this.#changedAt.delete(targetId);
    this.#changedAt.set(targetId, this.#last);
  }

  changedSince(targetId: string, startedAt: number): boolean {
    return startedAt < this.#oldestKnown || (this.#changedAt.get(targetId) ?? 0) > startedAt;
  }
}
