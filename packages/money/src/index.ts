/** Exact money. The public names of this package; everything else is private. */
export {
  addPicoUsd,
  PICO_USD_PER_CENT,
  PICO_USD_PER_USD,
  type PicoUsd,
  type PicoUsdSum,
  picoUsd,
  picoUsdSum,
  sumPicoUsd,
  ZERO,
} from './pico-usd.ts';
export { allocateCentsByLargestRemainder, multiplyRoundHalfUp, roundToCents, toCents } from './rounding.ts';
export { InexactPriceError, unitPriceFromUsdPerMillion, usdPerMillionFromUnitPrice } from './unit-price.ts';
export { formatUsd, InvalidUsdError, parseUsd, parseUsdSum } from './usd-text.ts';
