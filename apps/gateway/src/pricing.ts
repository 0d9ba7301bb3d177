/**
 * Fixes at dispatch what an attempt will cost: price version and markup, whatever changes until it ends.
 *
 * Not here: the arithmetic (@tollgate/catalog, through @tollgate/metering's `rateAttempt`).
 */
import { componentsToJson, type PriceComponents, PriceIndex, type PriceVersion } from '@tollgate/catalog';
import type { AttemptTarget } from '@tollgate/metering';
import type { CredentialEntry, MarkupEntry, OrganizationPolicy, PlatformPolicy } from './policy/policy.ts';

export interface FixedPrice {
  /** Undefined: the cost is unknown. */
  readonly price: PriceVersion | undefined;
  /** As the attempt's target carries it. */
  readonly target: Pick<
    AttemptTarget,
    'priceVersionId' | 'markupRuleId' | 'markupBasisPoints' | 'markupPerUnit'
  >;
}

export interface PriceQuestion {
  readonly organization: OrganizationPolicy;
  readonly platform: PlatformPolicy;
  readonly credential: CredentialEntry;
  readonly model: string;
  /** Where the request runs; `default`: any region. */
  readonly region: string;
  readonly serviceTier: string;
  readonly startedAtMs: number;
}

export function fixPrice(question: PriceQuestion): FixedPrice {
  const { organization, platform, credential } = question;
  const price = indexFor(organization, platform).find({
    organizationId: organization.organizationId,
    provider: credential.provider,
    model: question.model,
    region: question.region === 'default' ? null : question.region,
    serviceTier: question.serviceTier,
    credentialOwner: credential.owner,
    at: new Date(question.startedAtMs),
  });
  const rule = credential.owner === 'operator' ? findMarkup(question) : undefined;
  return {
    price,
    target: {
      priceVersionId: price?.id ?? '',
      markupRuleId: rule?.id ?? '',
      markupBasisPoints: rule?.markup.basisPoints ?? 0,
      ...(rule?.markup.perUnit === undefined ? {} : { markupPerUnit: perUnitJson(rule.markup.perUnit) }),
    },
  };
}

function findMarkup({
  platform,
  credential,
  organization,
  startedAtMs,
}: PriceQuestion): MarkupEntry | undefined {
  return platform.markups
    .get(credential.id)
    ?.find(
      (rule) =>
        rule.validFromMs <= startedAtMs &&
        (rule.appliesToId === '' || rule.appliesToId === organization.organizationId),
    );
}

/** Contracts are rare: only organizations that have some get an index of their own. */
const indexes = new WeakMap<OrganizationPolicy, { platform: PlatformPolicy; index: PriceIndex }>();

function indexFor(organization: OrganizationPolicy, platform: PlatformPolicy): PriceIndex {
  if (organization.prices.length === 0) return platform.priceIndex;
  const known = indexes.get(organization);
  if (known?.platform === platform) return known.index;
  const index = new PriceIndex([...platform.prices, ...organization.prices]);
  indexes.set(organization, { platform, index });
  return index;
}

function perUnitJson(perUnit: PriceComponents): Record<string, string> {
  return Object.fromEntries(
    Object.entries(componentsToJson(perUnit)).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}
