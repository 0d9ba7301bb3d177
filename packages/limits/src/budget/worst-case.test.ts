import {
  type CacheWrites,
  emptyUsage,
  type PriceComponent,
  type PriceVersion,
  rateUsage,
} from '@tollgate/catalog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affordableOutputCap, costBound, type RequestBounds, worstCase } from './worst-case.ts';

const PRICE: PriceVersion = {
  id: 'prc_test',
  layer: 'catalogue',
  organizationId: null,
  provider: 'simulator',
  model: 'sim-small',
  region: null,
  serviceTier: 'default',
  currency: 'USD',
  validFrom: new Date(0),
  components: { input: 250_000n, output: 1_000_000n },
  tiers: [],
  source: 'test',
  sourceDate: null,
};
const bounds = (change: Partial<RequestBounds> = {}): RequestBounds => ({
  inputTokensEstimate: 100,
  price: PRICE,
  markup: { basisPoints: 0 },
  owner: 'organization',
  ...change,
});
const price = (components: PriceVersion['components'], tiers: PriceVersion['tiers'] = []): PriceVersion => ({
  ...PRICE,
  components,
  tiers,
});

describe('worstCase()', () => {
  it.each([
    ['input and output at their prices', bounds(), 10, 35_000_000n],
    ['every choice', bounds({ choices: 3 }), 10, 55_000_000n],
    [
      'the dearer cache write',
      bounds({ price: price({ input: 4n, cacheWrite1h: 8n, output: 1n }) }),
      1,
      801n,
    ],
    [
      'no cache write where none can be',
      bounds({ cacheWrites: 'none', price: price({ input: 4n, cacheWrite5m: 5n, output: 1n }) }),
      1,
      401n,
    ],
    [
      'no hour of cache where none can be, stated or not',
      bounds({ cacheWrites: '5m', price: price({ input: 4n, cacheWrite5m: 5n, output: 1n }) }),
      1,
      501n,
    ],
    [
      'no hour of cache where none can be, however dear it is',
      bounds({
        cacheWrites: '5m',
        price: price({ input: 4n, cacheWrite5m: 5n, cacheWrite1h: 96n, output: 1n }),
      }),
      1,
      501n,
    ],
    [
      'the input where a cache write has no price',
      bounds({ cacheWrites: '5m', price: price({ input: 4n, output: 1n }) }),
      1,
      401n,
    ],
    [
      'reasoning dearer than output',
      bounds({ price: price({ input: 1n, output: 1n, reasoning: 5n }) }),
      10,
      150n,
    ],
    [
      'output that may be a picture',
      bounds({ price: price({ input: 1n, output: 2n, 'unit:image_output_token': 30n }) }),
      10,
      400n,
    ],
    [
      'audio where it can be',
      bounds({ audio: true, price: price({ input: 1n, audioInput: 9n, output: 1n, audioOutput: 7n }) }),
      10,
      970n,
    ],
    [
      'a tier that the input can reach',
      bounds({
        price: price({ input: 1n, output: 1n }, [
          { aboveInputTokens: 99, components: { input: 2n, output: 3n } },
        ]),
      }),
      10,
      230n,
    ],
    [
      'no tier at its threshold',
      bounds({
        price: price({ input: 1n, output: 1n }, [{ aboveInputTokens: 100, components: { input: 2n } }]),
      }),
      10,
      110n,
    ],
    [
      'a fee and units',
      bounds({
        price: price({ input: 1n, output: 0n, request: 7n, 'image:high': 50n }),
        units: { 'image:high': 2 },
      }),
      0,
      207n,
    ],
    ['an embedding, which writes nothing', bounds({ price: price({ input: 2n }) }), 0, 200n],
    [
      'the markup of a resold credential',
      bounds({ owner: 'operator', markup: { basisPoints: 2_000 } }),
      10,
      42_000_008n,
    ],
  ] as const)('[M3] holds %s', (_name, request, cap, expected) => {
    expect(worstCase(request, cap)).toEqual({ kind: 'bounded', amountPicoUsd: expected });
  });

  it.each([
    ['no price', bounds({ price: undefined }), 10, 'no-price'],
    ['no output cap', bounds(), null, 'no-output-cap'],
    ['a tool that nothing caps', bounds({ unbounded: true }), 10, 'unbounded-use'],
    ['a unit without a price', bounds({ units: { 'unit:web_search': 1 } }), 10, 'no-component-price'],
    ['input without a price', bounds({ price: price({ output: 1n }) }), 10, 'no-component-price'],
    ['output without a price', bounds({ price: price({ input: 1n }) }), 10, 'no-component-price'],
  ] as const)('[M3] does not guess with %s', (_name, request, cap, reason) => {
    expect(worstCase(request, cap)).toEqual({ kind: 'unbounded', reason });
  });

  const unit = fc.bigInt({ min: 0n, max: 100_000_000n });
  const anyBounds = fc.record({
    input: unit,
    output: unit,
    write: unit,
    reasoning: unit,
    tierInput: unit,
    tierAbove: fc.nat(2_000),
    estimate: fc.nat(4_000),
    basisPoints: fc.integer({ min: -10_000, max: 30_000 }),
    owner: fc.constantFrom('organization' as const, 'operator' as const),
    cap: fc.nat(10_000),
  });
  const toBounds = (any: AnyBounds): RequestBounds => ({
    inputTokensEstimate: any.estimate,
    price: price(
      {
        input: any.input,
        output: any.output,
        cacheWrite5m: any.write,
        cacheWrite1h: any.write,
        reasoning: any.reasoning,
      },
      [{ aboveInputTokens: any.tierAbove, components: { input: any.tierInput } }],
    ),
    markup: { basisPoints: any.basisPoints },
    owner: any.owner,
  });

  it('[M3] is never below what a request within its bounds costs', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(anyBounds, share, share, share, (any, a, b, c) => {
        const request = toBounds(any);
        const written = Math.floor(any.cap * c);
        const usage = {
          ...emptyUsage(),
          inputTokens: Math.floor(any.estimate * a * b),
          cachedInputTokens: Math.floor(any.estimate * a * (1 - b)),
          cacheWrite5mTokens: Math.floor(any.estimate * (1 - a) * b),
          cacheWrite1hTokens: Math.floor(any.estimate * (1 - a) * (1 - b)),
          outputTokens: written,
          reasoningTokens: any.cap - written,
        };
        const rated = rateUsage({ usage, price: request.price, markup: request.markup, owner: any.owner });
        const held = worstCase(request, any.cap);
        if (rated.kind !== 'rated' || held.kind !== 'bounded') throw new Error('must be rated and bounded');
        const counted = any.owner === 'operator' ? rated.chargePicoUsd : rated.costPicoUsd;
        expect(counted <= held.amountPicoUsd).toBe(true);
      }),
    );
  });

  it('[M3] is never below it, whatever the price has a word for, in tiers, units and amounts per unit', () => {
    fc.assert(
      fc.property(anyPriced, ({ request, usage, cap }) => {
        const held = worstCase(request, cap);
        const { price: asked, markup, owner } = request;
        const rated = rateUsage({ usage, price: asked, markup, owner });
        // What has no price is not sent, or counts at what was held.
        if (held.kind === 'unbounded' || rated.kind === 'unknown') return;
        const counted = owner === 'operator' ? rated.chargePicoUsd : rated.costPicoUsd;
        expect(counted <= held.amountPicoUsd).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  it('[M3] holds twice the input for an hour of cache that the price has no word for', () => {
    const request = bounds({ price: price({ input: 4n, cacheWrite5m: 5n, output: 1n }) });
    expect(worstCase(request, 1)).toEqual({ kind: 'bounded', amountPicoUsd: 801n });
  });

  it('[M3] affords the largest cap, and not one token more', () => {
    fc.assert(
      fc.property(anyBounds, fc.bigInt({ min: 0n, max: 10n ** 13n }), (any, available) => {
        const request = toBounds(any);
        const amount = (cap: number): bigint => {
          const held = worstCase(request, cap);
          if (held.kind !== 'bounded') throw new Error('must be bounded');
          return held.amountPicoUsd;
        };
        const cap = affordableOutputCap(costBound(request), available);
        if (cap === undefined) expect(amount(0) > available).toBe(true);
        else {
          expect(amount(cap) <= available).toBe(true);
          if (cap < Number.MAX_SAFE_INTEGER) expect(amount(cap + 1) > available).toBe(true);
        }
      }),
    );
  });
});

interface AnyBounds {
  input: bigint;
  output: bigint;
  write: bigint;
  reasoning: bigint;
  tierInput: bigint;
  tierAbove: number;
  estimate: number;
  basisPoints: number;
  owner: 'organization' | 'operator';
  cap: number;
}

const UNIT_NAMES = ['unit:web_search', 'image:high/1024x1024', 'unit:input_second'] as const;
const COMPONENTS = [
  ...['input', 'cachedInput', 'cacheWrite5m', 'cacheWrite1h', 'audioInput'],
  ...['output', 'reasoning', 'audioOutput', 'request', ...UNIT_NAMES],
] as readonly PriceComponent[];

/** Any of them may be missing. */
const anyComponents = fc
  .array(
    fc.option(fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 10n ** 9n })), {
      nil: undefined,
      freq: 4,
    }),
    { minLength: COMPONENTS.length, maxLength: COMPONENTS.length },
  )
  .map(
    (units) =>
      Object.fromEntries(
        COMPONENTS.flatMap((name, index) => (units[index] === undefined ? [] : [[name, units[index]]])),
      ) as PriceVersion['components'],
  );

/** A request, and usage of a provider that kept to its bounds: input, output per choice, units. */
const anyPriced = fc
  .record({
    components: anyComponents,
    tiers: fc.uniqueArray(fc.record({ above: fc.nat(3_000), components: anyComponents }), {
      maxLength: 3,
      selector: ({ above }) => above,
    }),
    perUnit: fc.option(anyComponents, { nil: undefined }),
    basisPoints: fc.integer({ min: -10_000, max: 30_000 }),
    owner: fc.constantFrom('organization' as const, 'operator' as const),
    audio: fc.boolean(),
    cacheWrites: fc.constantFrom<CacheWrites | undefined>('none', '5m', '1h', undefined),
    estimate: fc.nat(4_000),
    cap: fc.nat(2_000),
    choices: fc.integer({ min: 1, max: 4 }),
    bounds: fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }),
    shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
  })
  .map((any) => {
    const [searches, images, seconds] = any.bounds as [number, number, number];
    const shared = [...any.shares];
    /** Cuts a whole into parts that are no more than it. */
    const cut = (whole: number, parts: number): number[] => {
      let left = whole;
      return Array.from({ length: parts }, () => {
        const part = Math.min(left, Math.round(left * shared.shift()!));
        left -= part;
        return part;
      });
    };
    const [cached, write5m, write1h, audioInput, input] = cut(any.estimate, 5) as number[] as Five;
    const [reasoning, audioOutput, output] = cut(any.cap * any.choices, 3) as [number, number, number];
    const [searched] = cut(searches, 1) as [number];
    const request: RequestBounds = {
      inputTokensEstimate: any.estimate,
      price: price(
        any.components,
        any.tiers
          .map(({ above, components }) => ({ aboveInputTokens: above, components }))
          .sort((left, right) => left.aboveInputTokens - right.aboveInputTokens),
      ),
      markup: {
        basisPoints: any.basisPoints,
        ...(any.perUnit === undefined ? {} : { perUnit: any.perUnit }),
      },
      owner: any.owner,
      audio: any.audio,
      ...(any.cacheWrites === undefined ? {} : { cacheWrites: any.cacheWrites }),
      choices: any.choices,
      units: {
        'unit:web_search': searches,
        'image:high/1024x1024': images,
        'unit:input_second': seconds,
      },
    };
    return {
      request,
      cap: any.cap,
      usage: {
        inputTokens: input,
        cachedInputTokens: cached,
        cacheWrite5mTokens: any.cacheWrites === 'none' ? 0 : write5m,
        cacheWrite1hTokens: (any.cacheWrites ?? '1h') === '1h' ? write1h : 0,
        audioInputTokens: any.audio ? audioInput : 0,
        outputTokens: output,
        reasoningTokens: reasoning,
        audioOutputTokens: any.audio ? audioOutput : 0,
        images: { 'high/1024x1024': images },
        units: { web_search: searched, input_second: seconds },
      },
    };
  });
type Five = [number, number, number, number, number];
