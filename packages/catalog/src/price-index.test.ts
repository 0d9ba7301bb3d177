import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aPrice } from './arbitraries.ts';
import type { PriceVersion } from './price.ts';
import { PriceIndex, type PriceQuery, selectPrice } from './price-index.ts';

const JULY = new Date('2026-07-01T00:00:00Z');
const QUERY: PriceQuery = {
  organizationId: 'org_a',
  provider: 'simulator',
  model: 'sim-small',
  region: 'eu',
  serviceTier: 'default',
  at: JULY,
};

function version(id: string, more: Partial<PriceVersion> = {}): PriceVersion {
  return aPrice({ input: 1n }, { id, ...more });
}

describe('selectPrice()', () => {
  const from = (iso: string) => ({ validFrom: new Date(iso) });
  const contract = { layer: 'organization', organizationId: 'org_a' } as const;

  it.each<[string, PriceVersion[], Partial<PriceQuery>, string | undefined]>([
    [
      'the newest that has begun',
      [version('old'), version('new', from('2026-06-01')), version('next', from('2026-07-02'))],
      {},
      'new',
    ],
    [
      'one from its first instant',
      [version('old'), version('new', from('2026-07-01T00:00:00.000Z'))],
      {},
      'new',
    ],
    [
      'the one before until then',
      [version('old'), version('new', from('2026-07-01T00:00:00.001Z'))],
      {},
      'old',
    ],
    ['none before the first', [version('first', from('2026-08-01'))], {}, undefined],
    [
      'the operator over a newer catalogue',
      [version('own', { layer: 'operator' }), version('cat', from('2026-06-01'))],
      {},
      'own',
    ],
    [
      'a contract over the operator',
      [version('own', { layer: 'operator' }), version('contract', contract)],
      {},
      'contract',
    ],
    [
      "no other organization's contract",
      [version('cat'), version('contract', { ...contract, organizationId: 'org_b' })],
      {},
      'cat',
    ],
    ['no contract for nobody', [version('contract', contract)], { organizationId: null }, undefined],
    [
      'a contract only once it has begun',
      [version('cat'), version('contract', { ...contract, ...from('2026-08-01') })],
      {},
      'cat',
    ],
    [
      'the region over any region',
      [version('any', from('2026-06-01')), version('eu', { region: 'eu' })],
      {},
      'eu',
    ],
    ['any region where there is none', [version('any'), version('us', { region: 'us' })], {}, 'any'],
    ['no other region', [version('us', { region: 'us' })], {}, undefined],
    ['no region for a request without one', [version('eu', { region: 'eu' })], { region: null }, undefined],
    [
      "a contract for any region over the catalogue's region",
      [version('eu', { region: 'eu' }), version('contract', contract)],
      {},
      'contract',
    ],
    [
      'the service tier',
      [version('default'), version('flex', { serviceTier: 'flex' })],
      { serviceTier: 'flex' },
      'flex',
    ],
    ['the default for batch', [version('default')], { serviceTier: 'batch' }, 'default'],
    ['the default for flex', [version('default')], { serviceTier: 'flex' }, 'default'],
    ['nothing for priority', [version('default')], { serviceTier: 'priority' }, undefined],
    ['nothing for the default', [version('flex', { serviceTier: 'flex' })], {}, undefined],
    [
      "the catalogue's flex over a contract's default",
      [version('flex', { serviceTier: 'flex' }), version('contract', contract)],
      { serviceTier: 'flex' },
      'flex',
    ],
    ['no other model', [version('other', { model: 'sim-large' })], {}, undefined],
    ['no other provider', [version('other', { provider: 'openai' })], {}, undefined],
  ])('[M7] takes %s', (_, prices, query, expected) => {
    expect(selectPrice(prices, { ...QUERY, ...query })?.id).toBe(expected);
    expect(selectPrice(prices.toReversed(), { ...QUERY, ...query })?.id).toBe(expected);
  });
});

describe('PriceIndex', () => {
  it('[M7] agrees with the rules written out naively, for any set of versions', () => {
    const anyVersion = fc.record({
      organizationId: fc.constantFrom(null, 'org_a', 'org_b'),
      operator: fc.boolean(),
      region: fc.constantFrom(null, 'eu', 'us'),
      serviceTier: fc.constantFrom('default', 'flex', 'priority'),
      day: fc.integer({ min: 1, max: 28 }),
    });
    const anyQuery = fc.record({
      organizationId: fc.constantFrom(null, 'org_a'),
      region: fc.constantFrom(null, 'eu'),
      serviceTier: fc.constantFrom('default', 'flex', 'batch', 'priority'),
      day: fc.integer({ min: 1, max: 28 }),
    });
    const dayOfJuly = (day: number) => new Date(Date.UTC(2026, 6, day));
    fc.assert(
      fc.property(fc.array(anyVersion, { maxLength: 20 }), anyQuery, (drafts, { day, ...query }) => {
        const prices = drafts.map(({ operator, day: from, ...draft }, index) =>
          version(`prc_${index}`, {
            ...draft,
            layer: draft.organizationId !== null ? 'organization' : operator ? 'operator' : 'catalogue',
            validFrom: dayOfJuly(from),
          }),
        );
        const asked = { ...QUERY, ...query, at: dayOfJuly(day) };
        expect(rankOf(new PriceIndex(prices).find(asked))).toBe(rankOf(selectNaively(prices, asked)));
      }),
    );
  });

  it('[M7] never prices what the operator resells by what an organization states for itself', () => {
    const own = { layer: 'organization', organizationId: 'org_a', ownCredentialsOnly: true } as const;
    const contract = { layer: 'organization', organizationId: 'org_a' } as const;
    const at = new Date('2026-07-20T00:00:00Z');
    const ask = (prices: PriceVersion[], credentialOwner: 'organization' | 'operator') =>
      new PriceIndex(prices).find({ ...QUERY, organizationId: 'org_a', credentialOwner, at })?.id;
    const prices = [
      version('catalogue'),
      version('own', own),
      version('contract', { ...contract, validFrom: new Date('2026-07-10T00:00:00Z') }),
    ];
    expect(ask(prices, 'organization')).toBe('own');
    expect(ask(prices, 'operator')).toBe('contract');
    expect(ask(prices.slice(0, 2), 'operator')).toBe('catalogue');
  });

  it('knows which models have a price', () => {
    const index = new PriceIndex([version('a')]);
    expect(index.has('simulator', 'sim-small')).toBe(true);
    expect(index.has('simulator', 'sim-large')).toBe(false);
  });
});

const LAYERS = ['organization', 'operator', 'catalogue'];

/** What decides; two versions of equal rank differ only by id, which the database forbids. */
function rankOf(price: PriceVersion | undefined): string | undefined {
  return (
    price && [price.serviceTier, price.layer, price.organizationId, price.region, price.validFrom].join()
  );
}

function selectNaively(prices: PriceVersion[], query: PriceQuery): PriceVersion | undefined {
  const tiers = ['batch', 'flex'].includes(query.serviceTier)
    ? [query.serviceTier, 'default']
    : [query.serviceTier];
  for (const tier of tiers) {
    for (const layer of LAYERS) {
      for (const region of [query.region, null]) {
        const found = prices
          .filter((price) => price.serviceTier === tier && price.layer === layer && price.region === region)
          .filter((price) => price.organizationId === null || price.organizationId === query.organizationId)
          .filter((price) => price.validFrom <= query.at)
          .sort((left, right) => right.validFrom.getTime() - left.validFrom.getTime());
        if (found[0] !== undefined) return found[0];
      }
    }
  }
  return undefined;
}
