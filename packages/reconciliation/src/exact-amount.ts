/**
 * Amounts of other people's files as integers of pico-USD. Their authors write floats, so exponents and too many
 * digits occur: what lies beyond a pico-USD is rounded, half away from zero, once per row.
 */

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const SCALE = 12;

/** @returns Undefined: the text is no number. */
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
  return sign === '-' ? -magnitude : magnitude;
}

/** A count, which some files write as `12.0`. @returns Undefined: no number. */
export function parseCount(text: string): bigint | undefined {
  return parseAmount(text, 0);
}

function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n);
}
