/** The limits and the budget that a key is made with. All optional. Pure. */
import type { EffectiveKeyRules } from '@tollgate/api';
import { parseAmount, parseCount } from '../limits/amount.ts';

export interface KeyRuleValues {
  budgetUsd: string;
  budgetPeriod: 'day' | 'week' | 'month' | 'lifetime';
  /** None, though the rules give one. */
  noBudget: boolean;
  requestsPerMinute: string;
  tokensPerMinute: string;
  concurrency: string;
  /** None but those written here, though the rules give some. */
  noRateLimits: boolean;
}

export const NO_KEY_RULES: KeyRuleValues = {
  budgetUsd: '',
  budgetPeriod: 'month',
  noBudget: false,
  requestsPerMinute: '',
  tokensPerMinute: '',
  concurrency: '',
  noRateLimits: false,
};

/** What new keys get where nothing is written, as the API tells it for a team. */
export type UsualKeyRules = Pick<EffectiveKeyRules, 'defaultBudget' | 'defaultRateLimits'>;
type UsualRateLimit = NonNullable<UsualKeyRules['defaultRateLimits']>['value'][number];

interface RateLimitInput {
  readonly metric: 'requests' | 'tokens' | 'concurrency';
  readonly limit: number;
  readonly windowSeconds?: number;
}

export interface KeyRulesBody {
  readonly budget?: { readonly limitUsd: string; readonly period: KeyRuleValues['budgetPeriod'] } | null;
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

/**
 * @param values Checked.
 * @param usual The API takes a list of rate limits in place of all that the rules give: those that nothing is written for
 *   are sent along.
 */
export function toKeyRules(values: KeyRuleValues, locale: string, usual?: UsualKeyRules): KeyRulesBody {
  const limitUsd = parseAmount(values.budgetUsd, locale);
  const rate = (metric: RateLimitInput['metric'], typed: string): RateLimitInput[] => {
    const limit = parseCount(typed, locale);
    if (limit === undefined) return [];
    return [metric === 'concurrency' ? { metric, limit } : { metric, limit, windowSeconds: 60 }];
  };
  const written = [
    ...rate('requests', values.requestsPerMinute),
    ...rate('tokens', values.tokensPerMinute),
    ...rate('concurrency', values.concurrency),
  ];
  const given = usual?.defaultRateLimits?.value ?? [];
  const kept = values.noRateLimits
    ? []
    : given.filter((each) => !written.some((one) => isSameKind(one, each)));
  const isSaid = written.length > 0 || (values.noRateLimits && given.length > 0);
  return {
    ...(limitUsd !== undefined
      ? { budget: { limitUsd, period: values.budgetPeriod } }
      : values.noBudget && { budget: null }),
    ...(isSaid && { rateLimits: [...written, ...kept] }),
  };
}

/** What a field of the form stands for, of what the rules give. */
export function usualRateLimit(
  usual: UsualKeyRules | undefined,
  field: (typeof COUNTS)[number],
): UsualRateLimit | undefined {
  return usual?.defaultRateLimits?.value.find((each) => isSameKind(FIELD_KINDS[field], each));
}

/** Those that no field of the form stands for: other windows than a minute. */
export function otherUsualRateLimits(usual: UsualKeyRules | undefined): readonly UsualRateLimit[] {
  const kinds = Object.values(FIELD_KINDS);
  return (usual?.defaultRateLimits?.value ?? []).filter(
    (each) => !kinds.some((kind) => isSameKind(kind, each)),
  );
}

type Kind = Pick<RateLimitInput, 'metric' | 'windowSeconds'>;

const FIELD_KINDS: Readonly<Record<(typeof COUNTS)[number], Kind>> = {
  requestsPerMinute: { metric: 'requests', windowSeconds: 60 },
  tokensPerMinute: { metric: 'tokens', windowSeconds: 60 },
  concurrency: { metric: 'concurrency' },
};

/** One takes the place of the other; what runs at once has no window. */
function isSameKind(left: Kind, right: Kind): boolean {
  return (
    left.metric === right.metric &&
    (left.metric === 'concurrency' || left.windowSeconds === right.windowSeconds)
  );
}

/** How many are set, for the line under which they are folded. */
export function countKeyRules(values: KeyRuleValues): number {
  return [values.budgetUsd, ...COUNTS.map((field) => values[field])].filter((typed) => typed.trim() !== '')
    .length;
}
