'use client';
/** The figures of the overview, from three questions. */
import { addDecimals } from '@tollgate/ui/charts';
import { withQuery } from '../../api/query-key.ts';
import { type ApiPage, useApiQuery } from '../../api/use-api.ts';
import { startOfDayAgo, startOfMonth } from '../keys/day-range.ts';
import type { Key } from '../keys/key-types.ts';
import { usePermission } from '../signed-in/use-permission.ts';

interface Usage {
  readonly data: readonly { readonly start: string; readonly requests: number; readonly spentUsd: string }[];
}

const REFRESH_MS = 15_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Above, the figure says "more than": nobody counts to ten thousand on a start page. */
const COUNTED_KEYS = 200;

export interface OverviewFigures {
  readonly loading: boolean;
  readonly spentUsd: string | undefined;
  readonly spendByDay: readonly number[];
  readonly requestsToday: number | undefined;
  readonly requestsByHour: readonly number[];
  readonly activeKeys: string | undefined;
  /** Nothing was used this month: somebody is just beginning. */
  readonly isNew: boolean;
}

export function useOverviewFigures(): OverviewFigures {
  const usageAllowed = usePermission('usage:read');
  const settings = { enabled: usageAllowed, refetchInterval: REFRESH_MS };
  const month = useApiQuery<Usage>(
    withQuery('/usage', { from: startOfMonth(), interval: 'day', timeZone: 'UTC' }),
    settings,
  );
  const today = useApiQuery<Usage>(
    withQuery('/usage', { from: startOfDayAgo(0), interval: 'hour', timeZone: 'UTC' }),
    settings,
  );
  const keys = useApiQuery<ApiPage<Key>>(withQuery('/keys', { state: 'active', limit: COUNTED_KEYS }), {
    enabled: usePermission('keys:read'),
  });
  const count = keys.data?.data.length;
  const days = month.data?.data ?? [];
  const hours = today.data?.data ?? [];
  return {
    loading: month.isLoading || keys.isLoading,
    spentUsd: month.data && addDecimals(days.map(({ spentUsd }) => spentUsd)),
    spendByDay: fill(startOfMonth(), DAY_MS, days, ({ spentUsd }) => Number(spentUsd)),
    requestsToday: today.data && hours.reduce((sum, { requests }) => sum + requests, 0),
    requestsByHour: fill(startOfDayAgo(0), HOUR_MS, hours, ({ requests }) => requests),
    activeKeys: count === undefined ? undefined : `${count}${keys.data?.nextCursor ? '+' : ''}`,
    isNew: month.data !== undefined && days.length === 0,
  };
}

type UsageRow = Usage['data'][number];

/** One figure for each step since then, zero where nothing was used: a line needs its gaps. */
function fill(
  from: string,
  stepMs: number,
  rows: readonly UsageRow[],
  toFigure: (row: UsageRow) => number,
): number[] {
  const fromMs = Date.parse(from);
  const steps = Math.max(2, Math.floor((Date.now() - fromMs) / stepMs) + 1);
  const byStep = new Map(
    rows.map((row) => [Math.round((Date.parse(row.start) - fromMs) / stepMs), toFigure(row)]),
  );
  return Array.from({ length: steps }, (_, step) => byStep.get(step) ?? 0);
}
