/**
 * Amounts of other people's files as integers of pico-USD. Their authors write floats, so exponents and too many
 * digits occur: what lies beyond a pico-USD is rounded, half away from zero, once per row.
 */

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const SCALE = 12;
/** Four million dollars on one row; what is more is a mistake, or somebody who wants to see a column overflow. */
const TOO_LARGE = 4n * 10n ** 18n;
/** So that the counts of two million rows still fit a BIGINT. */
const TOO_MANY = 10n ** 12n;

/** @returns Undefined: the text is no number, or larger than money is. */
export function parseAmount(text: string, scale = SCALE): bigint | undefined {
  const cleaned = text.trim().replace(/^\$/, '');
  if (cleaned.length > 64) return undefined;
  const match = DECIMAL.exec(cleaned);
  if (match === null) return undefined;
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = match;
  if (whole === '' && decimals === '') return undefined;
  const digits = BigInt(whole + decimals || '0');
  const shift = scale + Number(exponent) - decimals.length;
  if (Math.abs(shift) > 400) return undefined;
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfUp(digits, 10n ** BigInt(-shift));
  if (magnitude >= TOO_LARGE) return undefined;
  return sign === '-' ? -magnitude : magnitude;
}

/** A count, which some files write as `12.0`. @returns Undefined: no number, or more than anybody counts. */
export function parseCount(text: string): bigint | undefined {
  const count = parseAmount(text, 0);
  return count !== undefined && count < TOO_MANY && count > -TOO_MANY ? count : undefined;
}

function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n);
}
