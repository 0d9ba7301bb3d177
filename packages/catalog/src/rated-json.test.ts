import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPrice, anyUsage } from './arbitraries.ts';
import { rateUsage } from './rate.ts';
import { ratedComponentFromJson, ratedComponentToJson } from './rated-json.ts';

describe('ratedComponentFromJson()', () => {
  it('[M4] reads back exactly what was rated, through JSON text', () => {
    fc.assert(
      fc.property(
        anyUsage,
        anyPrice,
        fc.integer({ min: -10_000, max: 20_000 }),
        (usage, price, basisPoints) => {
          const rated = rateUsage({ usage, price, markup: { basisPoints }, owner: 'operator' });
          if (rated.kind !== 'rated') return;
          for (const component of rated.components) {
            const text = JSON.stringify(ratedComponentToJson(component));
            expect(ratedComponentFromJson(JSON.parse(text))).toEqual(component);
          }
        },
      ),
    );
  });

  const valid = {
    component: 'input',
    quantity: 2,
    unitPricePicoUsd: '3',
    costPicoUsd: '6',
    chargePicoUsd: '6',
  };

  it.each([
    ['an amount as a number', { ...valid, costPicoUsd: 6 }],
    ['a decimal amount', { ...valid, costPicoUsd: '6.0' }],
    ['an amount beyond 64 bits', { ...valid, costPicoUsd: '9223372036854775808' }],
    ['a component nobody knows', { ...valid, component: 'tokens' }],
    ['a fraction of a token', { ...valid, quantity: 0.5 }],
    ['a member nobody knows', { ...valid, note: '' }],
  ])('[M4] refuses %s', (_, value) => {
    expect(() => ratedComponentFromJson(value)).toThrow();
  });
});
