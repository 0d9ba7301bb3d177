/**
 * The unit of all money in Tollgate: one trillionth of a US dollar, as a signed bigint.
 *
 * A number holds pico-USD exactly only to 9,007 USD, so nothing here accepts or returns a number.
 * Not here: text (usd-text.ts), rounding (rounding.ts), prices per token (unit-price.ts).
 */

/** A sum, limit or balance in pico-USD. Fits Postgres NUMERIC(38,0). Every `PicoUsd` is one as well. */
export type PicoUsdSum = bigint & { readonly __unit: 'PicoUsd' };

/** One amount in pico-USD that fits Postgres BIGINT (about +/- 9.2 million USD). Signed: corrections can be negative. */
export type PicoUsd = PicoUsdSum & { readonly __width: 64 };

export const PICO_USD_PER_USD = 1_000_000_000_000n;
export const PICO_USD_PER_CENT = 10_000_000_000n;

const SUM_LIMIT = 10n ** 38n;

/**
 * The only place that mints `PicoUsd`.
 *
 * @throws {RangeError} `amount` does not fit Postgres BIGINT.
 */
export function picoUsd(amount: bigint): PicoUsd {
  if (amount !== BigInt.asIntN(64, amount)) {
    throw new RangeError(`Cannot make PicoUsd: the amount must fit 64 bits, got ${amount}`);
  }
  return amount as PicoUsd;
}

/**
 * The only place that mints `PicoUsdSum`.
 *
 * @throws {RangeError} `amount` does not fit Postgres NUMERIC(38,0).
 */
export function picoUsdSum(amount: bigint): PicoUsdSum {
  if (amount >= SUM_LIMIT || amount <= -SUM_LIMIT) {
    throw new RangeError(`Cannot make PicoUsdSum: the amount must fit 38 digits, got ${amount}`);
  }
  return amount as PicoUsdSum;
}

export const ZERO: PicoUsd = picoUsd(0n);

/**
 * One amount plus another, for example cost plus a fee of the same request.
 *
 * @throws {RangeError} The result does not fit 64 bits; use `sumPicoUsd` for totals over many entries.
 */
export function addPicoUsd(left: PicoUsd, right: PicoUsd): PicoUsd {
  return picoUsd(left + right);
}

/**
 * The exact total of any number of amounts or partial sums; 0 for none.
 *
 * @throws {RangeError} The total does not fit 38 digits.
 */
export function sumPicoUsd(amounts: Iterable<PicoUsdSum>): PicoUsdSum {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return picoUsdSum(total);
}
