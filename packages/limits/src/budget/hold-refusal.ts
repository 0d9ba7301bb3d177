/** Why nothing can be held, in words. Of want of money: grant-rounds.ts. */
import type { Refusal } from '../refusal.ts';
import type { BudgetRule } from './budget-policy.ts';

const UNBOUNDED_MESSAGE = {
  'no-price': 'the model has no price',
  'no-component-price': 'something that it can use has no price',
  'no-output-cap': 'nothing limits its output',
  'unbounded-use': 'it can use a tool without a limit',
  'unseen-input': 'it has input that cannot be seen here, and the context window of the model is not known',
} as const;

export function tooManyValues(): Refusal {
  return {
    kind: 'refused',
    code: 'service_unavailable',
    message: 'Cannot reserve budget: the budgets of the organization have too many values at once, try again',
    retryAfterMs: 1_000,
  };
}

/** @param rules In scope, at least one. The operator's is told of first: who asks cannot lift it. */
export function refuseUnbounded(
  rules: readonly BudgetRule[],
  reason: keyof typeof UNBOUNDED_MESSAGE,
): Refusal {
  const resold = rules.find(({ counts }) => counts === 'resold');
  const rule = resold ?? rules[0]!;
  const why = UNBOUNDED_MESSAGE[reason];
  return {
    kind: 'refused',
    code: 'unbounded_cost',
    message:
      resold === undefined
        ? `Cannot send the request under a hard budget: its cost must be bounded, but ${why}`
        : `Cannot send the request under the operator's bound on its models: its cost must be bounded, but ${why}; use a provider credential of your own, or ask the operator`,
    ruleId: rule.id,
    scope: { type: rule.scope.type, id: rule.scope.id, ...(rule.name === '' ? {} : { name: rule.name }) },
  };
}
