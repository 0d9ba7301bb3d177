'use client';
/** The figures of the overview: of this month and of today. */
import type { RequestSummary } from '@tollgate/api';
import { useNowMs } from '@tollgate/ui';
import { addDecimals } from '@tollgate/ui/charts';
import type { ApiError } from '../../api/api-error.ts';
import { withQuery } from '../../api/query-key.ts';
import { useApiList, useApiQuery } from '../../api/use-api.ts';
import { useOrganizationZone } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { countAttempts, countFailures, isFailure } from '../usage/attempts.ts';
import type { UsageAnswer } from '../usage/usage-types.ts';
import {
  dayAt,
  failedRequestsLink,
  fillSteps,
  forecastMonth,
  type MonthForecast,
  monthAt,
} from './overview-figures.ts';
import { OVERVIEW_REFRESH_MS, useMonthUsage } from './use-month-usage.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface OverviewFigures {
  readonly loading: boolean;
  /** Where nothing could be read: in place of the figures. */
  readonly failed: { readonly error: ApiError; readonly refetch: () => unknown } | undefined;
  readonly spentUsd: string | undefined;
  readonly spendByDay: readonly number[];
  readonly forecast: MonthForecast | undefined;
  readonly attemptsToday: number | undefined;
  readonly attemptsByHour: readonly number[];
  readonly failedToday: number | undefined;
  readonly failedByHour: readonly number[];
  /** To the requests that hold them. */
  readonly failedLink: string;
  /** Nothing was used this month, nor logged before: somebody is just beginning. Undefined until it is known. */
  readonly isNew: boolean | undefined;
}

export function useOverviewFigures(): OverviewFigures {
  const month = useMonthUsage();
  const nowMs = useNowMs();
  const timeZone = useOrganizationZone();
  const thisMonth = monthAt(timeZone, nowMs);
  const day = dayAt(timeZone, nowMs);
  const dayFrom = day.startMs;
  const hourFrom = nowMs - ((nowMs - dayFrom) % HOUR_MS);
  const today = useApiQuery<UsageAnswer>(
    withQuery('/usage', {
      from: new Date(dayFrom).toISOString(),
      interval: 'hour',
      groupBy: 'status',
      timeZone,
    }),
    { enabled: usePermission('usage:read'), refetchInterval: OVERVIEW_REFRESH_MS },
  );
  const failed = [month, today].find(
    (query) => query.error !== null && ('rows' in query ? query.rows : query.data) === undefined,
  );
  const last = useLastRequests();
  const days = month.rows ?? [];
  const hours = today.data?.data ?? [];
  const spentUsd = month.rows && addDecimals(days.map((row) => row.spentUsd));
  return {
    loading: month.isLoading || today.isLoading,
    failed:
      failed?.error == null
        ? undefined
        : {
            error: failed.error,
            refetch: () => Promise.all([month.refetch(), today.refetch()]),
          },
    spentUsd,
    spendByDay: fillSteps(thisMonth.startMs, DAY_MS, dayFrom, days, (row) => Number(row.spentUsd)),
    forecast: spentUsd === undefined ? undefined : forecastMonth(Number(spentUsd), thisMonth, nowMs),
    attemptsToday: today.data && countAttempts(hours),
    attemptsByHour: fillSteps(dayFrom, HOUR_MS, hourFrom, hours, (row) => row.attempts),
    failedToday: today.data && countFailures(hours),
    failedByHour: fillSteps(dayFrom, HOUR_MS, hourFrom, hours.filter(isFailure), (row) => row.attempts),
    failedLink: failedRequestsLink(day),
    isNew: month.rows && days.length === 0 && (!last.allowed || last.isEmpty),
  };
}

export const LAST_REQUESTS = 8;
const LAST_REFRESH_MS = 5_000;

export function useLastRequests() {
  const allowed = usePermission('requests:read');
  const list = useApiList<RequestSummary>(withQuery('/requests', { limit: LAST_REQUESTS }), {
    enabled: allowed,
    refetchIntervalMs: LAST_REFRESH_MS,
  });
  return { list, allowed, isEmpty: list.data !== undefined && list.rows.length === 0 };
}
