/**
 * How many look-ups run at once, and who waits for them.
 *
 * After a start nobody's key is in memory, and all who use one come at the same time, often from one address (that of a
 * balancer in front): they wait for each other, some milliseconds each, instead of being refused. Only while something
 * can come of it: a look-up that finds its key makes room for the next one, some that fail in a row let all go at once.
 * Not here: how many invented keys may be looked up (look-up-budget.ts).
 */
import type { Clock } from '@tollgate/clock';
import type { LookUpBudget } from './look-up-budget.ts';

const MAX_AT_ONCE = 64;
const MAX_WAITING = 2_000;
/** One may fail for what it asks; so many in a row fail because nothing can be asked. */
const FAILED_IN_A_ROW = 8;

interface Waiting {
  readonly address: string;
  readonly enter: (mayRun: boolean) => void;
}

export class LookUpQueue {
  readonly #budget: LookUpBudget;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** By address. */
  readonly #running = new Map<string, number>();
  #runningCount = 0;
  #failedInARow = 0;
  #waiting: Waiting[] = [];

  constructor(budget: LookUpBudget, clock: Pick<Clock, 'monotonicMs'>) {
    this.#budget = budget;
    this.#clock = clock;
  }

  /** @returns Whether it may run; then `leave` follows. False: shed it. */
  enter(address: string): boolean | Promise<boolean> {
    if (this.#take(address)) return true;
    if (!this.#isWorthWaiting(address) || this.#waiting.length >= MAX_WAITING) return false;
    return new Promise((enter) => this.#waiting.push({ address, enter }));
  }

  /** @param failed Nothing could be told. */
  leave(address: string, failed: boolean): void {
    this.#failedInARow = failed ? this.#failedInARow + 1 : 0;
    const isAway = this.#failedInARow >= FAILED_IN_A_ROW;
    this.#runningCount -= 1;
    const left = (this.#running.get(address) ?? 1) - 1;
    if (left > 0) this.#running.set(address, left);
    else this.#running.delete(address);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) {
      if (!isAway && this.#take(each.address)) each.enter(true);
      else if (!isAway && this.#isWorthWaiting(each.address)) this.#waiting.push(each);
      else each.enter(false);
    }
  }

  #take(address: string): boolean {
    if (this.#runningCount >= MAX_AT_ONCE || !this.#budget.take(address, this.#clock.monotonicMs()))
      return false;
    this.#runningCount += 1;
    this.#running.set(address, (this.#running.get(address) ?? 0) + 1);
    return true;
  }

  /** Its own may give their tokens back, or it lacks nothing but a place. */
  #isWorthWaiting(address: string): boolean {
    return this.#runningCount >= MAX_AT_ONCE || this.#running.has(address);
  }
}
