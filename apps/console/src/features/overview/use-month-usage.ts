'use client';
/** This month by day and model, UTC: one question for what was spent and for which models. */
import { useNowMs } from '@tollgate/ui';
import { addDecimals } from '@tollgate/ui/charts';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { startOfMonth } from '../keys/day-range.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { UsageAnswer, UsageRow } from '../usage/usage-types.ts';

export const OVERVIEW_REFRESH_MS = 15_000;

export interface MonthUsage {
  readonly isLoading: boolean;
  /** Undefined until it is known. */
  readonly rows: readonly UsageRow[] | undefined;
  /** More models and days than one answer holds: `rows` are by day alone. */
  readonly byDayOnly: boolean;
}

export function useMonthUsage(): MonthUsage {
  const settings = { enabled: usePermission('usage:read'), refetchInterval: OVERVIEW_REFRESH_MS };
  const question = { from: startOfMonth(useNowMs()), interval: 'day', timeZone: 'UTC' };
  const byModel = useApiQuery<UsageAnswer>(withQuery('/usage', { ...question, groupBy: 'model' }), settings);
  const byDayOnly = byModel.data?.truncated === true;
  const byDay = useApiQuery<UsageAnswer>(byDayOnly ? withQuery('/usage', question) : undefined, settings);
  const answer = byDayOnly ? byDay : byModel;
  return { isLoading: answer.isLoading, rows: answer.data?.data, byDayOnly };
}

export type ModelSpend = Pick<UsageRow, 'model' | 'names' | 'spentUsd'>;

/** The days of each model as one. */
export function useModelSpend(rows: readonly UsageRow[] | undefined): readonly ModelSpend[] | undefined {
  return useMemo(
    () =>
      rows &&
      [...Map.groupBy(rows, ({ model }) => model ?? '')].map(([model, days]) => ({
        model,
        names: days[0]?.names ?? {},
        spentUsd: addDecimals(days.map(({ spentUsd }) => spentUsd)),
      })),
    [rows],
  );
}
