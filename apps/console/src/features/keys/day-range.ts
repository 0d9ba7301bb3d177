/** Beginnings of days, UTC: stable within a day, so that a question asked twice is one in the cache. */
const DAY_MS = 86_400_000;

/** @param days 0 for today. @returns ISO 8601. */
export function startOfDayAgo(days: number, nowMs: number = Date.now()): string {
  return new Date(Math.floor(nowMs / DAY_MS) * DAY_MS - days * DAY_MS).toISOString();
}

/** The beginning of this month, UTC. */
export function startOfMonth(nowMs: number = Date.now()): string {
  const now = new Date(nowMs);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)).toISOString();
}
