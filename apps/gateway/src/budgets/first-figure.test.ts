/** Fifteen USD a month before an organization has shown that it can pay: what is usual is not refused for ever by it. */
import { type CatalogModel, loadPriceBook, NO_MARKUP, type PriceVersion } from '@tollgate/catalog';
import { worstCase } from '@tollgate/limits';
import { findProvider, usualCacheWrites } from '@tollgate/providers';
import { describe, expect, it } from 'vitest';

const USD = 1_000_000_000_000n;
const FIRST = 15n * USD;
const MAKERS = ['openai', 'anthropic', 'gemini', 'mistral', 'xai'];

const { models, prices } = loadPriceBook();
const standard = new Map(
  prices
    .filter(({ serviceTier, region }) => serviceTier === 'default' && region === null)
    .map((price) => [`${price.provider}/${price.model}`, price]),
);

interface Offer {
  readonly name: string;
  readonly model: CatalogModel;
  readonly price: PriceVersion;
}

const OFFERS: readonly Offer[] = models.flatMap((model) => {
  const name = `${model.provider}/${model.name}`;
  const price = standard.get(name);
  return MAKERS.includes(model.provider) && price !== undefined ? [{ name, model, price }] : [];
});

/** Those that a request of so much input and output is too dear at. */
function refused(
  offers: readonly Offer[],
  input: (model: CatalogModel) => number,
  outputCap: number,
  figure = FIRST,
): string[] {
  return offers
    .filter(({ model, price }) => {
      const bound = {
        price,
        markup: NO_MARKUP,
        owner: 'operator',
        inputTokensEstimate: input(model),
        cacheWrites: usualCacheWrites(findProvider(model.provider)!, model.name, 'openai-chat'),
      } as const;
      const worst = worstCase(bound, outputCap);
      return worst.kind === 'bounded' && worst.amountPicoUsd > figure;
    })
    .map(({ name }) => name)
    .toSorted();
}

const chats = OFFERS.filter(({ model }) => ['chat', 'responses'].includes(model.mode));

describe('the first figure', () => {
  it('fits a long text to every model of those who make them', () => {
    expect(chats.length).toBeGreaterThan(100);
    expect(refused(chats, () => 20_000, 8_000)).toEqual([]);
  });

  it('fits a picture, for which the whole window is held, but at the few whose window is dearer than anything usual', () => {
    const reading = chats.filter(({ model }) => model.contextWindow !== null);
    expect(reading.length).toBeGreaterThan(100);
    expect(refused(reading, ({ contextWindow }) => contextWindow!, 1_000)).toEqual([
      ...['openai/gpt-5.4-pro', 'openai/gpt-5.4-pro-2026-03-05', 'openai/gpt-5.5-pro'],
      ...['openai/gpt-5.5-pro-2026-04-23', 'openai/o1-pro', 'openai/o1-pro-2025-03-19'],
    ]);
  });

  it('would refuse it at models that are usual, if it were ten', () => {
    const reading = chats.filter(({ model }) => model.contextWindow !== null);
    const dear = refused(reading, ({ contextWindow }) => contextWindow!, 1_000, 10n * USD);
    expect(dear).toEqual(
      expect.arrayContaining(['anthropic/claude-fable-5', 'openai/gpt-5.5', 'openai/gpt-5.6']),
    );
  });
});
