/** Percentages as people type them, to basis points. Pure. */
import { parseAmount } from '../limits/amount.ts';

/** @returns 0 to 10,000; undefined: no percentage from 0 to 100 with at most two decimals. */
export function parsePercent(typed: string, locale: string): number | undefined {
  const amount = parseAmount(typed.replaceAll('%', '').trim(), locale);
  if (amount === undefined) return undefined;
  const [whole = '0', fraction = ''] = amount.split('.');
  if (fraction.length > 2) return undefined;
  const basisPoints = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
  return basisPoints <= 10_000 ? basisPoints : undefined;
}
