/** Formats instants: relative for a glance, exact with its zone for the record. Pure: callers pass `nowMs`. */

const STEPS: readonly { readonly unit: Intl.RelativeTimeFormatUnit; readonly seconds: number }[] = [
  { unit: 'year', seconds: 31_536_000 },
  { unit: 'month', seconds: 2_592_000 },
  { unit: 'week', seconds: 604_800 },
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3600 },
  { unit: 'minute', seconds: 60 },
];

/** `3 minutes ago`, `in 2 days`; within 45 seconds `now`. */
export function formatRelative(
  atMs: number,
  nowMs: number,
  locale = 'en',
  style: 'long' | 'short' = 'long',
): string {
  const seconds = Math.round((atMs - nowMs) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style });
  if (Math.abs(seconds) < 45) return format.format(0, 'second');
  for (const step of STEPS) {
    if (Math.abs(seconds) >= step.seconds)
      return format.format(Math.trunc(seconds / step.seconds), step.unit);
  }
  return format.format(Math.sign(seconds), 'minute');
}

/** `21 Nov 2026, 14:03:22 UTC`: every part, and the zone it is meant in. */
export function formatExact(atMs: number, locale = 'en', timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    hourCycle: 'h23',
    timeZone,
  }).format(atMs);
}

/** `21 Nov 2026`. */
export function formatDate(atMs: number, locale = 'en', timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    timeZone,
  }).format(atMs);
}

/**
 * `Nov 1 – 30, 2026`: the days from one instant to another. With plain spaces, whatever the machine has: some write thin
 * ones, and a text that differs between server and browser is drawn twice.
 */
export function formatDateRange(fromMs: number, toMs: number, locale = 'en', timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric', timeZone })
    .formatRange(fromMs, toMs)
    .replace(/[\u2009\u202f]/g, ' ');
}

export type TimeInterval = 'hour' | 'day' | 'month';

/** The label of one bucket of a time series, in the zone whose hours, days or months the buckets are. */
export function formatBucket(atMs: number, interval: TimeInterval, locale = 'en', timeZone = 'UTC'): string {
  const options: Intl.DateTimeFormatOptions =
    interval === 'hour'
      ? { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
      : interval === 'day'
        ? { day: 'numeric', month: 'short' }
        : { month: 'short', year: 'numeric' };
  return new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(atMs);
}
