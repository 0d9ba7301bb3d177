/**
 * One timer for all streams: callbacks wait in a wheel of one-millisecond slots.
 *
 * Ten thousand paced streams cost one Node timer and one wake-up per millisecond that has work, and none while
 * nothing is due. Callbacks never run early.
 */

const SLOT_COUNT = 4096;

export interface Wait {
  cancel(): void;
}

class Entry implements Wait {
  readonly dueTick: number;
  run: (() => void) | null;
  readonly #onCancel: () => void;

  constructor(dueTick: number, run: () => void, onCancel: () => void) {
    this.dueTick = dueTick;
    this.run = run;
    this.#onCancel = onCancel;
  }

  cancel(): void {
    if (this.run === null) return;
    this.run = null;
    this.#onCancel();
  }
}

export class Ticker {
  readonly #slots: Entry[][] = Array.from({ length: SLOT_COUNT }, () => []);
  readonly #now: () => number;
  #waiting = 0;
  #doneTick: number;
  #timer: NodeJS.Timeout | null = null;
  #timerTick = 0;

  /** @param now Monotonic milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#doneTick = Math.floor(now());
  }

  /** Runs the callback at the first whole millisecond at or after `dueMs` on the ticker's clock. */
  at(dueMs: number, run: () => void): Wait {
    if (this.#waiting === 0) this.#doneTick = Math.floor(this.#now());
    const dueTick = Math.max(Math.ceil(dueMs), this.#doneTick + 1);
    const entry = new Entry(dueTick, run, () => this.#leave());
    this.#slots[dueTick % SLOT_COUNT]?.push(entry);
    this.#waiting += 1;
    if (this.#timer === null || dueTick < this.#timerTick) this.#arm(dueTick);
    return entry;
  }

  now(): number {
    return this.#now();
  }

  /** Forgets everything that waits. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const slot of this.#slots) slot.length = 0;
    this.#waiting = 0;
  }

  #leave(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    // A cancelled entry may still lie in its slot; with nothing waiting, the wheel can be swept.
    this.stop();
  }

  #arm(tick: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerTick = tick;
    this.#timer = setTimeout(() => this.#fire(), Math.max(1, tick - this.#now()));
  }

  #fire(): void {
    this.#timer = null;
    const nowTick = Math.floor(this.#now());
    const firstTick = Math.max(this.#doneTick + 1, nowTick - SLOT_COUNT + 1);
    this.#doneTick = Math.max(nowTick, this.#doneTick);
    for (let tick = firstTick; tick <= nowTick; tick += 1) this.#runSlot(tick % SLOT_COUNT, nowTick);
    if (this.#waiting > 0) this.#arm(this.#nextTick());
  }

  #runSlot(index: number, nowTick: number): void {
    const slot = this.#slots[index];
    if (slot === undefined || slot.length === 0) return;
    this.#slots[index] = [];
    for (const entry of slot) {
      if (entry.run === null) continue;
      if (entry.dueTick > nowTick) {
        // Due in a later turn of the wheel.
        this.#slots[index]?.push(entry);
        continue;
      }
      const { run } = entry;
      entry.run = null;
      this.#waiting -= 1;
      run();
    }
  }

  /** The next slot with an entry; an entry of a later turn only costs one early look. */
  #nextTick(): number {
    for (let tick = this.#doneTick + 1; tick <= this.#doneTick + SLOT_COUNT; tick += 1) {
      if ((this.#slots[tick % SLOT_COUNT]?.length ?? 0) > 0) return tick;
    }
    return this.#doneTick + SLOT_COUNT;
  }
}
