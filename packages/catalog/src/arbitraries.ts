/** Random usage and prices for property tests of this package. Not exported. */
import fc from 'fast-check';
import { type PriceComponent, type PriceVersion, TOKEN_COMPONENTS } from './price.ts';
import { MAX_COUNT, type TokenUsage } from './usage.ts';

const tokens = fc.oneof(fc.constant(0), fc.nat({ max: 2_000_000 }), fc.nat({ max: MAX_COUNT }));
const unitPrice = fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 600_000_000n }));
const countName = fc.constantFrom('web_search', 'input_second', 'high/1024x1024', 'page');
const counts = fc.dictionary(countName, fc.nat({ max: 1000 }), { noNullPrototype: true });

export const anyUsage: fc.Arbitrary<TokenUsage> = fc.record(
  {
    inputTokens: tokens,
    cachedInputTokens: tokens,
    cacheWrite5mTokens: tokens,
    cacheWrite1hTokens: tokens,
    outputTokens: tokens,
    reasoningTokens: tokens,
    audioInputTokens: tokens,
    audioOutputTokens: tokens,
    images: counts,
    units: counts,
  },
  {
    requiredKeys: [
      'inputTokens',
      'cachedInputTokens',
      'cacheWrite5mTokens',
      'cacheWrite1hTokens',
      'outputTokens',
      'reasoningTokens',
      'audioInputTokens',
      'audioOutputTokens',
    ],
  },
) as fc.Arbitrary<TokenUsage>;

const otherComponents = ['request', 'web_search', 'input_second', 'high/1024x1024', 'page'].flatMap(
  (name): PriceComponent[] => (name === 'request' ? ['request'] : [`unit:${name}`, `image:${name}`]),
);

/** States every component, so that nothing is unknown. */
export const fullComponents = fc
  .tuple(...[...TOKEN_COMPONENTS, ...otherComponents].map((name) => unitPrice.map((price) => [name, price])))
  .map((entries) => Object.fromEntries(entries) as PriceVersion['components']);

/** States some components: others fall back or are unknown. */
export const someComponents = fullComponents.chain((components) =>
  fc
    .subarray(Object.entries(components))
    .map((kept) => Object.fromEntries(kept) as PriceVersion['components']),
);

export function aPrice(
  components: PriceVersion['components'],
  more: Partial<PriceVersion> = {},
): PriceVersion {
  return {
    id: 'prc_test',
    layer: 'catalogue',
    organizationId: null,
    provider: 'simulator',
    model: 'sim-small',
    region: null,
    serviceTier: 'default',
    currency: 'USD',
    validFrom: new Date('2026-01-01T00:00:00Z'),
    components,
    tiers: [],
    source: 'test',
    sourceDate: '2026-01-01',
    ...more,
  };
}

const tiers = fc
  .uniqueArray(fc.nat({ max: 3_000_000 }), { maxLength: 4 })
  .chain((bounds) =>
    fc.tuple(
      ...bounds
        .toSorted((a, b) => a - b)
        .map((aboveInputTokens) => someComponents.map((components) => ({ aboveInputTokens, components }))),
    ),
  );

export const fullPrice = fc
  .tuple(fullComponents, tiers)
  .map(([components, list]) => aPrice(components, { tiers: list }));
export const anyPrice = fc
  .tuple(someComponents, tiers)
  .map(([components, list]) => aPrice(components, { tiers: list }));
