import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPrice, anyUsage, aPrice, fullPrice } from './arbitraries.ts';
import { type PriceComponent, type PriceVersion, TOKEN_COMPONENTS, USAGE_FIELD } from './price.ts';
import { findTier, type Markup, NO_MARKUP, type RatedUsage, rateUsage } from './rate.ts';
import { emptyUsage, type TokenUsage, totalInputTokens } from './usage.ts';

type Rated = RatedUsage & { kind: 'rated' };

function rate(usage: Partial<TokenUsage>, price: PriceVersion, markup: Markup = NO_MARKUP): RatedUsage {
  return rateUsage({ usage: { ...emptyUsage(), ...usage }, price, markup, owner: 'operator' });
}

function mustRate(usage: Partial<TokenUsage>, price: PriceVersion, markup?: Markup): Rated {
  const rated = rate(usage, price, markup);
  if (rated.kind !== 'rated') throw new Error(`expected a cost, got ${rated.reason}`);
  return rated;
}

const anyMarkup: fc.Arbitrary<Markup> = fc.record({
  basisPoints: fc.integer({ min: -10_000, max: 50_000 }),
  perUnit: fc.dictionary(
    fc.constantFrom<PriceComponent>('input', 'output', 'request', 'unit:page'),
    fc.bigInt({ min: 0n, max: 1_000_000n }),
    { noNullPrototype: true },
  ),
});

describe('rateUsage()', () => {
  it('[M7] costs the exact sum of quantity x unit price, for every usage and price that states it all', () => {
    fc.assert(
      fc.property(anyUsage, fullPrice, (usage, price) => {
        const rated = mustRate(usage, price);
        const prices = { ...price.components, ...findTier(price.tiers, totalInputTokens(usage))?.components };
        let exact = prices.request as bigint;
        for (const name of TOKEN_COMPONENTS)
          exact += BigInt(usage[USAGE_FIELD[name]]) * (prices[name] as bigint);
        for (const [name, n] of Object.entries(usage.images ?? {}))
          exact += BigInt(n) * prices[`image:${name}`]!;
        for (const [name, n] of Object.entries(usage.units ?? {}))
          exact += BigInt(n) * prices[`unit:${name}`]!;
        expect(rated.costPicoUsd).toBe(exact);
        expect(rated.chargePicoUsd).toBe(exact);
      }),
    );
  });

  it('[M5] [M7] totals are the sums of the components, and each component is quantity x unit price', () => {
    fc.assert(
      fc.property(anyUsage, anyPrice, anyMarkup, (usage, price, markup) => {
        const rated = rate(usage, price, markup);
        if (rated.kind !== 'rated') return;
        let [cost, charge] = [0n, 0n];
        for (const part of rated.components) {
          expect(part.costPicoUsd).toBe(BigInt(part.quantity) * part.unitPricePicoUsd);
          if (part.chargeUnitPricePicoUsd !== undefined) {
            expect(part.chargePicoUsd).toBe(BigInt(part.quantity) * part.chargeUnitPricePicoUsd);
          }
          cost += part.costPicoUsd;
          charge += part.chargePicoUsd;
        }
        expect([rated.costPicoUsd, rated.chargePicoUsd]).toEqual([cost, charge]);
      }),
    );
  });

  it('[M7] is additive: two requests cost what one with the sum of their tokens does, within one tier', () => {
    fc.assert(
      fc.property(anyUsage, anyUsage, fullPrice, (left, right, full) => {
        const price = { ...full, tiers: [], components: { ...full.components, request: 0n } };
        const sum: Record<string, number> = {};
        for (const field of Object.values(USAGE_FIELD))
          sum[field] = Math.floor((left[field] + right[field]) / 2);
        const rest: Record<string, number> = {};
        for (const field of Object.values(USAGE_FIELD))
          rest[field] = left[field] + right[field] - sum[field]!;
        const tokensOf = ({ images: _, units: __, ...tokens }: TokenUsage) => tokens;
        const together = mustRate(sum, price).costPicoUsd + mustRate(rest, price).costPicoUsd;
        const apart =
          mustRate(tokensOf(left), price).costPicoUsd + mustRate(tokensOf(right), price).costPicoUsd;
        expect(together).toBe(apart);
      }),
    );
  });

  it('[M7] never costs less for one more token of any kind, where no tier is cheaper than the one before', () => {
    const field = fc.constantFrom(...Object.values(USAGE_FIELD));
    fc.assert(
      fc.property(anyUsage, fullPrice, field, (usage, full, kind) => {
        fc.pre(usage[kind] < 1_000_000_000);
        const rising = full.tiers.map((tier, index) => ({
          ...tier,
          components: Object.fromEntries(
            Object.entries(full.components).map(([name, unitPrice]) => [
              name,
              (unitPrice ?? 0n) * BigInt(index + 2),
            ]),
          ),
        }));
        const price = { ...full, tiers: rising };
        const before = mustRate(usage, price).costPicoUsd;
        expect(mustRate({ ...usage, [kind]: usage[kind] + 1 }, price).costPicoUsd >= before).toBe(true);
      }),
    );
  });

  it('[M7] gives the same components in the same order, whatever order the names were counted in', () => {
    const price = aPrice({ 'unit:a': 1n, 'unit:b': 2n, 'image:x': 3n });
    const one = mustRate({ units: { a: 1, b: 1 }, images: { x: 1 } }, price);
    const other = mustRate({ images: { x: 1 }, units: { b: 1, a: 1 } }, price);
    expect(other).toEqual(one);
    expect(one.components.map((part) => part.component)).toEqual(['image:x', 'unit:a', 'unit:b']);
  });
});

describe('tiers', () => {
  const price = aPrice(
    { input: 3n, cachedInput: 1n, output: 15n, reasoning: 20n },
    {
      tiers: [
        { aboveInputTokens: 200_000, components: { input: 6n, output: 30n } },
        {
          aboveInputTokens: 500_000,
          components: { input: 12n, cachedInput: 2n, output: 60n, reasoning: 80n },
        },
      ],
    },
  );

  it.each([
    [199_999, 3n, 15n, null],
    [200_000, 3n, 15n, null],
    [200_001, 6n, 30n, 200_000],
    [499_999, 6n, 30n, 200_000],
    [500_000, 6n, 30n, 200_000],
    [500_001, 12n, 60n, 500_000],
  ])('[M7] price the whole request of %i input tokens at %s and %s', (inputTokens, input, output, tier) => {
    const rated = mustRate({ inputTokens, outputTokens: 10 }, price);
    expect(rated.costPicoUsd).toBe(BigInt(inputTokens) * input + 10n * output);
    expect(rated.tierAboveInputTokens).toBe(tier);
  });

  it('[M7] count cached, written and audio input towards the threshold', () => {
    const kinds = [
      'inputTokens',
      'cachedInputTokens',
      'cacheWrite5mTokens',
      'cacheWrite1hTokens',
      'audioInputTokens',
    ];
    for (const kind of kinds) {
      expect(mustRate({ inputTokens: 200_000, [kind]: 200_001 }, price).tierAboveInputTokens).toBe(200_000);
    }
    expect(mustRate({ inputTokens: 200_000, outputTokens: 900_000 }, price).tierAboveInputTokens).toBeNull();
  });

  it('[M7] keep the base price of what they do not name', () => {
    const rated = mustRate({ inputTokens: 200_001, cachedInputTokens: 10, reasoningTokens: 10 }, price);
    expect(rated.costPicoUsd).toBe(200_001n * 6n + 10n * 1n + 10n * 20n);
  });
});

describe('a component without a price', () => {
  it.each<[keyof TokenUsage, PriceVersion['components'], bigint]>([
    ['cachedInputTokens', { input: 7n, output: 9n }, 7n],
    ['cachedInputTokens', { input: 7n, cachedInput: 0n }, 0n],
    ['cacheWrite5mTokens', { input: 7n, output: 9n }, 7n],
    ['cacheWrite1hTokens', { input: 7n, output: 9n }, 7n],
    ['cacheWrite1hTokens', { input: 7n, cacheWrite5m: 8n, cacheWrite1h: 14n }, 14n],
    ['audioInputTokens', { input: 7n, output: 9n }, 7n],
    ['audioOutputTokens', { input: 7n, output: 9n }, 9n],
    ['reasoningTokens', { input: 7n, output: 9n }, 9n],
    ['reasoningTokens', { input: 7n, output: 9n, reasoning: 4n }, 4n],
  ])('[M7] %s with %o costs %s', (kind, components, unitPrice) => {
    expect(mustRate({ [kind]: 10 }, aPrice(components)).costPicoUsd).toBe(10n * unitPrice);
  });

  it.each<[Partial<TokenUsage>, PriceVersion['components'], PriceComponent[]]>([
    [{ inputTokens: 1 }, { output: 1n }, ['input']],
    [{ outputTokens: 1, inputTokens: 1 }, { input: 1n }, ['output']],
    [{ cacheWrite1hTokens: 1 }, { input: 1n, cacheWrite5m: 2n }, ['cacheWrite1h']],
    [{ inputTokens: 1, units: { web_search: 1 } }, { input: 1n }, ['unit:web_search']],
    [{ images: { 'hd/1x1': 2 } }, { 'image:sd/1x1': 1n }, ['image:hd/1x1']],
  ])('[M7] makes the whole cost unknown: %o with %o', (usage, components, missing) => {
    const rated = rate(usage, aPrice(components));
    expect(rated).toEqual({
      kind: 'unknown',
      reason: 'no-component-price',
      priceVersionId: 'prc_test',
      missing,
    });
  });

  it('does not matter while it is not used', () => {
    expect(mustRate({ inputTokens: 5, units: { web_search: 0 } }, aPrice({ input: 2n })).costPicoUsd).toBe(
      10n,
    );
  });
});

describe('a request that cannot be rated', () => {
  it('is unknown without a price', () => {
    const rated = rateUsage({ usage: emptyUsage(), price: undefined, markup: NO_MARKUP, owner: 'operator' });
    expect(rated).toEqual({ kind: 'unknown', reason: 'no-price', priceVersionId: null, missing: [] });
  });

  it.each([1_000_000_001, -1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER])(
    'is unknown with %s tokens',
    (outputTokens) => {
      expect(rate({ outputTokens }, aPrice({ input: 1n, output: 1n }))).toMatchObject({
        reason: 'out-of-range',
      });
    },
  );
});

describe('an amount that leaves 64 bits', () => {
  it.each<[string, PriceVersion['components'], Markup]>([
    ['in one component', { input: 999_999_999_999_999n }, NO_MARKUP],
    ['by its markup', { input: 9_000_000_000n }, { basisPoints: 20_000 }],
    [
      'by its amount per unit',
      { input: 9_000_000_000n },
      { basisPoints: 0, perUnit: { input: 9_000_000_000n } },
    ],
    ['in the total', { input: 9_000_000_000n, output: 9_000_000_000n }, NO_MARKUP],
  ])('[M4] is unknown instead of wrapped or thrown on the hot path: %s', (_, components, markup) => {
    const usage = { inputTokens: 1_000_000_000, outputTokens: 'output' in components ? 1_000_000_000 : 0 };
    expect(rate(usage, aPrice(components), markup)).toMatchObject({
      kind: 'unknown',
      reason: 'out-of-range',
    });
  });
});

describe('charge', () => {
  it('[M5] is 0 for the own credential of the organization, whatever the markup', () => {
    fc.assert(
      fc.property(anyUsage, fullPrice, anyMarkup, (usage, price, markup) => {
        const rated = rateUsage({ usage, price, markup, owner: 'organization' });
        expect(rated).toMatchObject({ kind: 'rated', chargePicoUsd: 0n });
        const resold = rateUsage({ usage, price, markup: NO_MARKUP, owner: 'operator' });
        expect((rated as Rated).costPicoUsd).toBe((resold as Rated).costPicoUsd);
      }),
    );
  });

  it('[M4] is cost plus the percentage, rounded half-up once per component', () => {
    const rated = mustRate({ inputTokens: 1, outputTokens: 1 }, aPrice({ input: 5n, output: 7n }), {
      basisPoints: 1000,
    });
    // 5.5 and 7.7
    expect(rated.components.map((part) => part.chargePicoUsd)).toEqual([6n, 8n]);
    expect(rated.chargePicoUsd).toBe(14n);
    expect(rated.components[0]).not.toHaveProperty('chargeUnitPricePicoUsd');
  });

  it('[M4] has a unit price where that is exact', () => {
    const rated = mustRate({ inputTokens: 3 }, aPrice({ input: 2_500_000n }), { basisPoints: 1550 });
    expect(rated.components[0]).toMatchObject({
      chargeUnitPricePicoUsd: 2_887_500n,
      chargePicoUsd: 8_662_500n,
    });
  });

  it('adds the amount per unit after the percentage', () => {
    const markup: Markup = { basisPoints: 5000, perUnit: { input: 3n } };
    expect(mustRate({ inputTokens: 10 }, aPrice({ input: 2n }), markup).chargePicoUsd).toBe(60n);
    const flat: Markup = { basisPoints: 0, perUnit: { input: 3n } };
    expect(mustRate({ inputTokens: 10 }, aPrice({ input: 2n }), flat).chargePicoUsd).toBe(50n);
  });

  it('can be a discount down to nothing, and no further', () => {
    const price = aPrice({ input: 2n });
    expect(mustRate({ inputTokens: 10 }, price, { basisPoints: -10_000 }).chargePicoUsd).toBe(0n);
    expect(() => rate({ inputTokens: 1 }, price, { basisPoints: -10_001 })).toThrow(RangeError);
    expect(() => rate({ inputTokens: 1 }, price, { basisPoints: 0.5 })).toThrow(RangeError);
  });

  it('adds a fee per request once', () => {
    const rated = mustRate({ inputTokens: 2 }, aPrice({ input: 1n, request: 100n }));
    expect(rated.costPicoUsd).toBe(102n);
    expect(rated.components.at(-1)).toMatchObject({ component: 'request', quantity: 1 });
  });
});
