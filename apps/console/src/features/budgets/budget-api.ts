'use client';
/** Budgets in the browser: all of them, and what can be done with one. */
import { useQueryClient } from '@tanstack/react-query';
import type { Budget } from '@tollgate/api';
import { useEffect } from 'react';
import { apiQueryKey } from '../../api/query-key.ts';
import { type MutationCall, useApiMutation } from '../../api/use-api.ts';
import { LONG_PAGE, useEvery } from '../common/use-every.ts';
import { usePermission } from '../signed-in/use-permission.ts';

const REFRESH_MS = 15_000;
/** Whatever shows budgets: lists, and policies of keys and teams. */
export const STALE_AFTER_BUDGET_CHANGE = ['/budgets', '/keys', '/teams', '/audit-events'] as const;

export const BUDGETS_PATH = '/budgets?limit=200';

/** Their number has a natural bound; their figures move, so they are read again and again. */
export function useBudgets() {
  const budgets = useEvery<Budget>('/budgets', {
    enabled: usePermission('budgets:read'),
    laterLimit: LONG_PAGE,
  });
  const queryClient = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') {
        void queryClient.invalidateQueries({ queryKey: apiQueryKey('/budgets') });
      }
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [queryClient]);
  return budgets;
}

interface PauseInput {
  readonly budget: Budget;
  readonly paused: boolean;
}

export const pauseBudgetCall = ({ budget, paused }: PauseInput): MutationCall => ({
  path: `/budgets/${budget.id}`,
  method: 'PATCH',
  json: { paused },
  ifMatch: `"${budget.version}"`,
});

export const archiveBudgetCall = ({ id, version }: Budget): MutationCall => ({
  path: `/budgets/${id}`,
  method: 'DELETE',
  ifMatch: `"${version}"`,
});

export function usePauseBudget() {
  return useApiMutation<Budget, PauseInput>(pauseBudgetCall, { invalidates: STALE_AFTER_BUDGET_CHANGE });
}

interface ResetInput {
  readonly budget: Budget;
  /** Of a budget that is one per value; without it, all of them. */
  readonly scopeValue?: string | undefined;
}

export function useResetBudget() {
  return useApiMutation<Budget, ResetInput>(
    ({ budget, scopeValue }) => ({
      path: `/budgets/${budget.id}/reset`,
      json: scopeValue === undefined ? {} : { scopeValue },
    }),
    { invalidates: STALE_AFTER_BUDGET_CHANGE },
  );
}

export function useArchiveBudget() {
  return useApiMutation<void, Budget>(archiveBudgetCall, { invalidates: STALE_AFTER_BUDGET_CHANGE });
}
