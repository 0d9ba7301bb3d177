/**
 * Local midnights as instants. The only place of this package that knows about offsets and daylight saving.
 */
import { wallAt } from '@tollgate/clock/wall-clock';

/**
 * The first instant of the first day of a month, as the clocks on the wall of a time zone show it.
 *
 * @param month 1 to 12; 13 and above, 0 and below run into the neighbouring years.
 * @returns Unix milliseconds. Where midnight is skipped by daylight saving: the first instant after the gap.
 * @throws {RangeError} The time zone is not an IANA name that this runtime knows.
 */
export function monthStartMs(year: number, month: number, timeZone: string): number {
  return dayStartMs(year, month, 1, timeZone);
}

/** The first instant of a day; days run into the neighbouring months as months into years. @throws {RangeError} */
export function dayStartMs(year: number, month: number, day: number, timeZone: string): number {
  const wall = Date.UTC(year, month - 1, day);
  // Twice, because the offset must be the one in force at the answer. Around a gap the two differ; the earlier
  // offset is then the one that names an instant on the wanted day.
  const first = wall - offsetMs(wall, timeZone);
  const second = wall - offsetMs(first, timeZone);
  if (second + offsetMs(second, timeZone) === wall) return second;
  return Math.max(first, second);
}

/** Year and month on the wall of a time zone at an instant. */
export function localMonth(instantMs: number, timeZone: string): { year: number; month: number } {
  const local = new Date(instantMs + offsetMs(instantMs, timeZone));
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1 };
}

/** `YYYY-MM-DD` on the wall of a time zone at an instant. */
export function localDate(instantMs: number, timeZone: string): string {
  return new Date(instantMs + offsetMs(instantMs, timeZone)).toISOString().slice(0, 10);
}

/** Milliseconds to add to UTC to read a zone's wall clock; positive east of Greenwich. */
function offsetMs(instantMs: number, timeZone: string): number {
  return wallAt(instantMs, timeZone) - instantMs;
}
