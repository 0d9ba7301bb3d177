/**
 * Sliding windows from two counters: the current fixed window, and as much of the one before as still overlaps.
 *
 * Pure. The one before is taken to be spread evenly; that is the only approximation in it.
 */

export interface WindowCount {
  /** Of all gateways, in the fixed window that `nowMs` lies in. */
  readonly current: number;
  /** In the one before. */
  readonly previous: number;
}

export function windowIndex(nowMs: number, windowMs: number): number {
  return Math.floor(nowMs / windowMs);
}

/** How much of the previous window the sliding one still covers: all at the start, towards 0. */
export function overlapMs(nowMs: number, windowMs: number): number {
  return (windowIndex(nowMs, windowMs) + 1) * windowMs - nowMs;
}

/** What still counts of the previous window; rounded up, so that an approximation never admits more. */
export function carriedOver(previous: number, nowMs: number, windowMs: number): number {
  // Multiplied first: the quotient of two whole numbers is exact where it is whole.
  return Math.ceil((previous * overlapMs(nowMs, windowMs)) / windowMs);
}

export function usedInWindow({ current, previous }: WindowCount, nowMs: number, windowMs: number): number {
  return current + carriedOver(previous, nowMs, windowMs);
}

/**
 * When `requested` more fits if nothing else comes; at the latest when both windows are over. What exceeds the
 * limit itself never fits: then that latest time.
 */
export function fitsAt(
  count: WindowCount,
  requested: number,
  limit: number,
  nowMs: number,
  windowMs: number,
): number {
  if (usedInWindow(count, nowMs, windowMs) + requested <= limit) return nowMs;
  const startMs = windowIndex(nowMs, windowMs) * windowMs;
  const lastMs = startMs + 2 * windowMs;
  if (requested > limit) return lastMs;
  const leftNow = limit - count.current - requested;
  if (leftNow >= 0) return Math.max(nowMs, decayedAt(count.previous, leftNow, startMs, windowMs));
  return Math.min(lastMs, decayedAt(count.current, limit - requested, startMs + windowMs, windowMs));
}

/** When what is left of an earlier window is at most `left`. */
function decayedAt(amount: number, left: number, startMs: number, windowMs: number): number {
  if (amount <= left) return startMs;
  return startMs + Math.ceil((windowMs * (amount - left)) / amount);
}
