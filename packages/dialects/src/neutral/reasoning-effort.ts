/** Effort and token budgets say the same wish in two ways; formats know one of them or both. */
import type { ReasoningEffort } from './request.ts';

/** From that many tokens on, what is asked for is at least this effort. Ascending. */
const STEPS: readonly (readonly [number, ReasoningEffort])[] = [
  [0, 'none'],
  [1, 'low'],
  [4_096, 'medium'],
  [16_384, 'high'],
  [48_000, 'xhigh'],
];

const EFFORTS: ReadonlySet<string> = new Set<ReasoningEffort>([
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
]);

export function isReasoningEffort(value: unknown): value is ReasoningEffort {
  return typeof value === 'string' && EFFORTS.has(value);
}

/** The nearest effort for a provider that knows no budgets. @param budgetTokens From 0 up. */
export function effortOfBudget(budgetTokens: number): ReasoningEffort {
  return STEPS.findLast(([tokens]) => tokens <= budgetTokens)?.[1] ?? 'none';
}
