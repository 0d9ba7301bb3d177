'use client';
/** The three questions a platform lead has about budgets, answered over the list. */
import type { Budget } from '@tollgate/api';
import { StatCard } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { isEach, useLimitText } from '../limits/use-limit-text.ts';
import { healthOf } from './budget-standing.ts';

export function BudgetCards({
  budgets,
  loading,
}: {
  readonly budgets: readonly Budget[];
  readonly loading: boolean;
}) {
  const text = useMessages('budgets').cards;
  const { budgetName, day } = useLimitText();
  const active = budgets.filter(({ state }) => state === 'active');
  const hard = active.filter(({ kind }) => kind === 'hard').length;
  const usedUp = active.filter((budget) => healthOf(budget, isEach(budget)) === 'usedUp');
  const running = active
    .filter((budget) => !usedUp.includes(budget) && budget.forecastExceededAt !== null)
    .toSorted((left, right) => (left.forecastExceededAt ?? '').localeCompare(right.forecastExceededAt ?? ''));
  const [next] = running;
  return (
    <div className="mb-5 grid grid-cols-2 gap-3 lg:grid-cols-4">
      <StatCard
        label={text.count}
        value={active.length}
        hint={text.countHint(hard, active.length - hard)}
        loading={loading}
      />
      <StatCard
        label={text.usedUp}
        value={usedUp.filter(({ kind }) => kind === 'hard').length}
        hint={text.usedUpHint}
        loading={loading}
      />
      <StatCard label={text.risk} value={running.length} hint={text.riskHint} loading={loading} />
      <StatCard
        label={text.next}
        value={next ? day(next.forecastExceededAt ?? '') : text.nothing}
        hint={next ? budgetName(next) : text.nothingHint}
        loading={loading}
      />
    </div>
  );
}
