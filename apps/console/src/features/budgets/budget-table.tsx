'use client';
import type { Budget } from '@tollgate/api';
import { Badge, type ColumnDef, TimeStamp } from '@tollgate/ui';
import { useMemo } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { RowOpener } from '../common/row-opener.tsx';
import { isEach, useLimitText } from '../limits/use-limit-text.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { BudgetMenu, type OpenedAction } from './budget-actions.tsx';
import { BudgetBadges } from './budget-badges.tsx';
import { BudgetBar } from './budget-bar.tsx';
import { BudgetForecast } from './budget-forecast.tsx';
import { worstShares } from './budget-standing.ts';

export function useBudgetColumns(
  onOpen: (budget: Budget) => void,
  onAction: (opened: OpenedAction) => void,
): ColumnDef<Budget>[] {
  const text = useMessages('budgets');
  const limits = useMessages('limits');
  const mayWrite = usePermission('budgets:write');
  const { budgetName, scopeLabel, limitMoney } = useLimitText();
  return useMemo<ColumnDef<Budget>[]>(
    () => [
      {
        id: 'budget',
        header: text.columns.budget,
        accessorFn: budgetName,
        meta: { fixed: true },
        cell: ({ row: { original: budget } }) => (
          <span className="flex flex-col items-start gap-1">
            <span className="flex flex-wrap items-center gap-1.5">
              <RowOpener onOpen={() => onOpen(budget)}>{budgetName(budget)}</RowOpener>
              <BudgetBadges budget={budget} />
            </span>
            <span className="text-xs text-ink-faint">
              {[
                subtitle(budget, limits.scopeTypes[budget.scope.type], scopeLabel(budget)),
                `${limitMoney(budget.limitUsd)} ${limits.perPeriod[budget.period]}`,
              ]
                .filter((part) => part !== undefined)
                .join(' · ')}
            </span>
          </span>
        ),
      },
      {
        id: 'health',
        header: text.columns.health,
        accessorFn: (budget) => worstShares(budget, isEach(budget)).spent,
        meta: { className: 'w-2/5 sm:w-72', fixed: true },
        cell: ({ row }) => <BudgetBar budget={row.original} />,
      },
      {
        id: 'forecast',
        header: text.columns.forecast,
        accessorFn: ({ forecastExceededAt }) => forecastExceededAt ?? '9',
        meta: { wideOnly: true },
        cell: ({ row }) => <BudgetForecast budget={row.original} />,
      },
      {
        id: 'resets',
        header: text.columns.resets,
        accessorFn: ({ resetsAt }) => resetsAt ?? '9',
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.resetsAt === null ? (
            <span className="text-ink-faint">{text.never}</span>
          ) : (
            <TimeStamp value={original.resetsAt} />
          ),
      },
      {
        id: 'onExceeded',
        header: text.columns.onExceeded,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.onExceeded === 'refuse' ? (
            <span className="text-ink-soft">{original.kind === 'hard' ? text.refuse : text.warnOnly}</span>
          ) : (
            <Badge tone="info">{text.routeTo(original.onExceeded.model)}</Badge>
          ),
      },
      actionsColumn(
        (row) => mayWrite && row.setBy !== 'operator' && <BudgetMenu budget={row} onChoose={onAction} />,
        'narrow',
      ),
    ],
    [text, limits, mayWrite, budgetName, scopeLabel, limitMoney, onOpen, onAction],
  );
}

/** Says what the name does not: nothing twice. */
function subtitle(budget: Budget, type: string, label: string): string | undefined {
  const isOne = budget.scope.type !== 'organization' && !isEach(budget);
  if (budget.name === '' || budget.counts === 'resold') return isOne ? type : undefined;
  return isOne ? `${type} ${label}` : label;
}
