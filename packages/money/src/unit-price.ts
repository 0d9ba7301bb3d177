/**
 * Prices per million tokens as exact integers per token.
 *
 * Every price times every count must be exact in pico-USD, so a price that is not a whole number of
 * pico-USD per token is refused here, once, instead of being rounded on every request.
 */
import { type PicoUsd, type PicoUsdSum, picoUsd } from './pico-usd.ts';
import { formatUsd, parseUsd } from './usd-text.ts';

const TOKENS_PER_MILLION = 1_000_000n;

/** The price is a valid amount, but not a whole number of pico-USD per token. */
export class InexactPriceError extends RangeError {
  override readonly name = 'InexactPriceError';
}

/**
 * Pico-USD per token for a price in USD per 1,000,000 tokens: `"0.25"` is 250,000.
 *
 * @throws {InexactPriceError} The price has a digit behind the sixth decimal.
 * @throws {InvalidUsdError} The text is not a decimal that `parseUsd` reads.
 */
export function unitPriceFromUsdPerMillion(usdPerMillion: string): PicoUsd {
  const perMillion = parseUsd(usdPerMillion);
  if (perMillion % TOKENS_PER_MILLION !== 0n) {
    throw new InexactPriceError(
      `Cannot make a unit price: it must be whole pico-USD per token (6 decimals per million), got "${usdPerMillion}"`,
    );
  }
  return picoUsd(perMillion / TOKENS_PER_MILLION);
}

/** The inverse, for showing prices: 250,000 pico-USD per token is `"0.25"` per million. */
export function usdPerMillionFromUnitPrice(unitPricePicoUsd: bigint): string {
  return formatUsd((unitPricePicoUsd * TOKENS_PER_MILLION) as PicoUsdSum);
}
