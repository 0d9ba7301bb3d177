/**
 * Formats decimal US dollar strings as people read them, digit for digit.
 *
 * `Intl.NumberFormat` reads a decimal string as an exact value, so no float appears on the way. Not here:
 * arithmetic on money (packages/money).
 */

/** `exact` shows every digit given, at least cents; a number shows that many digits, rounded half up. */
export type MoneyPrecision = 'exact' | 'cents' | number;

export interface MoneyFormat {
  readonly locale?: string | undefined;
  readonly precision?: MoneyPrecision | undefined;
  /** Puts `+` before positive amounts, for changes. */
  readonly signed?: boolean | undefined;
}

const DECIMAL = /^-?\d{1,40}(?:\.\d{1,40})?$/;

/** Whether `value` is a plain decimal number as the API sends money. */
export function isDecimal(value: string): boolean {
  return DECIMAL.test(value);
}

/** Number of digits after the point, without closing zeros. */
export function fractionDigitsOf(value: string): number {
  const fraction = value.split('.')[1] ?? '';
  return fraction.replace(/0+$/, '').length;
}

const isZero = (value: string): boolean => !/[1-9]/.test(value);

/** @throws {RangeError} `value` is not a plain decimal number. */
export function formatMoney(value: string, format: MoneyFormat = {}): string {
  if (!isDecimal(value)) {
    throw new RangeError(`Cannot format money: must be a decimal string, got ${JSON.stringify(value)}`);
  }
  const { locale = 'en', precision = 'exact', signed = false } = format;
  const digits = precision === 'cents' ? 2 : precision === 'exact' ? exactDigits(value) : precision;
  if (digits < fractionDigitsOf(value) && !isZero(value) && roundsToZero(value, digits)) {
    return belowSmallest(value, digits, locale);
  }
  return moneyFormat(locale, digits, signed).format(withoutNegativeZero(value) as Intl.StringNumericLiteral);
}

/**
 * Digits that `value` would need to have as many after the point as the longest of its column: drawn as room after the
 * whole text, so that points stand below each other and a currency that comes last stays at its number.
 *
 * @param places After the point; see `placesOf`.
 */
export function formatMoneyInColumn(
  value: string,
  places: number,
  format: MoneyFormat = {},
): { readonly text: string; readonly missing: number } {
  return {
    text: formatMoney(value, { ...format, precision: 'exact' }),
    missing: Math.max(0, places - exactDigits(value)),
  };
}

/** Digits after the point of the longest amount, at least cents. */
export function placesOf(values: Iterable<string | null | undefined>): number {
  let places = 2;
  for (const value of values) {
    if (typeof value === 'string' && isDecimal(value)) places = Math.max(places, fractionDigitsOf(value));
  }
  return places;
}

/** For axes and other places without room: `$1.2K`. Never for an amount that somebody owes. */
export function formatMoneyCompact(value: string, locale = 'en'): string {
  // Cents as people write them: $0.50, not $0.5.
  if (/^-?\d{1,3}\.\d$/.test(value))
    return moneyFormat(locale, 2, false).format(value as Intl.StringNumericLiteral);
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    notation: 'compact',
    maximumSignificantDigits: 3,
  }).format(value as Intl.StringNumericLiteral);
}

const exactDigits = (value: string): number => Math.max(2, fractionDigitsOf(value));

const withoutNegativeZero = (value: string): string => (isZero(value) ? value.replace('-', '') : value);

/** A cost of $0.0004 must not read `$0.00`: it is shown as below the smallest amount that fits. */
function belowSmallest(value: string, digits: number, locale: string): string {
  const negative = value.startsWith('-');
  const smallest = digits === 0 ? '1' : `0.${'0'.repeat(digits - 1)}1`;
  const text = moneyFormat(locale, digits, false).format(
    `${negative ? '-' : ''}${smallest}` as Intl.StringNumericLiteral,
  );
  return `${negative ? '>' : '<'} ${text}`;
}

/** Whether the first `digits` fraction digits and the whole part are zero. */
function roundsToZero(value: string, digits: number): boolean {
  const [whole = '', fraction = ''] = value.split('.');
  return isZero(whole) && isZero(fraction.slice(0, digits));
}

const formats = new Map<string, Intl.NumberFormat>();

function moneyFormat(locale: string, digits: number, signed: boolean): Intl.NumberFormat {
  const key = `${locale}|${digits}|${signed}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: signed ? 'exceptZero' : 'auto',
    });
    formats.set(key, format);
  }
  return format;
}
