'use client';
/** This month by day and the dearest models, as the organization counts its days: one question for what was spent and for which models. */
import type { UsageRow } from '@tollgate/api';
import { useNowMs } from '@tollgate/ui';
import { addDecimals } from '@tollgate/ui/charts';
import { useMemo } from 'react';
import type { ApiError } from '../../api/api-error.ts';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useOrganizationZone } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { UsageAnswer } from '../usage/usage-types.ts';
import { monthStart } from '../usage/use-spend-this-month.ts';

export const OVERVIEW_REFRESH_MS = 15_000;

export interface MonthUsage {
  readonly isLoading: boolean;
  readonly error: ApiError | null;
  readonly refetch: () => unknown;
  /** Undefined until it is known. */
  readonly rows: readonly UsageRow[] | undefined;
}

/** So many models are told one by one, and all others as one. */
export const TOP_SHOWN = 6;

/** The question behind the first figure, for who wants to ask it. */
export function useMonthPath(): string {
  const timeZone = useOrganizationZone();
  return withQuery('/usage', {
    from: monthStart(timeZone, useNowMs()),
    interval: 'day',
    timeZone,
    groupBy: 'model',
    top: TOP_SHOWN,
  });
}

export function useMonthUsage(): MonthUsage {
  const path = useMonthPath();
  const settings = { enabled: usePermission('usage:read'), refetchInterval: OVERVIEW_REFRESH_MS };
  const answer = useApiQuery<UsageAnswer>(path, settings);
  const { isLoading, error, refetch } = answer;
  return { isLoading, error, refetch, rows: answer.data?.data };
}

export type ModelSpend = Pick<UsageRow, 'model' | 'names' | 'spentUsd'>;

/** The days of each of them as one. */
export function useModelSpend(rows: readonly UsageRow[] | undefined): readonly ModelSpend[] | undefined {
  return useMemo(
    () =>
      rows &&
      [
        ...Map.groupBy(
          rows.filter(({ rest }) => rest !== true),
          ({ model }) => model ?? '',
        ),
      ].map(([model, days]) => ({
        model,
        names: days[0]?.names ?? {},
        spentUsd: addDecimals(days.map(({ spentUsd }) => spentUsd)),
      })),
    [rows],
  );
}
