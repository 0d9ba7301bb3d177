/** Which time a usage report covers, and what it is compared with. Pure: the caller passes the time. */
import type { TimeInterval } from '@tollgate/ui';
import { addDays, type CalendarDate, calendarDate, findCalendarDate, startOfDate } from './zoned-time.ts';

export const RANGES = ['today', '7d', '30d', 'month', 'lastMonth', 'custom'] as const;
export type RangeName = (typeof RANGES)[number];

export interface UsageRange {
  readonly fromMs: number;
  /** Exclusive; the midnight after the last day. */
  readonly toMs: number;
  /** As long as what has passed of the range, right before it; for months, the month before. */
  readonly previous: { readonly fromMs: number; readonly toMs: number };
  readonly intervals: readonly TimeInterval[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const QUARTER_MS = 900_000;
const HOURS_UP_TO_DAYS = 14;
const DAYS_UP_TO_DAYS = 400;
const MONTHS_FROM_DAYS = 32;
const MAX_DAYS = 1_000;

export interface RangeChoice {
  readonly name: RangeName;
  /** For `custom`: first and last day. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export function toRange(choice: RangeChoice, timeZone: string, nowMs: number): UsageRange {
  const { first, last } = daysOf(choice, calendarDate(nowMs, timeZone));
  const fromMs = startOfDate(first, timeZone);
  const toMs = startOfDate(addDays(last, 1), timeZone);
  // Whole quarters of an hour, as usage is counted; so the address of the question stays the same for a while.
  const passedMs = Math.max(
    QUARTER_MS,
    Math.ceil((Math.min(nowMs, toMs) - fromMs) / QUARTER_MS) * QUARTER_MS,
  );
  const isMonth = choice.name === 'month' || choice.name === 'lastMonth';
  const previousFromMs = startOfDate(
    isMonth ? monthBefore(first) : addDays(first, -Math.round((toMs - fromMs) / DAY_MS)),
    timeZone,
  );
  return {
    fromMs,
    toMs,
    previous: {
      fromMs: previousFromMs,
      // What is over is compared as a whole: months differ in length, and days where clocks change.
      toMs: nowMs >= toMs ? fromMs : Math.min(previousFromMs + passedMs, fromMs),
    },
    intervals: intervalsOf(Math.round((toMs - fromMs) / DAY_MS)),
  };
}

function daysOf(
  { name, from, to }: RangeChoice,
  today: CalendarDate,
): { readonly first: CalendarDate; readonly last: CalendarDate } {
  const firstOfMonth = { ...today, day: 1 };
  switch (name) {
    case 'today':
      return { first: today, last: today };
    case '7d':
      return { first: addDays(today, -6), last: today };
    case '30d':
      return { first: addDays(today, -29), last: today };
    case 'month':
      return { first: firstOfMonth, last: addDays(monthAfter(firstOfMonth), -1) };
    case 'lastMonth':
      return { first: monthBefore(firstOfMonth), last: addDays(firstOfMonth, -1) };
    case 'custom':
      return customDays(findCalendarDate(from) ?? addDays(today, -29), findCalendarDate(to) ?? today);
  }
}

/** In either order, and no longer than the API answers. */
function customDays(one: CalendarDate, other: CalendarDate) {
  const [first, last] = utc(one) <= utc(other) ? [one, other] : [other, one];
  const earliest = addDays(last, -MAX_DAYS);
  return { first: utc(first) < utc(earliest) ? earliest : first, last };
}

const utc = ({ year, month, day }: CalendarDate): number => Date.UTC(year, month - 1, day);
const monthAfter = ({ year, month }: CalendarDate): CalendarDate =>
  addDays({ year, month: month + 1, day: 1 }, 0);
const monthBefore = ({ year, month }: CalendarDate): CalendarDate =>
  addDays({ year, month: month - 1, day: 1 }, 0);

/** The first is the usual one. */
function intervalsOf(days: number): readonly TimeInterval[] {
  const fitting: TimeInterval[] = [];
  if (days <= HOURS_UP_TO_DAYS) fitting.push('hour');
  if (days > 1 && days <= DAYS_UP_TO_DAYS) fitting.push('day');
  if (days >= MONTHS_FROM_DAYS) fitting.push('month');
  const usual: TimeInterval = days <= 2 ? 'hour' : days <= 92 ? 'day' : 'month';
  return [usual, ...fitting.filter((interval) => interval !== usual)];
}

/** When each hour, day or month of the range begins, so that a chart has no holes. */
export function bucketStarts(range: UsageRange, interval: TimeInterval, timeZone: string): readonly number[] {
  if (interval === 'hour') {
    return Array.from(
      { length: Math.ceil((range.toMs - range.fromMs) / HOUR_MS) },
      (_, hour) => range.fromMs + hour * HOUR_MS,
    );
  }
  const starts: number[] = [];
  let date = calendarDate(range.fromMs, timeZone);
  if (interval === 'month') date = { ...date, day: 1 };
  for (let atMs = startOfDate(date, timeZone); atMs < range.toMs; atMs = startOfDate(date, timeZone)) {
    starts.push(atMs);
    date = interval === 'day' ? addDays(date, 1) : monthAfter(date);
  }
  return starts;
}
