import { PriceIndex, type PriceVersion } from '@tollgate/catalog';
import { describe, expect, it } from 'vitest';
import type { CredentialEntry, MarkupEntry, OrganizationPolicy, PlatformPolicy } from './policy/policy.ts';
import { fixPrice } from './pricing.ts';

const AT_MS = Date.parse('2026-11-21T12:00:00Z');
const PRICE: PriceVersion = {
  id: 'prc_1',
  layer: 'catalogue',
  organizationId: null,
  provider: 'acme-ai',
  model: 'alpha',
  region: null,
  serviceTier: 'default',
  currency: 'USD',
  validFrom: new Date(0),
  components: { input: 1_000n },
  tiers: [],
  source: 'list',
  sourceDate: null,
};

function rule(id: string, validFromMs: number, appliesToId = '', basisPoints = 100): MarkupEntry {
  return { id, credentialId: 'cred_1', appliesToId, validFromMs, markup: { basisPoints } };
}

/** Rules as the policy has them: those of one organization first, newest first. */
function fix(
  rules: readonly MarkupEntry[],
  owner: 'operator' | 'organization' = 'operator',
  organizationId = 'org_1',
) {
  const platform = {
    priceIndex: new PriceIndex([PRICE]),
    prices: [PRICE],
    markups: new Map([['cred_1', rules]]),
  } as unknown as PlatformPolicy;
  return fixPrice({
    organization: { organizationId, prices: [] } as unknown as OrganizationPolicy,
    platform,
    credential: { id: 'cred_1', owner, provider: 'acme-ai' } as unknown as CredentialEntry,
    model: 'alpha',
    region: 'default',
    serviceTier: 'default',
    startedAtMs: AT_MS,
  }).target;
}

describe('the markup of a request', () => {
  it('[M7] is that of the rule in force when it started: a scheduled one waits for its instant', () => {
    const rules = [rule('later', AT_MS + 1, '', 300), rule('now', AT_MS, '', 200), rule('before', AT_MS - 1)];
    expect(fix(rules)).toEqual({ priceVersionId: 'prc_1', markupRuleId: 'now', markupBasisPoints: 200 });
    expect(fix(rules.slice(2)).markupRuleId).toBe('before');
    expect(fix([rules[0]!])).toMatchObject({ markupRuleId: '', markupBasisPoints: 0 });
  });

  it('[M7] is the organization’s own where there is one, and never another’s', () => {
    const rules = [
      rule('own', AT_MS - 9, 'org_1'),
      rule('other', AT_MS - 8, 'org_2'),
      rule('all', AT_MS - 1),
    ];
    expect(fix(rules).markupRuleId).toBe('own');
    expect(fix(rules, 'operator', 'org_2').markupRuleId).toBe('other');
    expect(fix(rules, 'operator', 'org_3').markupRuleId).toBe('all');
  });

  it('[M7] goes with the dispatch, amounts per unit included, and is none on the organization’s own credential', () => {
    const perUnit = {
      ...rule('unit', 0),
      markup: { basisPoints: 5, perUnit: { output: 7n, request: 2_000_000_000n } },
    };
    expect(fix([perUnit])).toMatchObject({
      markupBasisPoints: 5,
      markupPerUnit: { output: '7', request: '2000000000' },
    });
    expect(fix([perUnit], 'organization')).toEqual({
      priceVersionId: 'prc_1',
      markupRuleId: '',
      markupBasisPoints: 0,
    });
  });
});
