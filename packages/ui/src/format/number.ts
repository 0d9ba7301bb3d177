/** Formats counts and shares by locale. Not here: money (money.ts). */

/** `12,345`. */
export function formatNumber(value: number | bigint, locale = 'en'): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** `12.3K`; below 10,000 the full number, because four digits still fit and say more. */
export function formatCount(value: number, locale = 'en'): string {
  if (Math.abs(value) < 10_000) return formatNumber(value, locale);
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** @param share 0 to 1, and beyond: 0.125 is `12.5%`. */
export function formatPercent(share: number, locale = 'en'): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

/** `820 ms`, `1.24 s`, `3 min 5 s`. */
export function formatDuration(durationMs: number, locale = 'en'): string {
  const number = (value: number, digits = 0) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  if (durationMs < 1000) return `${number(durationMs)} ms`;
  if (durationMs < 60_000) return `${number(durationMs / 1000, 2)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${number(Math.floor(seconds / 60))} min ${number(seconds % 60)} s`;
}
