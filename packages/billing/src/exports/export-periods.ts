/** Which periods of a schedule are over and settled: calendar months and days in the organization's time zone. Pure. */
import {
  type BillingPeriod,
  billingPeriodAt,
  billingPeriodsBetween,
  type TimeZoneFrom,
} from '../period/billing-period.ts';
import { dayStartMs, localMonth } from '../period/zone-time.ts';

export interface ExportPeriod {
  readonly startMs: number;
  /** The first instant that no longer belongs to it. */
  readonly endMs: number;
  /** `2026-11` or `2026-11-20`. */
  readonly label: string;
}

export interface SettledQuestion {
  readonly zones: readonly TimeZoneFrom[];
  /** Periods that ended by then are not asked for. */
  readonly sinceMs: number;
  readonly nowMs: number;
  readonly graceDays: number;
}

const DAY_MS = 86_400_000;
/** Gateways that were cut off ship what they have; a day's file is not made before. */
export const DAY_SETTLES_MS = 6 * 3_600_000;
/** A worker that stood still longer than this leaves older periods out. */
const MAX_MONTHS_BACK = 3;
const MAX_DAYS_BACK = 35;

/** Months whose days of grace are over, oldest first. */
export function settledMonths({ zones, sinceMs, nowMs, graceDays }: SettledQuestion): ExportPeriod[] {
  const earliestMs = Math.max(sinceMs, nowMs - (MAX_MONTHS_BACK + 1) * 31 * DAY_MS);
  return billingPeriodsBetween(zones, earliestMs, nowMs)
    .filter(({ endMs }) => endMs > sinceMs && endMs + graceDays * DAY_MS <= nowMs)
    .slice(-MAX_MONTHS_BACK)
    .map(({ startMs, endMs, timeZone }) => ({ startMs, endMs, label: monthLabel(startMs, timeZone) }));
}

/** Days that ended some hours ago, oldest first. They fill their month, whatever the clocks do. */
export function settledDays({ zones, sinceMs, nowMs }: Omit<SettledQuestion, 'graceDays'>): ExportPeriod[] {
  const earliestMs = Math.max(sinceMs, nowMs - MAX_DAYS_BACK * DAY_MS);
  return billingPeriodsBetween(zones, earliestMs, nowMs)
    .flatMap(daysOf)
    .filter(({ endMs }) => endMs > earliestMs && endMs + DAY_SETTLES_MS <= nowMs);
}

/** `2026-11` of the month that holds an instant. */
export function labelOfMonthAt(zones: readonly TimeZoneFrom[], instantMs: number): string {
  const { startMs, timeZone } = billingPeriodAt(zones, instantMs);
  return monthLabel(startMs, timeZone);
}

function monthLabel(startMs: number, timeZone: string): string {
  const { year, month } = localMonth(startMs, timeZone);
  return `${year}-${String(month).padStart(2, '0')}`;
}

function daysOf({ startMs, endMs, timeZone }: BillingPeriod): ExportPeriod[] {
  const { year, month } = localMonth(startMs, timeZone);
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const first = (day: number) => {
    if (day === 1) return startMs;
    return day > count ? endMs : dayStartMs(year, month, day, timeZone);
  };
  return Array.from({ length: count }, (_, index) => ({
    startMs: first(index + 1),
    endMs: first(index + 2),
    label: `${monthLabel(startMs, timeZone)}-${String(index + 1).padStart(2, '0')}`,
  }));
}
