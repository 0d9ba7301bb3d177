/**
 * Attempts as the ledger keeps them, rated by the product's own rating at the shipped prices: 40 models that
 * between them state every price component, tier and service tier.
 */
import {
  emptyUsage,
  type PriceComponent,
  type PriceVersion,
  ratedComponentToJson,
  rateUsage,
  type TOKEN_COMPONENTS,
  type TokenUsage,
} from '@tollgate/catalog';
import type { SeededRandom } from './random.ts';

export const MODEL_COUNT = 40;
const MARKUP_BASIS_POINTS = 1_550;

/** The columns of `usage_entries` that depend on what was used at which price. */
export interface PricedAttempt {
  readonly model: string;
  readonly provider: string;
  readonly service_tier: string;
  readonly credential_owner: 'organization' | 'operator';
  readonly price_version_id: string;
  readonly markup_basis_points: number;
  readonly endpoint: string;
  readonly streamed: boolean;
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly cache_write5m_tokens: number;
  readonly cache_write1h_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly audio_input_tokens: number;
  readonly audio_output_tokens: number;
  readonly units: Readonly<Record<string, number>>;
  readonly components: readonly object[];
  /** Null: the model has no price. */
  readonly cost_pico_usd: string | null;
  readonly charge_pico_usd: string;
}

/** Prices whose components differ most, so that a few dozen models show every component there is. */
export function choosePrices(prices: readonly PriceVersion[], random: SeededRandom): PriceVersion[] {
  const usable = prices.filter(
    (price) =>
      (price.components.input !== undefined && price.components.output !== undefined) ||
      componentsOf(price).some((name) => name.includes(':') || name === 'request'),
  );
  const chosen = new Map<string, PriceVersion>();
  const seen = new Set<PriceComponent>();
  for (const price of usable) {
    if (chosen.size >= MODEL_COUNT / 2) break;
    if (componentsOf(price).every((name) => seen.has(name))) continue;
    for (const name of componentsOf(price)) seen.add(name);
    chosen.set(nameOf(price), price);
  }
  while (chosen.size < MODEL_COUNT) {
    const price = random.pick(usable);
    if (price.tiers.length > 0 || chosen.size % 2 === 0 || price.serviceTier !== 'default') {
      chosen.set(nameOf(price), price);
    }
  }
  return [...chosen.values()];
}

/** One attempt at this price; about one of a thousand at no price at all. */
export function makePricedAttempt(price: PriceVersion, random: SeededRandom): PricedAttempt {
  const owner = random.next() < 0.7 ? 'operator' : 'organization';
  const usage = usageFor(price, random);
  const basisPoints = owner === 'operator' ? MARKUP_BASIS_POINTS : 0;
  const isPriced = random.below(1_000) !== 0;
  const rated = rateUsage({ usage, price: isPriced ? price : undefined, markup: { basisPoints }, owner });
  const isRated = rated.kind === 'rated';
  return {
    model: isPriced ? price.model : `${price.model}-preview`,
    provider: price.provider,
    service_tier: price.serviceTier,
    credential_owner: owner,
    price_version_id: isPriced ? price.id : '',
    markup_basis_points: basisPoints,
    endpoint: random.pick(['chat', 'chat', 'chat', 'responses', 'messages']),
    streamed: random.next() < 0.5,
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    cache_write5m_tokens: usage.cacheWrite5mTokens,
    cache_write1h_tokens: usage.cacheWrite1hTokens,
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens,
    audio_input_tokens: usage.audioInputTokens,
    audio_output_tokens: usage.audioOutputTokens,
    units: { ...usage.units },
    components: isRated ? rated.components.map(ratedComponentToJson) : [],
    cost_pico_usd: isRated ? String(rated.costPicoUsd) : null,
    charge_pico_usd: isRated ? String(rated.chargePicoUsd) : '0',
  };
}

/** Only of what the price states, so that nothing becomes unknown by chance. */
function usageFor(price: PriceVersion, random: SeededRandom): TokenUsage {
  const has = (component: PriceComponent): boolean => price.components[component] !== undefined;
  const count = (component: (typeof TOKEN_COMPONENTS)[number], most: number): number =>
    has(component) && random.next() < 0.6 ? random.skewedBelow(most) : 0;
  const named = (prefix: string): Record<string, number> =>
    Object.fromEntries(
      componentsOf(price)
        .filter((name) => name.startsWith(prefix))
        .slice(0, 3)
        .map((name) => [name.slice(prefix.length), 1 + random.below(4)]),
    );
  return {
    ...emptyUsage(),
    inputTokens: has('input') ? 1 + random.skewedBelow(price.tiers.length > 0 ? 400_000 : 20_000) : 0,
    cachedInputTokens: count('cachedInput', 30_000),
    cacheWrite5mTokens: count('cacheWrite5m', 8_000),
    cacheWrite1hTokens: count('cacheWrite1h', 8_000),
    outputTokens: has('output') ? 1 + random.skewedBelow(4_000) : 0,
    reasoningTokens: has('output') && random.next() < 0.2 ? random.skewedBelow(6_000) : 0,
    audioInputTokens: count('audioInput', 4_000),
    audioOutputTokens: count('audioOutput', 2_000),
    images: named('image:'),
    units: named('unit:'),
  };
}

function componentsOf(price: PriceVersion): PriceComponent[] {
  return Object.keys(price.components) as PriceComponent[];
}

function nameOf(price: PriceVersion): string {
  return `${price.provider}/${price.model}/${price.serviceTier}`;
}
