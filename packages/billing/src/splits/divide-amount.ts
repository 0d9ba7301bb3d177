/** Dividing an amount by shares so that the parts sum to it, to the last pico-USD. */

/**
 * The parts in the order of the shares: each rounded towards zero, then one more for those that lost most, the earlier
 * one first. The parts of `-amount` are those of `amount`, negated.
 *
 * @param shares Not negative; together above zero.
 * @throws {RangeError} Shares that divide nothing.
 */
export function divideAmount(amount: bigint, shares: readonly number[]): bigint[] {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  if (whole <= 0 || shares.some((share) => !Number.isSafeInteger(share) || share < 0)) {
    throw new RangeError(
      `Cannot divide an amount: shares must be whole numbers above zero in all, got ${shares}`,
    );
  }
  if (amount < 0n) return divideAmount(-amount, shares).map((part) => -part);
  const exact = shares.map((share) => amount * BigInt(share));
  const parts = exact.map((each) => each / BigInt(whole));
  const rest = amount - parts.reduce((sum, part) => sum + part, 0n);
  const byLoss = exact
    .map((each, index) => ({ index, lost: each % BigInt(whole) }))
    .toSorted((left, right) =>
      left.lost === right.lost ? left.index - right.index : left.lost > right.lost ? -1 : 1,
    );
  for (const { index } of byLoss.slice(0, Number(rest))) parts[index]! += 1n;
  return parts;
}
