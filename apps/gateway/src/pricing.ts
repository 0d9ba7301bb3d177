/**
 * Fixes at dispatch what an attempt will cost: price version and markup, whatever changes until it ends.
 *
 * Not here: the arithmetic (@tollgate/catalog).
 */
import {
  componentsToJson,
  NO_MARKUP,
  type PriceComponents,
  PriceIndex,
  type PriceJson,
  type PriceVersion,
  priceToJson,
  type RatedUsage,
  rateUsage,
  type TokenUsage,
} from '@tollgate/catalog';
import type { CredentialEntry, MarkupEntry, OrganizationPolicy, PlatformPolicy } from './policy/policy.ts';

export interface FixedPrice {
  /** Empty: the cost is unknown. */
  readonly priceVersionId: string;
  readonly markupRuleId: string;
  readonly markupBasisPoints: number;
  /** Absent: nothing per unit. Amounts as decimal strings of pico-USD. */
  readonly markupPerUnit: Readonly<Record<string, string>> | undefined;
  /** The same object for the same version, for the log. Null: no price. */
  readonly priceJson: PriceJson | null;
  rate(usage: TokenUsage): RatedUsage;
}

export interface PriceQuestion {
  readonly organization: OrganizationPolicy;
  readonly platform: PlatformPolicy;
  readonly credential: CredentialEntry;
  readonly model: string;
  readonly serviceTier: string;
  readonly startedAtMs: number;
}

export function fixPrice(question: PriceQuestion): FixedPrice {
  const { organization, platform, credential } = question;
  const price = indexFor(organization, platform).find({
    organizationId: organization.organizationId,
    provider: credential.provider,
    model: question.model,
    region: credential.region === 'default' ? null : credential.region,
    serviceTier: question.serviceTier,
    at: new Date(question.startedAtMs),
  });
  const rule = credential.owner === 'operator' ? findMarkup(question) : undefined;
  return fixedPrice(price, rule, credential.owner);
}

function fixedPrice(
  price: PriceVersion | undefined,
  rule: MarkupEntry | undefined,
  owner: CredentialEntry['owner'],
): FixedPrice {
  const markup = rule?.markup ?? NO_MARKUP;
  return {
    priceVersionId: price?.id ?? '',
    markupRuleId: rule?.id ?? '',
    markupBasisPoints: markup.basisPoints,
    markupPerUnit: markup.perUnit === undefined ? undefined : perUnitJson(markup.perUnit),
    priceJson: price === undefined ? null : priceJsonOf(price),
    rate: (usage) => rateUsage({ usage, price, markup, owner }),
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

const priceTexts = new WeakMap<PriceVersion, PriceJson>();

function priceJsonOf(price: PriceVersion): PriceJson {
  let json = priceTexts.get(price);
  if (json === undefined) {
    json = priceToJson(price);
    priceTexts.set(price, json);
  }
  return json;
}
