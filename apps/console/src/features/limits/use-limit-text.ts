'use client';
/** Budgets, rate limits and what they apply to, in words. */
import type { Budget, RateLimit } from '@tollgate/api';
import { formatDate, formatMoney, formatNumber, type MoneyPrecision } from '@tollgate/ui';
import { useMemo } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useTimeZone } from '../usage/use-time-zone.ts';
import { presetOf } from './window.ts';

export type ScopeType = Budget['scope']['type'];
export const SCOPE_TYPES: readonly ScopeType[] = [
  'organization',
  'team',
  'key',
  'member',
  'serviceAccount',
  'endUser',
  'model',
  'tag',
];

export interface ScopedRule {
  readonly scope: { readonly type: ScopeType; readonly id: string };
  readonly scopeName: string | null;
  /** Of a budget. */
  readonly counts?: Budget['counts'];
}

export function isEach({ scope }: Pick<ScopedRule, 'scope'>): boolean {
  return (
    scope.type !== 'organization' && (scope.id === '*' || (scope.type === 'tag' && scope.id.endsWith('=*')))
  );
}

/** Cents; below a dollar two digits more, and two that say something: budgets of trials are that small. */
export function budgetPrecision(value: string): MoneyPrecision {
  const [whole = '0', fraction = ''] = value.replace('-', '').split('.');
  if (!/^0*$/.test(whole) || !/[1-9]/.test(fraction.slice(2))) return 'cents';
  const zeros = /^0*/.exec(fraction)?.[0].length ?? 0;
  return Math.max(4, zeros + 2);
}

/** Words around rules, bound to the reader's language. */
export function useLimitText() {
  const text = useMessages('limits');
  const locale = useLocale();
  const timeZone = useTimeZone();
  return useMemo(() => {
    const scopeLabel = ({ scope, scopeName, counts }: ScopedRule): string => {
      if (counts === 'resold') return text.resoldModels;
      if (scope.type === 'organization') return text.wholeOrganization;
      if (scope.id === '*') return text.each[scope.type];
      if (scope.type === 'tag') {
        const [name = ''] = scope.id.split('=');
        return scope.id.endsWith('=*') ? text.eachTag(name) : scope.id;
      }
      return scopeName ?? scope.id;
    };
    const rateRule = ({
      metric,
      limit,
      windowSeconds,
    }: Pick<RateLimit, 'metric' | 'limit' | 'windowSeconds'>) => {
      const count = text.ofMetric[metric](formatNumber(limit, locale));
      return metric === 'concurrency' ? count : `${count} ${windowText(windowSeconds)}`;
    };
    const windowText = (windowSeconds: number): string => {
      const preset = presetOf(windowSeconds);
      return preset === 'custom'
        ? text.perWindow.custom(formatNumber(windowSeconds, locale))
        : text.perWindow[preset];
    };
    return {
      scopeLabel,
      rateRule,
      /** A budget's own name, else what it applies to. That of the operator's is the same everywhere, in English. */
      budgetName: (budget: Pick<Budget, 'name'> & ScopedRule) =>
        budget.counts === 'resold' ? scopeLabel(budget) : budget.name || scopeLabel(budget),
      /** What somebody set: every digit of it. */
      limitMoney: (value: string) => formatMoney(value, { locale }),
      money: (value: string) => formatMoney(value, { locale, precision: budgetPrecision(value) }),
      day: (at: string) => formatDate(Date.parse(at), locale, timeZone),
      number: (value: number) => formatNumber(value, locale),
    };
  }, [text, locale, timeZone]);
}
