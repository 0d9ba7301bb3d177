/** What bounds spending, as a form holds it: an amount, or nothing at all. Pure. */
import { parseAmount, typedAmount } from '../limits/amount.ts';

export interface BoundValues {
  bound: 'amount' | 'none';
  limitUsd: string;
}

/** @param limitUsd As the API tells it; null: no bound. */
export function boundValues(limitUsd: string | null, locale: string): BoundValues {
  if (limitUsd === null) return { bound: 'none', limitUsd: '' };
  return { bound: 'amount', limitUsd: typedAmount(limitUsd, locale) };
}

/** @returns Null: no bound; undefined: what is typed is no amount. Nothing typed is never "no bound". */
export function toLimitUsd({ bound, limitUsd }: BoundValues, locale: string): string | null | undefined {
  return bound === 'none' ? null : parseAmount(limitUsd, locale);
}
