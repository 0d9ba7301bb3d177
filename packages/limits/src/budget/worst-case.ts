/**
 * The most that a request can cost: what is held before it is sent.
 *
 * Pure. Everything the provider may do is assumed: the dearest way to bill the input (a cache write, a tier
 * above), every output token at the dearest kind, the markup rounded up. What cannot be bounded is said to be
 * `unbounded_cost` instead of guessed. Not here: counting the input, what became of it (catalog's rateUsage).
 */
import {
  type CacheWrites,
  type CountByName,
  type CredentialOwner,
  type Markup,
  type PriceComponent,
  type PriceTier,
  type PriceVersion,
  type TokenComponent,
  tokenUnitPrice,
} from '@tollgate/catalog';

/** What is known before the request is sent. */
export interface RequestBounds {
  /** An upper bound; unseen input (stored conversations, file URLs) counts as the context window. */
  readonly inputTokensEstimate: number;
  readonly price: PriceVersion | undefined;
  readonly markup: Markup;
  readonly owner: CredentialOwner;
  /** How often the output can be written: `n`, `best_of`. 1 unless told. */
  readonly choices?: number;
  /** Whether input or output may be audio. */
  readonly audio?: boolean;
  /** What the provider may write to its cache, which can be dearer than input. For an hour unless told. */
  readonly cacheWrites?: CacheWrites;
  /** The most of each image or unit, named as the price components are: `image:high/1024x1024`, `unit:web_search`. */
  readonly units?: CountByName;
  /** The request can use what nothing bounds: a server tool without a cap, for example. */
  readonly unbounded?: boolean;
}

export type UnboundedReason =
  | 'no-price'
  | 'no-component-price'
  | 'no-output-cap'
  | 'unbounded-use'
  /** The caller's finding: what the provider will read is not in the request, and the model has no known window. */
  | 'unseen-input';

export type WorstCase =
  | { readonly kind: 'bounded'; readonly amountPicoUsd: bigint }
  | { readonly kind: 'unbounded'; readonly reason: UnboundedReason };

/** What a request can cost as a function of its output cap: `fixed + perOutputToken x cap`, in scaled units. */
export type CostBound =
  | {
      readonly kind: 'linear';
      readonly fixed: bigint;
      /** Undefined: output has no price, so there must not be any (embeddings have a cap of 0). */
      readonly perOutputToken: bigint | undefined;
      /** Pico-USD by which rounding each component may exceed rounding the whole. */
      readonly parts: bigint;
    }
  | { readonly kind: 'unbounded'; readonly reason: UnboundedReason };

/** Hundredths of a percent: amounts are scaled by it until the end, so that markup rounds once, up. */
const WHOLE = 10_000n;
const INPUT_KINDS: Readonly<Record<CacheWrites, readonly TokenComponent[]>> = {
  none: ['input', 'cachedInput'],
  '5m': ['input', 'cachedInput', 'cacheWrite5m'],
  '1h': ['input', 'cachedInput', 'cacheWrite5m', 'cacheWrite1h'],
};
const unbounded = (reason: UnboundedReason): { kind: 'unbounded'; reason: UnboundedReason } => ({
  kind: 'unbounded',
  reason,
});

/** The part that does not depend on the output cap is computed once. */
export function costBound(bounds: RequestBounds): CostBound {
  const { price, inputTokensEstimate } = bounds;
  if (price === undefined) return unbounded('no-price');
  if (bounds.unbounded === true) return unbounded('unbounded-use');
  const rate = new Rate(bounds);
  const tiers = reachableTiers(price.tiers, inputTokensEstimate);
  const inputKinds = INPUT_KINDS[bounds.cacheWrites ?? '1h'];
  const input = rate.dearest(
    price,
    tiers,
    bounds.audio === true ? [...inputKinds, 'audioInput'] : inputKinds,
  );
  if (input === undefined && inputTokensEstimate > 0) return unbounded('no-component-price');
  let fixed = (input ?? 0n) * BigInt(inputTokensEstimate);

  fixed += rate.stated(price, tiers, 'request') ?? 0n;
  for (const [name, count] of Object.entries(bounds.units ?? {})) {
    if (count === 0) continue;
    const unit = rate.stated(price, tiers, name as PriceComponent);
    if (unit === undefined) return unbounded('no-component-price');
    fixed += unit * BigInt(count);
  }
  const written = rate.dearest(
    price,
    tiers,
    bounds.audio === true ? ['output', 'reasoning', 'audioOutput'] : ['output', 'reasoning'],
  );
  // Pictures are written under the same cap, at a price of their own.
  const picture = rate.stated(price, tiers, 'unit:image_output_token');
  const output = written !== undefined && picture !== undefined && picture > written ? picture : written;
  return {
    kind: 'linear',
    fixed,
    perOutputToken: output === undefined ? undefined : output * BigInt(bounds.choices ?? 1),
    // Each component of a resold request is rounded on its own, by at most one half.
    parts:
      bounds.owner === 'operator' && bounds.markup.basisPoints !== 0
        ? 8n + BigInt(Object.keys(bounds.units ?? {}).length)
        : 0n,
  };
}

/** A bound that is known already, as the sum of a batch's lines is. For requests with an output cap of 0. */
export function fixedBound(amountPicoUsd: bigint): CostBound {
  return { kind: 'linear', fixed: amountPicoUsd * WHOLE, perOutputToken: undefined, parts: 0n };
}

/** @param outputCap In tokens, per choice; null: none is known. */
export function worstCase(bounds: RequestBounds, outputCap: number | null): WorstCase {
  return worstCaseOf(costBound(bounds), outputCap);
}

export function worstCaseOf(bound: CostBound, outputCap: number | null): WorstCase {
  if (bound.kind === 'unbounded') return bound;
  if (bound.perOutputToken === undefined && outputCap !== 0) return unbounded('no-component-price');
  if (outputCap === null && bound.perOutputToken !== 0n) return unbounded('no-output-cap');
  const scaled = bound.fixed + (bound.perOutputToken ?? 0n) * BigInt(outputCap ?? 0);
  return { kind: 'bounded', amountPicoUsd: (scaled + WHOLE - 1n) / WHOLE + bound.parts };
}

/**
 * The largest output cap whose worst case is at most `availablePicoUsd`.
 *
 * @returns In tokens; undefined: not even the input is affordable, or nothing bounds the cost.
 */
export function affordableOutputCap(bound: CostBound, availablePicoUsd: bigint): number | undefined {
  if (bound.kind === 'unbounded') return undefined;
  const left = (availablePicoUsd - bound.parts) * WHOLE - bound.fixed;
  if (left < 0n) return undefined;
  if (bound.perOutputToken === undefined) return 0;
  if (bound.perOutputToken === 0n) return Number.MAX_SAFE_INTEGER;
  const cap = left / bound.perOutputToken;
  return cap > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(cap);
}

/** The base price, and every tier that up to this much input can reach. */
function reachableTiers(
  tiers: readonly PriceTier[],
  inputTokens: number,
): readonly (PriceTier | undefined)[] {
  return [undefined, ...tiers.filter((tier) => tier.aboveInputTokens < inputTokens)];
}

/**
 * What is held for a cache that lives an hour where the price has a word only for the usual one: twice the input, which
 * is the rule of those who have such a cache (Anthropic, Pricing). The cost of its use stays unknown.
 */
function assumedUnit(
  price: PriceVersion,
  tier: PriceTier | undefined,
  kind: TokenComponent,
): bigint | undefined {
  if (kind !== 'cacheWrite1h') return undefined;
  const input = tokenUnitPrice(price, tier, 'input');
  return input === undefined ? undefined : input * 2n;
}

/** Unit prices as budgets count them: the cost of an own credential, the charge of a resold one; times WHOLE. */
class Rate {
  readonly #markup: Markup | null;

  constructor({ owner, markup }: RequestBounds) {
    this.#markup = owner === 'operator' ? markup : null;
  }

  dearest(
    price: PriceVersion,
    tiers: readonly (PriceTier | undefined)[],
    kinds: readonly TokenComponent[],
  ): bigint | undefined {
    let dearest: bigint | undefined;
    for (const tier of tiers) {
      for (const kind of kinds) {
        const unit = tokenUnitPrice(price, tier, kind) ?? assumedUnit(price, tier, kind);
        if (unit === undefined) continue;
        const scaled = this.#scale(unit, kind);
        if (dearest === undefined || scaled > dearest) dearest = scaled;
      }
    }
    return dearest;
  }

  stated(
    price: PriceVersion,
    tiers: readonly (PriceTier | undefined)[],
    name: PriceComponent,
  ): bigint | undefined {
    let dearest: bigint | undefined;
    for (const tier of tiers) {
      const unit = tier?.components[name] ?? price.components[name];
      if (unit === undefined) continue;
      const scaled = this.#scale(unit, name);
      if (dearest === undefined || scaled > dearest) dearest = scaled;
    }
    return dearest;
  }

  #scale(unit: bigint, name: PriceComponent): bigint {
    if (this.#markup === null) return unit * WHOLE;
    return unit * (WHOLE + BigInt(this.#markup.basisPoints)) + (this.#markup.perUnit?.[name] ?? 0n) * WHOLE;
  }
}
