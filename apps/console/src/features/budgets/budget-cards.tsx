'use client';
/** The three questions a platform lead has about budgets, answered over the list. */
import type { Budget } from '@tollgate/api';
import { StatCard } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { isEach, useLimitText } from '../limits/use-limit-text.ts';
import { summarizeBudgets } from './budget-standing.ts';

export function BudgetCards({
  budgets,
  loading,
}: {
  readonly budgets: readonly Budget[];
  readonly loading: boolean;
}) {
  const text = useMessages('budgets').cards;
  const { budgetName, day } = useLimitText();
  const { active, hard, refusing, early, next } = summarizeBudgets(budgets, isEach);
  return (
    <div className="mb-5 grid grid-cols-2 gap-3 lg:grid-cols-4">
      <StatCard
        label={text.count}
        value={active}
        hint={text.countHint(hard, active - hard)}
        loading={loading}
      />
      <StatCard label={text.usedUp} value={refusing} hint={text.usedUpHint} loading={loading} />
      <StatCard label={text.risk} value={early} hint={text.riskHint} loading={loading} />
      <StatCard
        label={text.next}
        value={next ? day(next.forecastExceededAt ?? '') : text.nothing}
        hint={next ? budgetName(next) : text.nothingHint}
        loading={loading}
      />
    </div>
  );
}
