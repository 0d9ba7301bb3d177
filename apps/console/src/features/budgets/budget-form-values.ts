/** Between the fields of the budget form and the body that the API takes. Pure. */
import type { Budget } from '@tollgate/api';
import { parseAmount, typedAmount } from '../limits/amount.ts';
import { newScopeValues, type ScopeValues, toScope } from '../limits/scope-form.ts';
import { toAnchorAt } from './budget-start.ts';

export const PERIODS = ['day', 'week', 'month', 'lifetime'] as const;
export type BudgetPeriod = (typeof PERIODS)[number];

export interface BudgetFormValues extends ScopeValues {
  limitUsd: string;
  period: BudgetPeriod;
  kind: 'hard' | 'soft';
  name: string;
  /** `50, 80, 100`. */
  thresholds: string;
  onExceeded: 'refuse' | 'model';
  model: string;
  carryOver: boolean;
  carryOverCapUsd: string;
  startDay: string;
  startTime: string;
}

export interface BudgetChange {
  readonly name: string;
  readonly limitUsd: string;
  readonly kind: 'hard' | 'soft';
  readonly thresholds: readonly number[];
  readonly onExceeded: 'refuse' | { readonly model: string };
  readonly carryOver: boolean;
  readonly carryOverCapUsd: string | null;
}

export interface NewBudgetBody extends BudgetChange {
  readonly scope: { readonly type: string; readonly id: string };
  readonly period: BudgetPeriod;
  readonly anchorAt: string | null;
}

export function newBudgetValues(scope?: Budget['scope']): BudgetFormValues {
  return {
    ...newScopeValues(scope),
    limitUsd: '',
    period: 'month',
    kind: 'hard',
    name: '',
    thresholds: '50, 80, 100',
    onExceeded: 'refuse',
    model: '',
    carryOver: false,
    carryOverCapUsd: '',
    startDay: '',
    startTime: '',
  };
}

export function budgetValues(budget: Budget, locale: string): BudgetFormValues {
  return {
    ...newScopeValues(budget.scope),
    limitUsd: typedAmount(budget.limitUsd, locale),
    period: budget.period,
    kind: budget.kind,
    name: budget.name,
    thresholds: budget.thresholds.join(', '),
    onExceeded: budget.onExceeded === 'refuse' ? 'refuse' : 'model',
    model: budget.onExceeded === 'refuse' ? '' : budget.onExceeded.model,
    carryOver: budget.carryOver,
    carryOverCapUsd: budget.carryOverCapUsd === null ? '' : typedAmount(budget.carryOverCapUsd, locale),
    // Fixed, like the period.
    startDay: '',
    startTime: '',
  };
}

const MAX_THRESHOLDS = 10;

/** @returns Ascending, each once; undefined: not whole percentages from 1 to 1000. */
export function parseThresholds(typed: string): number[] | undefined {
  const words = typed.split(/[\s,;%]+/).filter((word) => word !== '');
  const shares = [...new Set(words.map((word) => (/^\d{1,4}$/.test(word) ? Number(word) : Number.NaN)))];
  const valid = shares.length <= MAX_THRESHOLDS && shares.every((share) => share >= 1 && share <= 1_000);
  return valid ? shares.toSorted((left, right) => left - right) : undefined;
}

/** @param values Checked: what cannot be read is sent as it was typed, for the API to refuse. */
export function toBudgetChange(values: BudgetFormValues, locale: string): BudgetChange {
  const cap = values.carryOverCapUsd.trim();
  return {
    name: values.name.trim(),
    limitUsd: parseAmount(values.limitUsd, locale) ?? values.limitUsd,
    kind: values.kind,
    thresholds: parseThresholds(values.thresholds) ?? [],
    onExceeded: values.kind === 'hard' && values.onExceeded === 'model' ? { model: values.model } : 'refuse',
    carryOver: values.carryOver,
    carryOverCapUsd: values.carryOver && cap !== '' ? (parseAmount(cap, locale) ?? cap) : null,
  };
}

/** @param where The organization's zone, and now: where its periods begin. */
export function toNewBudget(
  values: BudgetFormValues,
  locale: string,
  where: { readonly timeZone: string; readonly nowMs: number },
): NewBudgetBody {
  return {
    ...toBudgetChange(values, locale),
    scope: toScope(values),
    period: values.period,
    anchorAt: toAnchorAt(values, where.timeZone, where.nowMs) ?? null,
  };
}
