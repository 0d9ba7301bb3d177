import { isId } from '@tollgate/ids';
import { describe, expect, it } from 'vitest';
import { loadPriceBook } from './price-book.ts';
import { PriceIndex, type PriceQuery } from './price-index.ts';
import { NO_MARKUP, rateUsage } from './rate.ts';
import { emptyUsage, type TokenUsage } from './usage.ts';

const book = loadPriceBook();
const index = new PriceIndex(book.prices);

function costOf(model: string, usage: Partial<TokenUsage>, query: Partial<PriceQuery> = {}): bigint {
  const price = index.find({
    organizationId: null,
    provider: 'anthropic',
    model,
    region: null,
    serviceTier: 'default',
    at: new Date('2026-11-21T00:00:00Z'),
    ...query,
  });
  const rated = rateUsage({
    usage: { ...emptyUsage(), ...usage },
    price,
    markup: NO_MARKUP,
    owner: 'operator',
  });
  if (rated.kind !== 'rated') throw new Error(`no cost for ${model}: ${rated.reason}`);
  return rated.costPicoUsd;
}

describe('the shipped price book', () => {
  it('has one version per key and day, ids that are unique, of the usual form and the same everywhere', () => {
    const keys = book.prices.map((price) =>
      [price.provider, price.model, price.region, price.serviceTier, price.validFrom.getTime()].join('\0'),
    );
    expect(new Set(keys).size).toBe(book.prices.length);
    expect(new Set(book.prices.map((price) => price.id)).size).toBe(book.prices.length);
    expect(new Set(book.models.map((model) => model.id)).size).toBe(book.models.length);
    expect(book.prices.every((price) => isId('priceVersion', price.id))).toBe(true);
    expect(book.models.every((model) => isId('model', model.id))).toBe(true);
    expect(book.prices.find((price) => price.model === 'sim-small')?.id).toMatchInlineSnapshot(
      `"prc_1CWfg49SfPMRM3JaBdZdXn"`,
    );
  });

  it('names source and day of every price, and a model for each', () => {
    const models = new Set(book.models.map((model) => `${model.provider}\0${model.name}`));
    for (const price of book.prices) {
      expect(price.source).not.toBe('');
      expect(price.sourceDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(models.has(`${price.provider}\0${price.model}`), price.model).toBe(true);
    }
  });

  it('[M7] has no tier that is cheaper than the one before, where the source does not say so', () => {
    const cheaper = book.prices.filter((price) =>
      price.tiers.some((tier, i) => {
        const before = price.tiers[i - 1]?.components.input ?? price.components.input ?? 0n;
        return (tier.components.input ?? before) < before;
      }),
    );
    expect(cheaper.map((price) => `${price.provider} ${price.model}`)).toEqual([]);
  });

  it('prices the simulator as the quick start says', () => {
    const usage = { inputTokens: 1_000_000, cachedInputTokens: 1_000_000, outputTokens: 1_000_000 };
    expect(costOf('sim-small', usage, { provider: 'simulator' })).toBe(2_275_000_000_000n);
    expect(costOf('sim-large', usage, { provider: 'simulator' })).toBe(22_750_000_000_000n);
    expect(costOf('sim-small', usage, { provider: 'simulator', at: new Date('2026-01-01') })).toBe(
      2_275_000_000_000n,
    );
  });
});

describe('[M7] published examples cost what the lists say', () => {
  const M = 1_000_000;
  const usd = (text: string) => BigInt(text.replace('.', '').padEnd(text.indexOf('.') + 12, '0'));

  it.each<[string, bigint, bigint]>([
    [
      'a promotion before its end',
      costOf('claude-sonnet-5', { inputTokens: M }, { at: new Date('2026-08-31T23:59:59.999Z') }),
      usd('2.0'),
    ],
    [
      'its list price after',
      costOf('claude-sonnet-5', { inputTokens: M }, { at: new Date('2026-09-01') }),
      usd('3.0'),
    ],
    ['an hour of cache after', costOf('claude-sonnet-5', { cacheWrite1hTokens: M }), usd('6.0')],
    ['a batch after', costOf('claude-sonnet-5', { outputTokens: M }, { serviceTier: 'batch' }), usd('7.5')],
    ['inference kept in the US', costOf('claude-sonnet-5', { inputTokens: M }, { region: 'us' }), usd('3.3')],
    ['inference anywhere else', costOf('claude-sonnet-5', { inputTokens: M }, { region: 'eu' }), usd('3.0')],
    ['fast mode', costOf('claude-opus-4-6', { outputTokens: M }, { serviceTier: 'fast' }), usd('150.0')],
    ['a long prompt', costOf('claude-sonnet-4-20250514', { inputTokens: M }), usd('6.0')],
    [
      'an hour of cache in a long prompt',
      costOf('claude-sonnet-4-20250514', { cacheWrite1hTokens: M }),
      usd('12.0'),
    ],
    [
      '5 minutes of cache in a batch',
      costOf('claude-sonnet-5', { cacheWrite5mTokens: M }, { serviceTier: 'batch' }),
      usd('1.875'),
    ],
    [
      'priority',
      costOf('gpt-5.4', { inputTokens: 100_000 }, { provider: 'openai', serviceTier: 'priority' }),
      usd('0.5'),
    ],
    ['a web search', costOf('claude-sonnet-5', { units: { web_search: 1 } }), usd('0.01')],
    [
      'an image by size',
      costOf('dall-e-3', { images: { 'hd/1024x1792': 1 } }, { provider: 'openai' }),
      usd('0.12'),
    ],
  ])('%s', (_, cost, expected) => {
    expect(cost).toBe(expected);
  });
});
