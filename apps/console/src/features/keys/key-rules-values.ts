/** Between the fields of the rules form and the body that the API takes. Pure. */
import type { KeyRules } from '@tollgate/api';
import { parseAmount, parseCount, typedAmount } from '../limits/amount.ts';

export interface KeyRulesValues {
  maxAgeDays: string;
  rotateEveryDays: string;
  overlapHours: string;
  remindDays: string;
  defaultExpiryDays: string;
  budgetUsd: string;
  budgetPeriod: 'day' | 'week' | 'month' | 'lifetime';
  requestsPerMinute: string;
  tokensPerMinute: string;
  models: readonly string[];
}

export type KeyRulesBody = Omit<KeyRules, 'teamId' | 'version' | 'updatedAt'>;

const MINUTE = 60;
const HOUR = 3_600;
const MAX_REMIND_DAYS = 90;

export function keyRulesValues(rules: KeyRules, locale: string): KeyRulesValues {
  const perMinute = (metric: string) =>
    rules.defaultRateLimits.find((one) => one.metric === metric && one.windowSeconds === MINUTE)?.limit;
  const typed = (value: number | null | undefined) =>
    value === null || value === undefined ? '' : String(value);
  return {
    maxAgeDays: typed(rules.maxAgeDays),
    rotateEveryDays: typed(rules.rotateEveryDays),
    overlapHours: rules.overlapSeconds === null ? '' : String(Math.round(rules.overlapSeconds / HOUR)),
    remindDays: rules.remindDays.join(', '),
    defaultExpiryDays: typed(rules.defaultExpiryDays),
    budgetUsd: rules.defaultBudget === null ? '' : typedAmount(rules.defaultBudget.limitUsd, locale),
    budgetPeriod: rules.defaultBudget?.period ?? 'month',
    requestsPerMinute: typed(perMinute('requests')),
    tokensPerMinute: typed(perMinute('tokens')),
    models: rules.defaultModels,
  };
}

/** @returns Descending, each once; undefined: not days. */
export function parseRemindDays(typed: string): number[] | undefined {
  const words = typed.split(/[\s,;]+/).filter((word) => word !== '');
  const days = [...new Set(words.map((word) => (/^\d{1,2}$/.test(word) ? Number(word) : Number.NaN)))];
  const valid = days.length <= 10 && days.every((day) => day >= 0 && day <= MAX_REMIND_DAYS);
  return valid ? days.toSorted((left, right) => right - left) : undefined;
}

type WrongField = { readonly field: keyof KeyRulesValues; readonly kind: 'count' | 'amount' | 'days' };

export function findWrongKeyRules(values: KeyRulesValues, locale: string): WrongField[] {
  const wrong: WrongField[] = [];
  const counts = [
    ['maxAgeDays', 1],
    ['rotateEveryDays', 1],
    ['defaultExpiryDays', 1],
    ['overlapHours', 0],
    ['requestsPerMinute', 0],
    ['tokensPerMinute', 0],
  ] as const;
  for (const [field, least] of counts) {
    if (values[field].trim() === '') continue;
    const count = parseCount(values[field], locale);
    if (count === undefined || count < least) wrong.push({ field, kind: 'count' });
  }
  if (values.budgetUsd.trim() !== '' && parseAmount(values.budgetUsd, locale) === undefined) {
    wrong.push({ field: 'budgetUsd', kind: 'amount' });
  }
  if (parseRemindDays(values.remindDays) === undefined) wrong.push({ field: 'remindDays', kind: 'days' });
  return wrong;
}

/**
 * @param values Checked.
 * @param before What the form does not show stays: limits of other windows, a soft budget.
 */
export function toKeyRules(values: KeyRulesValues, before: KeyRules, locale: string): KeyRulesBody {
  const count = (typed: string) => (typed.trim() === '' ? null : (parseCount(typed, locale) ?? null));
  const hours = count(values.overlapHours);
  const limitUsd = parseAmount(values.budgetUsd, locale);
  const perMinute = (metric: 'requests' | 'tokens', limit: number | null) =>
    limit === null ? [] : [{ metric, limit, windowSeconds: MINUTE }];
  const others = before.defaultRateLimits.filter(
    ({ metric, windowSeconds }) => metric === 'concurrency' || windowSeconds !== MINUTE,
  );
  return {
    maxAgeDays: count(values.maxAgeDays),
    rotateEveryDays: count(values.rotateEveryDays),
    overlapSeconds: hours === null ? null : hours * HOUR,
    remindDays: parseRemindDays(values.remindDays) ?? [],
    defaultExpiryDays: count(values.defaultExpiryDays),
    defaultBudget:
      limitUsd === undefined
        ? null
        : { limitUsd, period: values.budgetPeriod, kind: before.defaultBudget?.kind ?? 'hard' },
    defaultRateLimits: [
      ...perMinute('requests', count(values.requestsPerMinute)),
      ...perMinute('tokens', count(values.tokensPerMinute)),
      ...others,
    ],
    defaultModels: [...values.models],
  };
}
