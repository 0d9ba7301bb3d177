import type { PriceVersion } from '@tollgate/catalog';
import { describe, expect, it } from 'vitest';
import type { ServingCredential } from '../prices/usable-models.ts';
import { type CheckedAgainst, decideRequest, type HypotheticalRequest } from './check-request.ts';

type Found = Parameters<typeof decideRequest>[0];

const CREDENTIAL: ServingCredential = {
  id: 'cred_1',
  owner: 'operator',
  provider: 'simulator',
  name: 'resold',
  region: 'default',
  livemode: true,
  models: [],
  markupBasisPoints: 0,
  markupPerUnit: {},
};
const PRICE: PriceVersion = {
  id: 'prc_1',
  layer: 'catalogue',
  organizationId: null,
  provider: 'simulator',
  model: 'sim-small',
  region: null,
  serviceTier: 'default',
  currency: 'USD',
  validFrom: new Date(0),
  components: { input: 1_000_000n, output: 10_000_000n },
  tiers: [],
  source: 'test',
  sourceDate: null,
};
const facts = { mode: 'chat', contextWindow: 20_000, maxOutputTokens: 16_000 };

function check(
  asked: Partial<HypotheticalRequest>,
  {
    credential = CREDENTIAL,
    rates = [],
    otherRates,
    budgets = [],
    provider = 'simulator',
    price = PRICE,
  }: {
    credential?: ServingCredential;
    rates?: Found['rates'];
    /** Another candidate behind the first, under these. */
    otherRates?: Found['rates'];
    budgets?: Found['candidates'][number]['budgets'];
    provider?: string;
    price?: PriceVersion;
  },
) {
  const model = { provider, name: 'sim-small', facts, credentials: [credential] };
  const candidate = { model, credentialName: 'resold', price, budgets, rates };
  const others =
    otherRates === undefined
      ? []
      : [{ ...candidate, model: { ...model, name: 'sim-large' }, rates: otherRates }];
  const found = {
    scopeChecks: [],
    route: null,
    rates: [],
    substitutes: new Set(),
    candidates: [candidate, ...others],
  };
  const request = { model: 'sim-small', inputTokens: 100, outputTokens: undefined, ...asked };
  const subject = {
    organizationId: 'org_1',
    teamPath: '',
    keyId: 'key_1',
    memberId: '',
    serviceAccountId: '',
  };
  return decideRequest(
    found as unknown as Found,
    { subject: { ...subject, endUser: '', tags: {} } } as unknown as CheckedAgainst,
    request as HypotheticalRequest,
    undefined,
  );
}

const rateOf = (limit: number) =>
  ({
    rateLimit: { id: 'rl_1', metric: 'tokens', scopeName: 'key', limit },
    value: 'key_1',
    used: 0,
  }) as unknown as Found['rates'][number];
const budgetOf = (remainingUsd: string, heldUsd = '0') =>
  ({
    budget: {
      id: 'bud_1',
      name: 'hard',
      kind: 'hard',
      state: 'active',
      scope: { type: 'key', id: 'key_1' },
      onExceeded: 'refuse',
      resetsAt: null,
    },
    standing: { periodLimitUsd: '1', spentUsd: '0.9', heldUsd, remainingUsd },
  }) as unknown as Found['candidates'][number]['budgets'][number];

describe('decideRequest()', () => {
  it('[M3] holds a token for each byte of the input, up to the window, as gateways do', async () => {
    // 400 bytes at 1e6, and 10 tokens at 1e7.
    expect(await check({ outputTokens: 10 }, {})).toMatchObject({ worstCaseUsd: '0.0005' });
    expect(await check({ inputTokens: 10_000, outputTokens: 0 }, {})).toMatchObject({ worstCaseUsd: '0.02' });
  });

  it.each([
    ['anthropic', 'messages', '0.0005'],
    ['anthropic', undefined, '0.0005'],
    ['openai', 'chat.completions', '0.0005'],
    ['google', 'generate_content', '0.0004'],
  ])(
    '[M3] holds the cache writes that %s can bill to %s without being asked for an hour',
    async (provider, endpoint, held) => {
      const components = { ...PRICE.components, cacheWrite5m: 1_250_000n, cacheWrite1h: 2_000_000n };
      const asked = { endpoint, outputTokens: 0 };
      const price = { ...PRICE, components };
      expect(await check(asked, { provider, price })).toMatchObject({ worstCaseUsd: held });
    },
  );

  it('[M3] holds what a resold credential adds per unit', async () => {
    const credential = { ...CREDENTIAL, markupBasisPoints: 1_000, markupPerUnit: { output: 500_000n } };
    // (400 x 1e6 + 10 x 1e7) x 1.1, 10 x 5e5, and a half for each rounded part.
    expect(await check({ outputTokens: 10 }, { credential })).toMatchObject({
      worstCaseUsd: '0.000555000008',
    });
  });

  it('assumes the output of who sets no cap: of rate limits little, of budgets the room behind the input', async () => {
    const { checks, outputCap } = await check({ inputTokens: 6_000 }, { rates: [rateOf(6_256)] });
    expect(checks).toMatchObject([{ requested: '6256', outcome: 'allowed' }]);
    expect(outputCap).toBe(14_000);
    const capped = await check({ inputTokens: 6_000, outputTokens: 300 }, { rates: [rateOf(6_256)] });
    expect(capped.checks).toMatchObject([{ requested: '6300', outcome: 'refused' }]);
  });

  it('goes to the next model where the limits of one are full, and tells those of the first where all are', async () => {
    const [full, free] = [[rateOf(1)], [rateOf(10_000)]];
    const next = await check({}, { rates: full, otherRates: free });
    expect(next).toMatchObject({ allowed: true, model: { name: 'sim-large' }, checks: [{ limit: '10000' }] });
    const none = await check({}, { rates: full, otherRates: [rateOf(2)] });
    expect(none).toMatchObject({ allowed: false, model: { name: 'sim-small' }, checks: [{ limit: '1' }] });
  });

  it('[M3] takes the cap that is affordable where the caller leaves it open, and refuses only who cannot have a token', async () => {
    // The input takes 0.0004.
    const enough = await check({}, { budgets: [budgetOf('0.1')] });
    expect(enough).toMatchObject({ allowed: true, outputCap: 9_960, worstCaseUsd: '0.10' });
    const insisting = await check({ outputTokens: 16_000 }, { budgets: [budgetOf('0.1')] });
    expect(insisting).toMatchObject({ allowed: false, outputCap: 16_000 });
    const little = await check({}, { budgets: [budgetOf('0.000409999999')] });
    expect(little).toMatchObject({ allowed: false, checks: [{ code: 'budget_exceeded' }] });
    // What others hold may come back before that: only the moment can tell.
    const away = await check({}, { budgets: [budgetOf('0.1', '0.5')] });
    expect(away).toMatchObject({ allowed: true, checks: [{ outcome: 'depends', code: 'budget_in_flight' }] });
  });
});
