/** How long to wait before the next try, with jitter, and when to give up. Pure. */

/** Two days with the waits below, which is what people are told. */
export const MAX_TRIES = 17;
const FIRST_MS = 15_000;
const LONGEST_MS = 8 * 3_600_000;

/** @param random From 0 to 1: spreads those that failed together. */
export function retryDelayMs(tries: number, random: number): number {
  const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20));
  return Math.round(fullMs * (0.75 + 0.5 * random));
}
