/** Numbers and dates as they stand in documents: exact, with separators, never through a float. */
import { formatUsd, picoUsdSum, usdPerMillionFromUnitPrice } from '@tollgate/money';
import type { FrozenLine } from '../lifecycle/frozen-invoice.ts';
import { shownUnitPrice } from '../queries/line-text.ts';

/** `1,234.50`, with as many decimals as the exact amount has. */
export function formatAmount(picoUsdText: string): string {
  return groupThousands(formatUsd(picoUsdSum(BigInt(picoUsdText))));
}

/** `-1,234,567` */
export function groupThousands(decimal: string): string {
  const [whole = '', decimals] = decimal.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** `19 %`, `8.25 %` */
export function formatBasisPoints(basisPoints: number): string {
  const whole = Math.trunc(basisPoints / 100);
  const rest = String(Math.abs(basisPoints % 100))
    .padStart(2, '0')
    .replace(/0+$/, '');
  return `${whole}${rest === '' ? '' : `.${rest}`} %`;
}

const COUNTRIES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });

/** `Germany` of `DE`, in the language of documents. What is no code, as it could be typed once, stays as it is. */
export function countryName(country: string): string {
  return /^[A-Z]{2}$/.test(country) ? (COUNTRIES.of(country) ?? country) : country;
}

const TOKENS = new Set([
  'input',
  'cachedInput',
  'cacheWrite5m',
  'cacheWrite1h',
  'output',
  'reasoning',
  'audioInput',
  'audioOutput',
]);

/**
 * `0.25 / 1M` for tokens, else per unit; with the markup where it could only be added per request. A line that costs what
 * its list price says (a showback statement's) has no markup in it, whatever was charged for the same usage.
 */
export function formatUnitPrice(line: FrozenLine): string {
  if (line.component === '' && line.kind === 'fee' && line.unitPricePicoUsd !== '0') {
    return formatAmount(line.unitPricePicoUsd);
  }
  if (line.component === 'adjustment' || line.component === '' || line.kind === 'credit') return '';
  const listPrice = BigInt(line.unitPricePicoUsd);
  const shown = shownUnitPrice({
    unitPricePicoUsd: listPrice,
    markupBasisPoints: line.markupBasisPoints,
    quantity: BigInt(line.quantity),
    amountPicoUsd: BigInt(line.amountPicoUsd),
  });
  const price = TOKENS.has(line.component)
    ? `${groupThousands(usdPerMillionFromUnitPrice(shown))} / 1M`
    : formatAmount(String(shown));
  const isAtListPrice = listPrice * BigInt(line.quantity) === BigInt(line.amountPicoUsd);
  const unexplained = shown === listPrice && line.markupBasisPoints !== 0 && !isAtListPrice;
  return unexplained ? `${price} + ${formatBasisPoints(line.markupBasisPoints)}` : price;
}
