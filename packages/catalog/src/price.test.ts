import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPrice, aPrice } from './arbitraries.ts';
import { priceFromJson, priceToJson } from './price.ts';

describe('priceFromJson()', () => {
  it('[M7] reads back every version through JSON text', () => {
    fc.assert(
      fc.property(anyPrice, (price) => {
        expect(priceFromJson(JSON.parse(JSON.stringify(priceToJson(price))))).toEqual(price);
      }),
    );
  });

  const json = priceToJson(aPrice({ input: 1n }));

  it.each([
    ['a price as a number', { ...json, components: { input: 1 } }],
    ['a negative price', { ...json, components: { input: '-1' } }],
    ['a fraction of a pico-USD', { ...json, components: { input: '0.5' } }],
    ['a component nobody knows', { ...json, components: { tokens: '1' } }],
    ['an unnamed unit', { ...json, components: { 'unit:': '1' } }],
    ['tiers that do not ascend', { ...json, tiers: [tier(5), tier(5)] }],
    ['a contract of nobody', { ...json, layer: 'organization' }],
    ["one organization's catalogue", { ...json, organizationId: 'org_1' }],
    ['another currency', { ...json, currency: 'EUR' }],
    ['an end', { ...json, validTo: json.validFrom }],
  ])('refuses %s', (_, value) => {
    expect(() => priceFromJson(value)).toThrow();
  });
});

function tier(aboveInputTokens: number) {
  return { aboveInputTokens, components: { input: '1' } };
}
