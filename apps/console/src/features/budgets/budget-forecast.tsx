'use client';
/** When a budget will be gone at this rate, short for a table and as a sentence. */
import type { Budget } from '@tollgate/api';
import { Badge, Dash } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { isEach, useLimitText } from '../limits/use-limit-text.ts';
import { healthOf, isUsedUp } from './budget-standing.ts';

export function BudgetForecast({ budget }: { readonly budget: Budget }) {
  const text = useMessages('budgets');
  const { day } = useLimitText();
  const health = healthOf(budget, isEach(budget));
  if (health === 'paused') return <Dash />;
  if (health === 'usedUp')
    return <Badge tone={budget.kind === 'hard' ? 'negative' : 'warning'}>{text.usedUp}</Badge>;
  if (budget.forecastExceededAt === null) return <span className="text-ink-faint">{text.lasts}</span>;
  return <Badge tone="warning">{text.goneOn(day(budget.forecastExceededAt))}</Badge>;
}

export function useForecastSentence(): (budget: Budget) => string {
  const text = useMessages('budgets');
  const { day } = useLimitText();
  return (budget) => {
    if (!isUsedUp(budget)) {
      return budget.forecastExceededAt === null
        ? text.lastsLong
        : text.goneAtThisRate(day(budget.forecastExceededAt));
    }
    if (budget.kind === 'soft') return text.usedUpSoft;
    return budget.resetsAt === null ? text.usedUpForever : text.usedUpLong(day(budget.resetsAt));
  };
}
