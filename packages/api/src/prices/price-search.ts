/** The price book as people search it. */

import type { PriceVersion } from '@tollgate/catalog';
import { type PriceRow, priceFromRow } from '@tollgate/catalog/store';
import { empty, join, OPERATOR_ORGANIZATION_ID, type Prisma, sql, type Transaction } from '@tollgate/db';

/** `in-force`: rates requests now; `scheduled`: will; `past`: was replaced by a newer one of the same series. */
export const PRICE_STATES = ['in-force', 'scheduled', 'past'] as const;
export type PriceState = (typeof PRICE_STATES)[number];

export interface PriceSearch {
  readonly organizationId: string;
  readonly now: Date;
  readonly id?: string;
  /** Words, each in provider or model. */
  readonly q?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly layer?: string;
  readonly state?: PriceState;
  /** Stated or in force since. */
  readonly changedSince?: Date;
  /** `first`: providers that came first on the page before, whatever was connected since. */
  readonly after?: {
    readonly first: readonly string[];
    readonly provider: string;
    readonly model: string;
    readonly serviceTier: string;
    /** As the row has it: `default` where the price has none. */
    readonly region: string;
    readonly id: string;
  };
  readonly limit: number;
}

export interface FoundPrice {
  readonly price: PriceVersion;
  readonly state: PriceState;
  readonly statedAt: Date;
}

export interface FoundPrices {
  readonly rows: readonly FoundPrice[];
  /** For what is `after` them. */
  readonly first: readonly string[];
}

const WORDS_MAX = 8;
/** They go from page to page in its cursor. */
export const FIRST_PROVIDERS_MAX = 30;

/** What most people look for, after the providers that they are connected to. */
const WELL_KNOWN = [
  ...['openai', 'anthropic', 'google', 'google-vertex', 'amazon-bedrock', 'azure', 'azure-ai'],
  ...['mistral', 'cohere', 'deepseek', 'xai', 'groq'],
];

/** Providers of the organization's own credentials first, well-known ones next, then all by name; by model within, its usual tier first. */
export async function searchPrices(tx: Transaction, search: PriceSearch): Promise<FoundPrices> {
  const { organizationId, now, after } = search;
  const nowText = now.toISOString();
  const first = after?.first ?? (await listFirstProviders(tx, organizationId));
  const ranked = [...new Set([...first, ...WELL_KNOWN])];
  const rank = (provider: Prisma.Sql) =>
    sql`COALESCE(array_position(${ranked}::text[], ${provider}::text), ${ranked.length + 1}::int)`;
  const state = sql`CASE WHEN p.valid_from > ${nowText}::timestamptz THEN 'scheduled' WHEN EXISTS (
    SELECT 1 FROM price_versions n WHERE n.layer = p.layer AND n.organization_id = p.organization_id AND n.provider = p.provider
      AND n.model = p.model AND n.region = p.region AND n.service_tier = p.service_tier
      AND n.valid_from > p.valid_from AND n.valid_from <= ${nowText}::timestamptz) THEN 'past' ELSE 'in-force' END`;
  const words = (search.q ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX);
  const conditions: Prisma.Sql[] = [
    sql`p.organization_id IN (${OPERATOR_ORGANIZATION_ID}, ${organizationId})`,
    ...(search.id === undefined ? [] : [sql`p.id = ${search.id}`]),
    ...words.map((word) => sql`position(lower(${word}) in lower(p.provider || '/' || p.model)) > 0`),
    ...(search.provider === undefined ? [] : [sql`p.provider = ${search.provider}`]),
    ...(search.model === undefined ? [] : [sql`p.model = ${search.model}`]),
    ...(search.layer === undefined ? [] : [sql`p.layer = ${search.layer}`]),
    ...(search.changedSince === undefined
      ? []
      : [sql`GREATEST(p.valid_from, p.created_at) >= ${search.changedSince.toISOString()}::timestamptz`]),
  ];
  const rows = await tx.$queryRaw<(PriceRow & { state: PriceState })[]>`
    SELECT * FROM (
      SELECT p.id, p.layer, p.organization_id AS "organizationId", p.provider, p.model, p.region, p.service_tier AS "serviceTier",
        p.currency, p.valid_from AS "validFrom", p.components, p.tiers, p.source, p.source_date AS "sourceDate",
        p.own_credentials_only AS "ownCredentialsOnly", p.created_at AS "createdAt", ${state} AS state
      FROM price_versions p WHERE ${join(conditions, ' AND ')}
        ${
          after === undefined
            ? empty
            : sql`AND (${rank(sql`p.provider`)}, p.provider, p.model, p.service_tier <> 'default', p.service_tier, p.region, p.id)
          > (${rank(sql`${after.provider}`)}, ${after.provider}, ${after.model}, ${after.serviceTier}::text <> 'default', ${after.serviceTier}, ${after.region}, ${after.id})`
        }
    ) AS found
    ${search.state === undefined ? empty : sql`WHERE found.state = ${search.state}`}
    ORDER BY ${rank(sql`provider`)}, provider, model, "serviceTier" <> 'default', "serviceTier", region, id LIMIT ${search.limit}`;
  return {
    rows: rows.map((row) => ({ price: priceFromRow(row), state: row.state, statedAt: row.createdAt })),
    first,
  };
}

async function listFirstProviders(tx: Transaction, organizationId: string): Promise<string[]> {
  const own = await tx.providerCredential.findMany({
    where: { organizationId, disabledAt: null },
    distinct: ['provider'],
    select: { provider: true },
    orderBy: { provider: 'asc' },
    take: FIRST_PROVIDERS_MAX,
  });
  return own.map(({ provider }) => provider);
}

/** Other names of a model by which its provider serves it. @returns The name that the price book knows. */
export async function findCanonicalName(
  tx: Transaction,
  provider: string,
  alias: string,
): Promise<string | undefined> {
  const row = await tx.model.findFirst({
    where: { provider, aliases: { has: alias } },
    select: { name: true },
  });
  return row?.name;
}

export interface UnknownPriceRow {
  readonly provider: string;
  readonly model: string;
  readonly credentialOwner: string;
  readonly entries: bigint;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

export interface UnknownPricesQuestion {
  readonly organizationId: string;
  /** To a quarter of an hour. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly livemode?: boolean | undefined;
  readonly limit: number;
}

/**
 * What was used without a price, by model; read from the roll-ups alone [S6]. Without batches, which have no cost before
 * they are over.
 */
export function listUnknownPrices(
  tx: Transaction,
  { organizationId, from, to, livemode, limit }: UnknownPricesQuestion,
): Promise<UnknownPriceRow[]> {
  return tx.$queryRaw<UnknownPriceRow[]>`
    SELECT provider, model, credential_owner AS "credentialOwner", sum(unknown_cost_entries)::bigint AS entries,
      min(bucket_start) FILTER (WHERE unknown_cost_entries > 0) AS "firstSeenAt",
      max(bucket_start) FILTER (WHERE unknown_cost_entries > 0) AS "lastSeenAt"
    FROM usage_rollups WHERE organization_id = ${organizationId} AND unknown_cost_entries <> 0 AND endpoint <> 'batches'
      ${from === undefined ? empty : sql`AND bucket_start >= ${from.toISOString()}::timestamptz`}
      ${to === undefined ? empty : sql`AND bucket_start < ${to.toISOString()}::timestamptz`}
      ${livemode === undefined ? empty : sql`AND livemode = ${livemode}`}
    GROUP BY 1, 2, 3 HAVING sum(unknown_cost_entries) > 0 ORDER BY 4 DESC, 1, 2, 3 LIMIT ${limit}`;
}
