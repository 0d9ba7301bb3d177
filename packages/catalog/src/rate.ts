/**
 * Usage times price: the exact cost and charge of one request, component by component.
 *
 * Pure, and the only place that multiplies money by counts: the gateway rates at settlement, the worker rates
 * again and compares. The same input gives the same components in the same order.
 *
 * A price that is missing is never guessed low. Fallbacks, used only where the version does not state the
 * component:
 * - `cachedInput` as `input`: a provider without a cache price bills cached tokens as input.
 * - `cacheWrite5m` as `input`: likewise; those that bill writes differently state it.
 * - `cacheWrite1h` as `input` if the version states no cache write at all; else unknown, since a version that
 *   prices 5 minutes would understate an hour.
 * - `audioInput` as `input`, `audioOutput` and `reasoning` as `output`: how models without own prices bill.
 * - `input`, `output`, images and units: none. Their use without a price makes the whole cost unknown.
 * - `request`: no price is no fee.
 */
import { multiplyRoundHalfUp, type PicoUsd, picoUsd } from '@tollgate/money';
import {
  type PriceComponent,
  type PriceTier,
  type PriceVersion,
  TOKEN_COMPONENTS,
  type TokenComponent,
  USAGE_FIELD,
} from './price.ts';
import { type CountByName, MAX_COUNT, type TokenUsage, totalInputTokens } from './usage.ts';

/** What a resold credential adds to its cost, per component: the percentage first, then the amount per unit. */
export interface Markup {
  /** Hundredths of a percent of the cost; from -10,000 (free) up. Rounded half-up to a pico-USD. */
  readonly basisPoints: number;
  /** Pico-USD per unit of the component. */
  readonly perUnit?: Readonly<Partial<Record<PriceComponent, bigint>>>;
}

export const NO_MARKUP: Markup = { basisPoints: 0 };

/** Whose credential was used. `organization`: its own (BYOK), charge 0. `operator`: resold, cost plus markup. */
export type CredentialOwner = 'organization' | 'operator';

export interface RatedComponent {
  readonly component: PriceComponent;
  readonly quantity: number;
  readonly unitPricePicoUsd: bigint;
  readonly costPicoUsd: PicoUsd;
  readonly chargePicoUsd: PicoUsd;
  /** Only where quantity x this is exactly the charge, so that an invoice line can show it. */
  readonly chargeUnitPricePicoUsd?: bigint;
}

export type RatedUsage =
  | {
      readonly kind: 'rated';
      readonly priceVersionId: string;
      /** The threshold of the price tier that applied; null: the base price. */
      readonly tierAboveInputTokens: number | null;
      /** Components with a quantity above 0, token kinds first. */
      readonly components: readonly RatedComponent[];
      readonly costPicoUsd: PicoUsd;
      readonly chargePicoUsd: PicoUsd;
    }
  | {
      readonly kind: 'unknown';
      /** `no-price`: no version. `no-component-price`: used, not stated. `out-of-range`: nobody believes it. */
      readonly reason: 'no-price' | 'no-component-price' | 'out-of-range';
      readonly priceVersionId: string | null;
      /** The components that were used without a price. */
      readonly missing: readonly PriceComponent[];
    };

export interface RateInput {
  readonly usage: TokenUsage;
  /** Fixed at dispatch. Undefined: the model has no price. */
  readonly price: PriceVersion | undefined;
  readonly markup: Markup;
  readonly owner: CredentialOwner;
}

/**
 * Cost is quantity x unit price, exact. If any part has no price the whole is unknown: a partial amount would
 * look like a cost. A count above `MAX_COUNT` or an amount above 64 bits is unknown too, never an exception: a
 * provider's nonsense must not end the request that reports it.
 *
 * @throws {RangeError} `markup.basisPoints` is not an integer from -10,000 up.
 */
export function rateUsage({ usage, price, markup, owner }: RateInput): RatedUsage {
  if (price === undefined) return unknownCost('no-price', null);
  const tier = findTier(price.tiers, totalInputTokens(usage));
  const rating = new Rating(price, tier, owner === 'operator' ? markup : null);

  for (const component of TOKEN_COMPONENTS) {
    const quantity = usage[USAGE_FIELD[component]];
    if (quantity !== 0) rating.add(component, quantity, tokenUnitPrice(price, tier, component));
  }
  const requestFee = statedPrice(price, tier, 'request');
  if (requestFee !== undefined) rating.add('request', 1, requestFee);
  if (usage.images !== undefined) rating.addNamed('image', usage.images);
  if (usage.units !== undefined) rating.addNamed('unit', usage.units);
  return rating.result();
}

/** The tier with the highest threshold below the total input; undefined: the base price. */
export function findTier(tiers: readonly PriceTier[], totalInput: number): PriceTier | undefined {
  let found: PriceTier | undefined;
  for (const tier of tiers) {
    if (tier.aboveInputTokens >= totalInput) break;
    found = tier;
  }
  return found;
}

/** The price of one token of this kind with the fallbacks named above; undefined: unknown. */
export function tokenUnitPrice(
  price: PriceVersion,
  tier: PriceTier | undefined,
  component: TokenComponent,
): bigint | undefined {
  const stated = statedPrice(price, tier, component);
  if (stated !== undefined) return stated;
  switch (component) {
    case 'cachedInput':
    case 'cacheWrite5m':
    case 'audioInput':
      return statedPrice(price, tier, 'input');
    case 'cacheWrite1h':
      return statedPrice(price, tier, 'cacheWrite5m') === undefined
        ? statedPrice(price, tier, 'input')
        : undefined;
    case 'reasoning':
    case 'audioOutput':
      return statedPrice(price, tier, 'output');
    case 'input':
    case 'output':
      return undefined;
  }
}

function statedPrice(
  price: PriceVersion,
  tier: PriceTier | undefined,
  component: PriceComponent,
): bigint | undefined {
  return tier?.components[component] ?? price.components[component];
}

function unknownCost(
  reason: (RatedUsage & { kind: 'unknown' })['reason'],
  priceVersionId: string | null,
  missing: readonly PriceComponent[] = [],
): RatedUsage {
  return { kind: 'unknown', reason, priceVersionId, missing };
}

/** Collects components; one per request, so that the loops above stay flat. */
class Rating {
  readonly #price: PriceVersion;
  readonly #tier: PriceTier | undefined;
  readonly #markup: Markup | null;
  readonly #factor: bigint;
  readonly #components: RatedComponent[] = [];
  readonly #missing: PriceComponent[] = [];
  #outOfRange = false;
  #cost = 0n;
  #charge = 0n;

  /** @param markup Null: the organization's own credential, which is charged nothing. */
  constructor(price: PriceVersion, tier: PriceTier | undefined, markup: Markup | null) {
    this.#price = price;
    this.#tier = tier;
    this.#markup = markup;
    this.#factor = markup === null ? 0n : markupFactor(markup.basisPoints);
  }

  addNamed(kind: 'image' | 'unit', counts: CountByName): void {
    for (const name of Object.keys(counts).sort()) {
      const component: PriceComponent = `${kind}:${name}`;
      const quantity = counts[name] as number;
      if (quantity !== 0) this.add(component, quantity, statedPrice(this.#price, this.#tier, component));
    }
  }

  add(component: PriceComponent, quantity: number, unitPricePicoUsd: bigint | undefined): void {
    if (!Number.isInteger(quantity) || quantity < 0 || quantity > MAX_COUNT) {
      this.#outOfRange = true;
      return;
    }
    if (unitPricePicoUsd === undefined) {
      this.#missing.push(component);
      return;
    }
    const units = BigInt(quantity);
    const perUnit = this.#markup?.perUnit?.[component] ?? 0n;
    const cost = units * unitPricePicoUsd;
    const scaledUnitPrice = unitPricePicoUsd * this.#factor;
    // An upper bound of what is rounded and added below, so that nothing there can leave 64 bits.
    if (!fitsAmount(cost) || !fitsAmount((units * scaledUnitPrice) / WHOLE + 1n + units * perUnit)) {
      this.#outOfRange = true;
      return;
    }
    const costPicoUsd = picoUsd(cost);
    const percentage =
      this.#factor === WHOLE ? costPicoUsd : multiplyRoundHalfUp(costPicoUsd, this.#factor, WHOLE);
    const chargePicoUsd = perUnit === 0n ? percentage : picoUsd(percentage + units * perUnit);
    const rated = { component, quantity, unitPricePicoUsd, costPicoUsd, chargePicoUsd };
    this.#components.push(
      scaledUnitPrice % WHOLE === 0n
        ? { ...rated, chargeUnitPricePicoUsd: scaledUnitPrice / WHOLE + perUnit }
        : rated,
    );
    this.#cost += costPicoUsd;
    this.#charge += chargePicoUsd;
  }

  result(): RatedUsage {
    if (this.#outOfRange || !fitsAmount(this.#cost) || !fitsAmount(this.#charge)) {
      return unknownCost('out-of-range', this.#price.id);
    }
    if (this.#missing.length > 0) return unknownCost('no-component-price', this.#price.id, this.#missing);
    return {
      kind: 'rated',
      priceVersionId: this.#price.id,
      tierAboveInputTokens: this.#tier?.aboveInputTokens ?? null,
      components: this.#components,
      costPicoUsd: picoUsd(this.#cost),
      chargePicoUsd: picoUsd(this.#charge),
    };
  }
}

const WHOLE = 10_000n;

function fitsAmount(amount: bigint): boolean {
  return amount === BigInt.asIntN(64, amount);
}

function markupFactor(basisPoints: number): bigint {
  if (basisPoints === 0) return WHOLE;
  if (!Number.isInteger(basisPoints) || basisPoints < -10_000) {
    throw new RangeError(
      `Cannot apply the markup: basis points must be an integer from -10000, got ${basisPoints}`,
    );
  }
  return WHOLE + BigInt(basisPoints);
}
