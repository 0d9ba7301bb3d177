'use client';
/** What is said of a failure, in the words of who refused. */
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import type { StepError } from './conversation.ts';
import { withoutAdvice } from './without-advice.ts';

export function RefusalMessage({ error }: { readonly error: StepError }) {
  const { network_error: networkError } = useMessages('problems').codes;
  // Who may not read budgets sees no hint below: for them the advice stays.
  const hasHint = usePermission('budgets:read');
  if (error.code === 'network_error') return networkError;
  return hasHint && error.ruleId !== undefined ? withoutAdvice(error.message) : error.message;
}
