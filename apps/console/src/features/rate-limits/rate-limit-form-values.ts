/** Between the fields of the rate limit form and the body that the API takes. Pure. */
import type { RateLimit } from '@tollgate/api';
import { parseCount } from '../limits/amount.ts';
import { newScopeValues, type ScopeValues, toScope } from '../limits/scope-form.ts';
import { MAX_WINDOW_SECONDS, presetOf, WINDOW_SECONDS, type WindowPreset } from '../limits/window.ts';

export const METRICS = ['requests', 'tokens', 'concurrency'] as const;
export type Metric = (typeof METRICS)[number];

export interface RateLimitFormValues extends ScopeValues {
  metric: Metric;
  limit: string;
  window: WindowPreset;
  /** For `custom`. */
  seconds: string;
  /** Empty for any. */
  model: string;
}

export interface RateLimitChange {
  readonly limit: number | string;
  readonly windowSeconds?: number | string;
  readonly model: string | null;
}

export interface NewRateLimitBody extends RateLimitChange {
  readonly scope: { readonly type: string; readonly id: string };
  readonly metric: Metric;
}

export function newRateLimitValues(scope?: RateLimit['scope']): RateLimitFormValues {
  return {
    ...newScopeValues(scope ?? { type: 'key', id: '*' }),
    metric: 'requests',
    limit: '',
    window: 'minute',
    seconds: '',
    model: '',
  };
}

export function rateLimitValues(rule: RateLimit): RateLimitFormValues {
  const window = rule.metric === 'concurrency' ? 'minute' : presetOf(rule.windowSeconds);
  return {
    ...newScopeValues(rule.scope),
    metric: rule.metric,
    limit: String(rule.limit),
    window,
    seconds: window === 'custom' ? String(rule.windowSeconds) : '',
    model: rule.model ?? '',
  };
}

/** @returns Undefined: the seconds cannot be read. Concurrency has no window: 0. */
export function windowSecondsOf(values: RateLimitFormValues, locale: string): number | undefined {
  if (values.metric === 'concurrency') return 0;
  if (values.window !== 'custom') return WINDOW_SECONDS[values.window];
  const seconds = parseCount(values.seconds, locale);
  return seconds !== undefined && seconds >= 1 && seconds <= MAX_WINDOW_SECONDS ? seconds : undefined;
}

/** @param values Checked. */
export function toRateLimitChange(values: RateLimitFormValues, locale: string): RateLimitChange {
  const windowSeconds = windowSecondsOf(values, locale) ?? values.seconds;
  return {
    limit: parseCount(values.limit, locale) ?? values.limit,
    ...(values.metric === 'concurrency' ? {} : { windowSeconds }),
    model: values.model || null,
  };
}

export function toNewRateLimit(values: RateLimitFormValues, locale: string): NewRateLimitBody {
  return { ...toRateLimitChange(values, locale), scope: toScope(values), metric: values.metric };
}
