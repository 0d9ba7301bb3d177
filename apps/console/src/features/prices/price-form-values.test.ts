import type { ListedPrice } from '@tollgate/api';
import { describe, expect, it } from 'vitest';
import { emptyTier, isOtherName, isTierStated, newPriceValues, toNewPrice } from './price-form-values.ts';

const perMillion = (usdPerMillion: string) => ({ usdPerMillion, usdPerUnit: '0.000001' });
const perUnit = (usdPerUnit: string) => ({ usdPerMillion: null, usdPerUnit });

const PRICE = {
  region: 'eu',
  serviceTier: 'batch',
  components: {
    input: perMillion('1.25'),
    output: perMillion('10'),
    request: perUnit('0.005'),
    'image:high/1024x1024': perUnit('0.167'),
    'unit:web_search': perUnit('0.01'),
  },
  tiers: [
    {
      aboveInputTokens: 200_000,
      components: { input: perMillion('2.5'), audioInput: perMillion('3'), 'unit:page': perUnit('0.02') },
    },
  ],
} as unknown as ListedPrice;

describe('a price form', () => {
  it.each(['en', 'de'])(
    '[M7] states again all that a price has, whatever it is priced by, in %s',
    (locale) => {
      const values = newPriceValues({ provider: 'openai', model: 'gpt-5', price: PRICE }, 'own', locale);
      expect(toNewPrice(values, locale)).toEqual({
        provider: 'openai',
        model: 'gpt-5',
        region: 'eu',
        serviceTier: 'batch',
        source: '',
        components: {
          input: { usdPerMillion: '1.25' },
          output: { usdPerMillion: '10' },
          request: { usdPerUnit: '0.005' },
          'image:high/1024x1024': { usdPerUnit: '0.167' },
          'unit:web_search': { usdPerUnit: '0.01' },
        },
        tiers: [
          {
            aboveInputTokens: 200_000,
            components: {
              input: { usdPerMillion: '2.5' },
              audioInput: { usdPerMillion: '3' },
              'unit:page': { usdPerUnit: '0.02' },
            },
          },
        ],
      });
    },
  );

  it('states tiers, images and units of a model that has no price yet', () => {
    const values = newPriceValues({ provider: 'acme', model: 'own' }, 'own', 'en');
    values.input = '1';
    values.others.push({ name: ' unit:web_search ', amount: '0.01' });
    values.tiers.push({ ...emptyTier(), aboveInputTokens: '128,000', output: '4' });
    expect(toNewPrice(values, 'en')).toMatchObject({
      serviceTier: 'default',
      components: { input: { usdPerMillion: '1' }, 'unit:web_search': { usdPerUnit: '0.01' } },
      tiers: [{ aboveInputTokens: 128_000, components: { output: { usdPerMillion: '4' } } }],
    });
  });

  it('knows names that the API takes, and a tier without a price', () => {
    expect(['image:high/1024x1024', 'unit:page'].every(isOtherName)).toBe(true);
    expect(['page', 'unit:', 'image:A B', 'input'].some(isOtherName)).toBe(false);
    expect(isTierStated(emptyTier())).toBe(false);
    expect(isTierStated({ ...emptyTier(), output: '1' })).toBe(true);
  });
});
