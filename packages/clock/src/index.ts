/**
 * The one place from which a process takes its wall clock.
 *
 * Rules take `now` as an argument; only the edges of a process hold a `Clock`. Intervals and time-outs use
 * the monotonic clock, which nothing moves. In tests every process of a system follows one offset file, so
 * that a browser test reaches the end of a month.
 */
import { readFileSync, statSync } from 'node:fs';

export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number;
  now(): Date;
  /** Milliseconds since an arbitrary start; never moves backwards and is not moved by tests. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

/** A clock that stands still until told otherwise. */
export function fixedClock(startMs: number): Clock & { set(ms: number): void; advance(ms: number): void } {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    set: (ms) => {
      nowMs = ms;
    },
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

const REREAD_INTERVAL_MS = 200;

/**
 * The system clock plus the number of milliseconds that stands in a file (absent or empty: 0).
 *
 * The file is looked at no more than five times a second, on use; a move is seen within 200 ms.
 */
export function offsetClock(offsetFile: string): Clock {
  let offsetMs = 0;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let modifiedMs = -1;
  const refresh = (): void => {
    const monotonicMs = performance.now();
    if (monotonicMs - readAtMs < REREAD_INTERVAL_MS) return;
    readAtMs = monotonicMs;
    const stat = statSync(offsetFile, { throwIfNoEntry: false });
    if (stat === undefined || stat.mtimeMs === modifiedMs) return;
    const value = Number(readFileSync(offsetFile, 'utf8').trim());
    if (Number.isSafeInteger(value)) {
      offsetMs = value;
      modifiedMs = stat.mtimeMs;
    }
  };
  const nowMs = (): number => {
    refresh();
    return Date.now() + offsetMs;
  };
  return { nowMs, now: () => new Date(nowMs()), monotonicMs: () => performance.now() };
}

/** The process clock: the system's, or one that follows `offsetFile` where a test names it. */
export function createClock(offsetFile: string | undefined): Clock {
  return offsetFile === undefined ? systemClock : offsetClock(offsetFile);
}
