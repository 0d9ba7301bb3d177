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

/** What new organizations are bounded to, before and after they have shown that they can pay. */
export interface FiguresValues extends BoundValues {
  firstBound: BoundValues['bound'];
  firstLimitUsd: string;
}

export function figuresValues(
  { limitUsd, firstLimitUsd }: { readonly limitUsd: string | null; readonly firstLimitUsd: string | null },
  locale: string,
): FiguresValues {
  const first = boundValues(firstLimitUsd, locale);
  return { ...boundValues(limitUsd, locale), firstBound: first.bound, firstLimitUsd: first.limitUsd };
}

/** Where the API names an amount that is not asked for: it could not be seen, and would keep the form from being sent. */
export function shownPlaces({
  bound,
  firstBound,
}: Pick<FiguresValues, 'bound' | 'firstBound'>): Readonly<Record<string, 'bound' | 'firstBound'>> {
  return {
    ...(bound === 'none' && { limitUsd: 'bound' }),
    ...(firstBound === 'none' && { firstLimitUsd: 'firstBound' }),
  };
}

/** @param byPayment Without it there is one figure, which is everybody's. */
export function toFigures(values: FiguresValues, locale: string, byPayment: boolean) {
  const limitUsd = toLimitUsd(values, locale);
  if (!byPayment) return { limitUsd };
  const first = { bound: values.firstBound, limitUsd: values.firstLimitUsd };
  return { limitUsd, firstLimitUsd: toLimitUsd(first, locale) };
}

/** @returns Null: no bound; undefined: what is typed is no amount. Nothing typed is never "no bound". */
export function toLimitUsd({ bound, limitUsd }: BoundValues, locale: string): string | null | undefined {
  return bound === 'none' ? null : parseAmount(limitUsd, locale);
}
