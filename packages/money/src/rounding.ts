/**
 * The only three places where money is divided.
 *
 * A markup rounds each component of a charge to a pico-USD; an invoice rounds its subtotal once to the cent
 * and shows the difference as a line; lines sent to a collector get whole cents that sum to that total.
 */
import {
  PICO_USD_PER_CENT,
  type PicoUsd,
  type PicoUsdSum,
  picoUsd,
  picoUsdSum,
  sumPicoUsd,
} from './pico-usd.ts';

/**
 * `amount` x `numerator` / `denominator`, rounded half-up to a pico-USD.
 *
 * Negative amounts mirror positive ones (half away from zero), so that a reversal cancels its charge exactly.
 *
 * @throws {RangeError} `denominator` is not positive, or the result does not fit 64 bits.
 */
export function multiplyRoundHalfUp(amount: PicoUsdSum, numerator: bigint, denominator: bigint): PicoUsd {
  if (denominator <= 0n) {
    throw new RangeError(`Cannot multiply money: the denominator must be positive, got ${denominator}`);
  }
  return picoUsd(divideHalfAwayFromZero(amount * numerator, denominator));
}

/**
 * The nearest cent, halves away from zero, and the difference to show as a rounding line:
 * `amount + roundingPicoUsd = roundedPicoUsd`, and the rounding is at most half a cent.
 */
export function roundToCents(amount: PicoUsdSum): { roundedPicoUsd: PicoUsdSum; roundingPicoUsd: PicoUsd } {
  const roundedPicoUsd = picoUsdSum(divideHalfAwayFromZero(amount, PICO_USD_PER_CENT) * PICO_USD_PER_CENT);
  return { roundedPicoUsd, roundingPicoUsd: picoUsd(roundedPicoUsd - amount) };
}

/**
 * Whole cents of an amount that was rounded before.
 *
 * @throws {RangeError} The amount is not a whole number of cents.
 */
export function toCents(amount: PicoUsdSum): bigint {
  if (amount % PICO_USD_PER_CENT !== 0n) {
    throw new RangeError(`Cannot convert to cents: the amount must be whole cents, got ${amount} pico-USD`);
  }
  return amount / PICO_USD_PER_CENT;
}

/**
 * Cents for each exact line amount, in the same order, summing to the rounded total of all lines.
 *
 * Each line gets the cent below its amount; the cents still missing go to the largest remainders, the
 * earlier line first where two are equal. So a line is off by less than one cent, and a line of whole
 * cents is never changed. Negative lines (credits) are allowed.
 */
export function allocateCentsByLargestRemainder(amounts: readonly PicoUsdSum[]): bigint[] {
  const lines = amounts.map((amount, index) => {
    const cents = divideDown(amount, PICO_USD_PER_CENT);
    return { index, cents, remainder: amount - cents * PICO_USD_PER_CENT };
  });
  const total = toCents(roundToCents(sumPicoUsd(amounts)).roundedPicoUsd);
  let missing = total;
  for (const line of lines) missing -= line.cents;

  const allocated = lines.map((line) => line.cents);
  const byRemainder = lines.toSorted((left, right) =>
    left.remainder === right.remainder ? left.index - right.index : left.remainder > right.remainder ? -1 : 1,
  );
  for (const line of byRemainder) {
    if (missing === 0n) break;
    allocated[line.index] = line.cents + 1n;
    missing -= 1n;
  }
  return allocated;
}

function divideHalfAwayFromZero(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * magnitude + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

function divideDown(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient;
}
