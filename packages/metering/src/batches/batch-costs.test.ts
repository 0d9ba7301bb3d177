import { emptyUsage, type PriceVersion, rateUsage, type TokenUsage } from '@tollgate/catalog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRICE } from '../testing/frames.ts';
import { BatchCosts } from './batch-costs.ts';

const TIERED: PriceVersion = {
  ...PRICE,
  id: 'prc_tiered',
  components: { input: 3_000_000n, cachedInput: 300_000n, output: 15_000_000n, request: 7n },
  tiers: [{ aboveInputTokens: 100, components: { input: 6_000_000n, output: 22_500_000n } }],
};
const MODELS = [
  { model: 'small', priceVersionId: PRICE.id, price: PRICE },
  { model: 'tiered', priceVersionId: TIERED.id, price: TIERED },
];

const anyUsage: fc.Arbitrary<TokenUsage> = fc
  .record({ inputTokens: fc.nat(300), cachedInputTokens: fc.nat(300), outputTokens: fc.nat(1_000_000) })
  .map((tokens) => ({ ...emptyUsage(), ...tokens }));

describe('BatchCosts', () => {
  it('[M7] sums what each line costs on its own, and its components come to the same', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1), anyUsage)), (lines) => {
        const costs = new BatchCosts(MODELS);
        let expected = 0n;
        for (const [index, usage] of lines) {
          costs.add(index, usage);
          const rated = rateUsage({
            usage,
            price: MODELS[index]!.price,
            markup: { basisPoints: 0 },
            owner: 'organization',
          });
          if (rated.kind === 'unknown') throw new Error('every part has a price');
          expected += rated.costPicoUsd;
        }
        const total = costs.total();
        expect(total).toMatchObject({ costPicoUsd: expected, answeredLines: lines.length, unknownLines: 0 });
        const components = total.models.flatMap((each) => each.components);
        expect(components.reduce((sum, { costPicoUsd }) => sum + BigInt(costPicoUsd), 0n)).toBe(expected);
        const tokens = total.models.reduce((sum, { usage }) => sum + usage.outputTokens, 0);
        expect(tokens).toBe(lines.reduce((sum, [, usage]) => sum + usage.outputTokens, 0));
      }),
    );
  });

  it('[M7] counts lines whose cost nobody can tell, and never makes them cost nothing', () => {
    const costs = new BatchCosts([{ model: 'unpriced', priceVersionId: '', price: undefined }]);
    costs.add(0, { ...emptyUsage(), inputTokens: 1 });
    costs.add(0, undefined);
    costs.add(undefined, emptyUsage());
    expect(costs.total()).toMatchObject({ costPicoUsd: 0n, answeredLines: 3, unknownLines: 3 });
  });
});
