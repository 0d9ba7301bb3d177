/** Beginnings of days, UTC: stable within a day, so that a question asked twice is one in the cache. */
const DAY_MS = 86_400_000;

/** @param days 0 for today. @returns ISO 8601. */
export function startOfDayAgo(days: number, nowMs: number = Date.now()): string {
  return new Date(Math.floor(nowMs / DAY_MS) * DAY_MS - days * DAY_MS).toISOString();
}
