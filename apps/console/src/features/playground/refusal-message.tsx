'use client';
/** What is said of a failure, in the words of who refused. */
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useRefusingBudget } from '../budgets/operator-budget.tsx';
import type { StepError } from './conversation.ts';
import { withoutAdvice } from './without-advice.ts';

export function RefusalMessage({ error }: { readonly error: StepError }) {
  const { network_error: networkError } = useMessages('problems').codes;
  const budget = useRefusingBudget(error.ruleId);
  if (error.code === 'network_error') return networkError;
  return withoutAdvice(error.message, budget);
}
