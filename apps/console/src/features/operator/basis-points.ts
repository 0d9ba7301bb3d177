/** Taxes and markups, to the hundredth of a percent: rounded, 7.25 % would be another tax. Pure. */
export function formatBasisPoints(basisPoints: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(
    basisPoints / 10_000,
  );
}
