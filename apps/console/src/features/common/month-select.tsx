'use client';
/** A calendar month, chosen from the last two years; kept in the address as `month=2026-11`. */
import { Select, useNowMs } from '@tollgate/ui';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import { useTimeZone } from '../usage/use-time-zone.ts';
import { addDays, type CalendarDate, calendarDate, toDateText } from '../usage/zoned-time.ts';
import { useUrlState } from './use-url-state.ts';

const MONTHS = 24;

/** @returns The chosen month, the one before this unless told. */
export function useMonth(): string {
  const url = useUrlState();
  const running = useRunningMonth();
  const asked = url.get('month');
  if (asked !== undefined && /^\d{4}-(0[1-9]|1[0-2])$/.test(asked)) return asked;
  return monthText(running, -1);
}

export function MonthSelect({ label }: { readonly label: string }) {
  const url = useUrlState();
  const locale = useLocale();
  const month = useMonth();
  const running = useRunningMonth();
  const names = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const months = Array.from({ length: MONTHS }, (_, back) => monthText(running, -back));
  const shown = months.includes(month) ? months : [month, ...months];
  return (
    <Select
      compact
      aria-label={label}
      value={month}
      onValueChange={(value) => url.set({ month: value })}
      options={shown.map((value) => ({ value, label: names.format(new Date(`${value}-15T00:00:00Z`)) }))}
    />
  );
}

/** Noon of the fifteenth: in the month in every time zone. */
export function middleOf(month: string): string {
  return `${month}-15T12:00:00Z`;
}

/** Where the organization counts its months: in Auckland the next has begun while UTC still has half a day of this. */
function useRunningMonth(): CalendarDate {
  const nowMs = useNowMs();
  return calendarDate(nowMs, useTimeZone() ?? 'UTC');
}

function monthText({ year, month }: CalendarDate, shift: number): string {
  return toDateText(addDays({ year, month: month + shift, day: 1 }, 0)).slice(0, 7);
}
