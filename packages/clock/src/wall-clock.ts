/**
 * Wall clocks of time zones: what they show at an instant, and the instant at which they first show a time.
 *
 * An entry of its own (`@tollgate/clock/wall-clock`), because browsers need it too. Not here: which day or period
 * something belongs to.
 */

/** A local date and time without a zone, as the Unix milliseconds it would be in UTC. */
export type WallMs = number;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** @throws {RangeError} There is no such time zone. */
export function wallAt(instantMs: number, timeZone: string): WallMs {
  const wholeSecondMs = Math.floor(instantMs / 1_000) * 1_000;
  if (timeZone === 'UTC') return instantMs;
  const part: Record<string, number> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(wholeSecondMs))
    part[type] = Number(value);
  // `Date.UTC` takes the years 0 to 99 for those of the 20th century.
  const day = new Date(0).setUTCFullYear(part.year!, part.month! - 1, part.day!);
  const second = (part.hour! * 60 + part.minute!) * 60 + part.second!;
  return day + second * 1_000 + (instantMs - wholeSecondMs);
}

const DAY_MS = 86_400_000;

/** The first instant at which the clock shows this time or, where it jumps over it, a later one. */
export function instantOfWall(wallMs: WallMs, timeZone: string): number {
  if (timeZone === 'UTC') return wallMs;
  // Offsets a day before and after: the only two that can be in force around the time.
  const candidates = [wallMs - DAY_MS, wallMs + DAY_MS].map(
    (nearMs) => wallMs - (wallAt(nearMs, timeZone) - nearMs),
  );
  const shown = candidates.filter((instantMs) => wallAt(instantMs, timeZone) === wallMs);
  if (shown.length > 0) return Math.min(...shown);
  return jumpBetween(Math.min(...candidates), Math.max(...candidates), wallMs, timeZone);
}

/** The instant of the jump itself, by halving. */
function jumpBetween(fromMs: number, toMs: number, wallMs: WallMs, timeZone: string): number {
  let low = fromMs;
  let high = toMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallAt(middle, timeZone) < wallMs) low = middle;
    else high = middle;
  }
  return high;
}
