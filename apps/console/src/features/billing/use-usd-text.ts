'use client';
/** Amounts inside of sentences. */
import { useLocale } from '../../i18n/i18n-provider.tsx';

export function useUsdText(): (amount: string) => string {
  const locale = useLocale();
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' });
  // Decimal text goes through the formatter as it is, never as a number.
  return (amount) => format.format(amount as Intl.StringNumericLiteral);
}
