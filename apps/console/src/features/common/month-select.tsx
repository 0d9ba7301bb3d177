'use client';
/** A calendar month, chosen from the last two years; kept in the address as `month=2026-11`. */
import { Select, useNowMs } from '@tollgate/ui';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from './use-url-state.ts';

const MONTHS = 24;

/** @returns The chosen month, the one before this unless told. */
export function useMonth(): string {
  const url = useUrlState();
  const nowMs = useNowMs();
  const asked = url.get('month');
  if (asked !== undefined && /^\d{4}-(0[1-9]|1[0-2])$/.test(asked)) return asked;
  return monthText(new Date(nowMs), -1);
}

export function MonthSelect({ label }: { readonly label: string }) {
  const url = useUrlState();
  const locale = useLocale();
  const month = useMonth();
  const nowMs = useNowMs();
  const names = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const months = Array.from({ length: MONTHS }, (_, back) => monthText(new Date(nowMs), -back));
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

function monthText(now: Date, shift: number): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + shift, 15)).toISOString().slice(0, 7);
}
