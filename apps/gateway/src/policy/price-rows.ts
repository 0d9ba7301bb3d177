/** Prices and markup rules as the database keeps them, for the policy bundles. */
import {
  componentsFromJson,
  type Markup,
  type PriceComponents,
  type PriceLayer,
  type PriceVersion,
  priceBodySchema,
} from '@tollgate/catalog';
import { OPERATOR_ORGANIZATION_ID, type Prisma, type Transaction } from '@tollgate/db';
import type { MarkupEntry } from './policy.ts';

const ANY_REGION = 'default';

/** @throws {z.ZodError} A stored price is no price: the bundle is refused, and the last good one stays. */
export async function readPrices(
  tx: Transaction,
  where: Prisma.PriceVersionWhereInput,
): Promise<PriceVersion[]> {
  return (await tx.priceVersion.findMany({ where })).map(priceOf);
}

export interface ReadablePrices {
  readonly prices: PriceVersion[];
  /** Rows that this release cannot read, such as one with a component of a newer one. */
  readonly unreadable: readonly Pick<PriceRow, 'id' | 'provider' | 'model'>[];
}

/**
 * Prices for everybody: one that cannot be read must not keep all others from being. Its model then has no price, rather
 * than the one before.
 */
export async function readReadablePrices(
  tx: Transaction,
  where: Prisma.PriceVersionWhereInput,
): Promise<ReadablePrices> {
  const rows = await tx.priceVersion.findMany({ where });
  const unreadable = rows.filter((row) => !bodyOf(row).success);
  const without = new Set(unreadable.map(modelOf));
  return { prices: rows.filter((row) => !without.has(modelOf(row))).map(priceOf), unreadable };
}

type PriceRow = Prisma.PriceVersionModel;

const modelOf = ({ provider, model }: PriceRow): string => `${provider} ${model}`;
const bodyOf = ({ components, tiers }: PriceRow) => priceBodySchema.safeParse({ components, tiers });

function priceOf(row: PriceRow): PriceVersion {
  const body = priceBodySchema.parse({ components: row.components, tiers: row.tiers });
  return {
    id: row.id,
    layer: row.layer as PriceLayer,
    organizationId: row.layer === 'organization' ? row.organizationId : null,
    provider: row.provider,
    model: row.model,
    region: row.region === ANY_REGION ? null : row.region,
    serviceTier: row.serviceTier,
    currency: 'USD',
    validFrom: row.validFrom,
    components: componentsFromJson(body.components),
    tiers: body.tiers.map((tier) => ({ ...tier, components: componentsFromJson(tier.components) })),
    source: row.source,
    sourceDate: row.sourceDate?.toISOString().slice(0, 10) ?? null,
    ...(row.ownCredentialsOnly ? { ownCredentialsOnly: true } : {}),
  };
}

/** The operator's rules by credential, in the order in which the first that applies wins. */
export async function readMarkups(tx: Transaction): Promise<Map<string, MarkupEntry[]>> {
  const rows = await tx.markupRule.findMany({
    where: { organizationId: OPERATOR_ORGANIZATION_ID },
    orderBy: { validFrom: 'desc' },
  });
  const markups = new Map<string, MarkupEntry[]>();
  for (const row of rows) {
    const list = markups.get(row.credentialId) ?? [];
    markups.set(row.credentialId, list);
    list.push({
      id: row.id,
      credentialId: row.credentialId,
      appliesToId: row.appliesToId ?? '',
      validFromMs: row.validFrom.getTime(),
      markup: markupOf(row.basisPoints, componentsFromJson(row.perUnit)),
    });
  }
  for (const list of markups.values()) {
    list.sort((left, right) => Number(left.appliesToId === '') - Number(right.appliesToId === ''));
  }
  return markups;
}

function markupOf(basisPoints: number, perUnit: PriceComponents): Markup {
  return Object.keys(perUnit).length === 0 ? { basisPoints } : { basisPoints, perUnit };
}
