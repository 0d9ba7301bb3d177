'use client';
/** What was spent since the first of the month, by one dimension. For figures beside names in lists. */
import { useNowMs } from '@tollgate/ui';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { Dimension, UsageAnswer } from './usage-types.ts';
import { useTimeZone } from './use-time-zone.ts';
import { calendarDate, startOfDate } from './zoned-time.ts';

/** While the page is looked at. From roll-ups, which follow the ledger by seconds. */
const REFRESH_MS = 30_000;

export interface MonthSpend {
  /** Id to exact USD; ids without usage are absent. Undefined until known, or where it may not be seen. */
  readonly byKey: ReadonlyMap<string, string> | undefined;
  readonly isLoading: boolean;
}

export function useSpendThisMonth(dimension: Dimension): MonthSpend {
  const timeZone = useTimeZone();
  const nowMs = useNowMs();
  const allowed = usePermission('usage:read');
  const path =
    timeZone !== undefined && allowed
      ? withQuery('/usage', { from: monthStart(timeZone, nowMs), groupBy: dimension })
      : undefined;
  const { data, isLoading } = useApiQuery<UsageAnswer>(path, { refetchInterval: REFRESH_MS });
  const byKey = useMemo(
    () => data && new Map(data.data.map((row) => [row[dimension] ?? '', row.spentUsd])),
    [data, dimension],
  );
  return { byKey, isLoading };
}

/** The first of the current month there, as an instant. */
export function monthStart(timeZone: string, nowMs: number): string {
  const today = calendarDate(nowMs, timeZone);
  return new Date(startOfDate({ ...today, day: 1 }, timeZone)).toISOString();
}
