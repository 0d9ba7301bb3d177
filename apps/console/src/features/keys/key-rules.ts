/** The limits and the budget that a key is made with. All optional. Pure. */
import { parseAmount, parseCount } from '../limits/amount.ts';

export interface KeyRuleValues {
  budgetUsd: string;
  budgetPeriod: 'day' | 'week' | 'month' | 'lifetime';
  requestsPerMinute: string;
  tokensPerMinute: string;
  concurrency: string;
}

export const NO_KEY_RULES: KeyRuleValues = {
  budgetUsd: '',
  budgetPeriod: 'month',
  requestsPerMinute: '',
  tokensPerMinute: '',
  concurrency: '',
};

interface RateLimitInput {
  readonly metric: 'requests' | 'tokens' | 'concurrency';
  readonly limit: number;
  readonly windowSeconds?: number;
}

export interface KeyRulesBody {
  readonly budget?: { readonly limitUsd: string; readonly period: KeyRuleValues['budgetPeriod'] };
  readonly rateLimits?: readonly RateLimitInput[];
}

const COUNTS = ['requestsPerMinute', 'tokensPerMinute', 'concurrency'] as const;

/** @returns Fields that hold something that is no amount or number. */
export function findWrongRules(
  values: KeyRuleValues,
  locale: string,
): readonly { readonly field: keyof KeyRuleValues; readonly kind: 'amount' | 'count' }[] {
  const counts = COUNTS.filter(
    (field) => values[field].trim() !== '' && parseCount(values[field], locale) === undefined,
  ).map((field) => ({ field, kind: 'count' as const }));
  const amountIsWrong = values.budgetUsd.trim() !== '' && parseAmount(values.budgetUsd, locale) === undefined;
  return amountIsWrong ? [{ field: 'budgetUsd', kind: 'amount' }, ...counts] : counts;
}

/** @param values Checked. */
export function toKeyRules(values: KeyRuleValues, locale: string): KeyRulesBody {
  const limitUsd = parseAmount(values.budgetUsd, locale);
  const rate = (metric: RateLimitInput['metric'], typed: string): RateLimitInput[] => {
    const limit = parseCount(typed, locale);
    if (limit === undefined) return [];
    return [metric === 'concurrency' ? { metric, limit } : { metric, limit, windowSeconds: 60 }];
  };
  const rateLimits = [
    ...rate('requests', values.requestsPerMinute),
    ...rate('tokens', values.tokensPerMinute),
    ...rate('concurrency', values.concurrency),
  ];
  return {
    ...(limitUsd !== undefined && { budget: { limitUsd, period: values.budgetPeriod } }),
    ...(rateLimits.length > 0 && { rateLimits }),
  };
}

/** How many are set, for the line under which they are folded. */
export function countKeyRules(values: KeyRuleValues): number {
  return [values.budgetUsd, ...COUNTS.map((field) => values[field])].filter((typed) => typed.trim() !== '')
    .length;
}
