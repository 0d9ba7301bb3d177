/**
 * Days and months of a time zone as instants. Pure.
 *
 * Not for money: which period an entry belongs to is decided by the API.
 */
import { wallAt } from '@tollgate/clock/wall-clock';

export interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

export function calendarDate(atMs: number, timeZone: string): CalendarDate {
  const wall = new Date(wallAt(atMs, timeZone));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

/** When the day begins there: midnight, or the first moment after a midnight that a clock change skips. */
export function startOfDate({ year, month, day }: CalendarDate, timeZone: string): number {
  const wanted = Date.UTC(year, month - 1, day);
  // The offset at the guess may differ from that at the answer; a second step settles it.
  let atMs = wanted;
  for (let step = 0; step < 3; step += 1) atMs += wanted - wallAt(atMs, timeZone);
  // Where midnight does not exist the steps swing around the gap: its end is the start of the day.
  const before = Math.floor(atMs / 1000) * 1000;
  return calendarDate(before, timeZone).day === new Date(wanted).getUTCDate() ? before : before + 3_600_000;
}

/** The last second of a day that somebody typed. @returns Nothing unless `text` is a date that exists. */
export function endOfDateText(text: string, timeZone: string): number | undefined {
  const date = findCalendarDate(text);
  return date && startOfDate(addDays(date, 1), timeZone) - 1_000;
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  const moved = new Date(Date.UTC(date.year, date.month - 1, date.day + days));
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

/** `2026-11-21`. */
export function toDateText({ year, month, day }: CalendarDate): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** @returns Nothing unless `text` is a date that exists. */
export function findCalendarDate(text: string | undefined): CalendarDate | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? '');
  if (match === null) return undefined;
  const date = addDays({ year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) }, 0);
  return toDateText(date) === text ? date : undefined;
}
