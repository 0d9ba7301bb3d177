import { resolveModel } from '@tollgate/routing/candidates';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexNames, type RoutingSupply, type SupplyingCredential } from './routing-supply.ts';

const NAMES = ['alpha', 'alpha-latest', 'beta', 'team/gamma', 'unlisted'];
const EVERYTHING = { models: null, providers: null };

const credentials = (owner: SupplyingCredential['owner']) =>
  fc
    .array(
      fc.record({
        provider: fc.constantFrom('openai', 'anthropic', 'nobody-knows'),
        models: fc.option(fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 })),
      }),
      { maxLength: 4 },
    )
    .map((found) =>
      found.map(
        ({ provider, models }, index): SupplyingCredential => ({
          ...{ id: `cred_${index}`, owner, provider, name: 'any', region: 'default', livemode: true },
          ...{ models: models && new Set(models), markupBasisPoints: 0, markupPerUnit: {} },
        }),
      ),
    );

const models: RoutingSupply['models'] = new Map(
  ['openai', 'anthropic'].map((provider) => [
    provider,
    new Map([
      ['alpha', { name: 'alpha' }],
      ['alpha-latest', { name: 'alpha' }],
      [provider === 'openai' ? 'beta' : 'team/gamma', { name: 'beta' }],
    ]),
  ]),
);

describe('indexNames()', () => {
  it('knows what is served, and by which own credential, as gateways resolve it', () => {
    const supplies = fc.record({ own: credentials('organization'), resold: credentials('operator') });
    const prefixes = fc.constantFrom('', 'openai/', 'anthropic/', 'nobody-knows/');
    fc.assert(
      fc.property(supplies, prefixes, fc.constantFrom(...NAMES), (found, prefix, bare) => {
        const supply: RoutingSupply = { ...found, models };
        const names = indexNames(supply);
        const name = `${prefix}${bare}`;
        const isServed = (by: RoutingSupply) => resolveModel(name, EVERYTHING, by).candidates.length > 0;
        expect(names.serves(name)).toBe(isServed(supply));
        if (isServed(supply)) expect(names.servesAnyCase(name.toUpperCase())).toBe(true);
        for (const own of supply.own) {
          expect(names.servedByOwn(own.id, name)).toBe(isServed({ own: [own], resold: [], models }));
        }
        expect(names.servedByOwn('cred_gone', name)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
