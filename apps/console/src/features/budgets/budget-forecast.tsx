'use client';
/** When a budget will be gone at this rate, short for a table and as a sentence. */
import type { Budget, BudgetValue } from '@tollgate/api';
import { Badge, Dash } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { isEach, useLimitText } from '../limits/use-limit-text.ts';
import { healthOf, isUsedUp, standInOf, valueHealth } from './budget-standing.ts';

export interface BudgetForecastProps {
  readonly budget: Budget;
  /** Of one value of it: nothing of the others is told. */
  readonly standing?: BudgetValue;
}

export function BudgetForecast({ budget, standing }: BudgetForecastProps) {
  const text = useMessages('budgets');
  const { day } = useLimitText();
  const health = standing ? valueHealth(budget, standing) : healthOf(budget, isEach(budget));
  const { forecastExceededAt } = standing ?? budget;
  if (health === 'paused') return <Dash />;
  if (health === 'usedUp')
    return <Badge tone={budget.kind === 'hard' ? 'negative' : 'warning'}>{text.usedUp}</Badge>;
  const resets = budget.resetsAt !== null;
  if (forecastExceededAt === null)
    return resets ? <span className="text-ink-faint">{text.lasts}</span> : <Dash />;
  return <Badge tone={resets ? 'warning' : 'neutral'}>{text.goneOn(day(forecastExceededAt))}</Badge>;
}

export function useForecastSentence(): (budget: Budget) => string {
  const text = useMessages('budgets');
  const { day } = useLimitText();
  return (budget) => {
    if (!isUsedUp(budget)) {
      if (budget.forecastExceededAt !== null) return text.goneAtThisRate(day(budget.forecastExceededAt));
      return budget.resetsAt === null ? text.noForecast : text.lastsLong;
    }
    if (budget.kind === 'soft') return text.usedUpSoft;
    const standIn = standInOf(budget);
    if (standIn !== undefined) return text.usedUpInstead(standIn);
    if (budget.resetsAt === null) return text.usedUpForever;
    const usedUp = budget.counts === 'resold' ? text.resold.usedUp : text.usedUpLong;
    return usedUp(day(budget.resetsAt));
  };
}
