import type { Budget } from '@tollgate/api';

/**
 * What a refusal by the operator's budget says, but for what helps: that stands below it in the reader's own language
 * (`OperatorBudgetHint`). The gateway says it to clients that have no such hint.
 *
 * @param budget That which refused. Undefined: not known yet, or not to be read, so that there is no hint either.
 */
export function withoutAdvice(message: string, budget: Pick<Budget, 'setBy'> | undefined): string {
  return budget?.setBy === 'operator' ? message.replace(ADVICE, '') : message;
}

const ADVICE =
  /[:;] (?:[^:;]*, )?use a provider credential of your own, or ask the operator(?: for more)?\.?$/;
