/**
 * What a refusal by the operator's budget says, but for what helps: that stands below it in the reader's own language
 * (`OperatorBudgetHint`). The gateway says it to clients that have no such hint.
 */
export function withoutAdvice(message: string): string {
  return message.replace(ADVICE, '');
}

const ADVICE =
  /[:;] (?:[^:;]*, )?use a provider credential of your own, or ask the operator(?: for more)?\.?$/;
