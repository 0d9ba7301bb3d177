/** Where the periods of a budget begin, as people say it: a day, or a time of day, in the organization's zone. Pure. */
import { instantOfWall } from '@tollgate/clock/wall-clock';
import { calendarDate, findCalendarDate, startOfDate } from '../usage/zoned-time.ts';

export interface StartValues {
  readonly period: 'day' | 'week' | 'month' | 'lifetime';
  /** `2026-11-15`, of all periods but days; empty: where the calendar begins one. */
  readonly startDay: string;
  /** `06:00`, of days alone; empty: midnight. */
  readonly startTime: string;
}

/** @returns Null: as the calendar has it. Undefined: what was typed is no day or time. ISO 8601 otherwise. */
export function toAnchorAt(values: StartValues, timeZone: string, nowMs: number): string | null | undefined {
  if (values.period === 'day') {
    if (values.startTime === '') return null;
    const time = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(values.startTime);
    if (time === null) return undefined;
    const { year, month, day } = calendarDate(nowMs, timeZone);
    const wall = Date.UTC(year, month - 1, day, Number(time[1]), Number(time[2]));
    return new Date(instantOfWall(wall, timeZone)).toISOString();
  }
  if (values.startDay === '') return null;
  const date = findCalendarDate(values.startDay);
  return date && new Date(startOfDate(date, timeZone)).toISOString();
}

/** A budget without end counts from its start: one to come would count everything until then as well. */
export function isStartToCome(values: StartValues, timeZone: string, nowMs: number): boolean {
  const anchorAt = toAnchorAt(values, timeZone, nowMs);
  return values.period === 'lifetime' && typeof anchorAt === 'string' && Date.parse(anchorAt) > nowMs;
}
