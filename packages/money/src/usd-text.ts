/**
 * Money as text: exact decimal strings in USD, the form of JSON, CSV, environment and forms.
 *
 * The text never passes through a JavaScript number. Not here: locale formatting for people (the console).
 */
import { PICO_USD_PER_USD, type PicoUsd, type PicoUsdSum, picoUsd, picoUsdSum } from './pico-usd.ts';

/** Longer text is refused before it reaches BigInt, whose parsing is quadratic in the length. */
const MAX_TEXT_LENGTH = 64;
const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,12}))?$/;

/** The text is not an amount of USD that pico-USD can hold exactly. */
export class InvalidUsdError extends RangeError {
  override readonly name = 'InvalidUsdError';
}

/**
 * Reads a decimal string in USD, such as `"1.25"`, `"-0.000000000001"` or `"30"`.
 *
 * @throws {InvalidUsdError} Not a plain decimal: a number instead of a string, more than 12 decimals, an
 *   exponent, a sign other than `-`, a missing digit around the point, spaces, separators.
 * @throws {RangeError} The amount does not fit 64 bits; read limits and balances with `parseUsdSum`.
 */
export function parseUsd(text: string): PicoUsd {
  return picoUsd(parseDecimal(text));
}

/** As `parseUsd`, for limits, balances and sums, which may be larger than 9.2 million USD. */
export function parseUsdSum(text: string): PicoUsdSum {
  return picoUsdSum(parseDecimal(text));
}

/**
 * The exact amount as a decimal string in USD with the fewest decimals, but at least two, so that whole
 * amounts look like money: `"1.25"`, `"30.00"`, `"0.000000000001"`. `parseUsd` returns the same amount.
 */
export function formatUsd(amount: PicoUsdSum): string {
  const sign = amount < 0n ? '-' : '';
  const magnitude: bigint = amount < 0n ? -amount : amount;
  const decimals = (magnitude % PICO_USD_PER_USD).toString().padStart(12, '0');
  return `${sign}${magnitude / PICO_USD_PER_USD}.${decimals.slice(0, 2)}${decimals.slice(2).replace(/0+$/, '')}`;
}

function parseDecimal(text: string): bigint {
  const match = typeof text === 'string' && text.length <= MAX_TEXT_LENGTH ? DECIMAL.exec(text) : null;
  if (match === null) {
    throw new InvalidUsdError(
      `Cannot parse USD: the amount must be a decimal string with at most 12 decimals, got ${preview(text)}`,
    );
  }
  const magnitude = BigInt(match[2]! + (match[3] ?? '').padEnd(12, '0'));
  return match[1] === '-' ? -magnitude : magnitude;
}

function preview(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, MAX_TEXT_LENGTH)) : `a ${typeof value}`;
}
