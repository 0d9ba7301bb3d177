'use client';
/** Calendar days of bills, imports and exports, as people write them. They have no time, so no zone moves them. */
import { formatDateRange } from '@tollgate/ui';
import { useCallback } from 'react';
import { useLocale } from '../../i18n/i18n-provider.tsx';

/** @returns Writes one day, or the days from the first to the last; each as `2026-11-21`. */
export function useDayText(): (firstDay: string, lastDay?: string) => string {
  const locale = useLocale();
  return useCallback(
    (firstDay, lastDay = firstDay) => {
      const noonMs = (day: string) => Date.parse(`${day}T12:00:00Z`);
      return formatDateRange(noonMs(firstDay), noonMs(lastDay), locale, 'UTC');
    },
    [locale],
  );
}
