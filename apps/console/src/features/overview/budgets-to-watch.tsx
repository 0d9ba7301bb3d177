'use client';
/** The budgets that are nearest to their end, hard and soft, with the day on which they are forecast to reach it. */
import type { Budget } from '@tollgate/api';
import { Button, Card, EmptyState, Skeleton } from '@tollgate/ui';
import { WalletMinimal } from 'lucide-react';
import Link from 'next/link';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { BUDGETS_PATH } from '../budgets/budget-api.ts';
import { BudgetBar } from '../budgets/budget-bar.tsx';
import { healthOf, worstShares } from '../budgets/budget-standing.ts';
import { QueryError } from '../common/query-error.tsx';
import { isEach, useLimitText } from '../limits/use-limit-text.ts';
import { usePermission } from '../signed-in/use-permission.ts';

const SHOWN = 4;
const REFRESH_MS = 30_000;

export function BudgetsToWatch() {
  const text = useMessages('overview');
  const allowed = usePermission('budgets:read');
  const mayWrite = usePermission('budgets:write');
  const { budgetName } = useLimitText();
  const budgets = useApiQuery<{ data: readonly Budget[] }>(BUDGETS_PATH, {
    enabled: allowed,
    refetchInterval: REFRESH_MS,
  });
  if (!allowed) return null;
  const rows = (budgets.data?.data ?? [])
    .filter((budget) => healthOf(budget, isEach(budget)) !== 'paused')
    .toSorted((left, right) => shareOf(right) - shareOf(left))
    .slice(0, SHOWN);
  return (
    <Card
      title={text.budgets}
      footer={
        <Button asChild variant="link" size="sm">
          <Link href="/budgets">{text.toBudgets}</Link>
        </Button>
      }
    >
      {budgets.isLoading ? (
        <Skeleton className="h-40" />
      ) : budgets.data === undefined ? (
        <QueryError query={budgets} />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<WalletMinimal />}
          title={text.noBudgets}
          {...(mayWrite && {
            action: (
              <Button asChild size="sm">
                <Link href="/budgets?create=1">{text.createBudget}</Link>
              </Button>
            ),
          })}
        >
          {text.noBudgetsText}
        </EmptyState>
      ) : (
        <ul className="flex flex-col gap-3.5">
          {rows.map((budget) => (
            <li key={budget.id} className="flex flex-col gap-1.5">
              <Link
                href={`/budgets?open=${budget.id}`}
                className="truncate text-sm text-ink underline-offset-3 hover:underline"
              >
                {budgetName(budget)}
              </Link>
              <BudgetBar budget={budget} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function shareOf(budget: Budget): number {
  return worstShares(budget, isEach(budget)).spent;
}
