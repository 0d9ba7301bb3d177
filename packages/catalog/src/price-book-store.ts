/**
 * Models and prices in Postgres.
 *
 * Catalogue and operator rows belong to the operator's organization; a region of `default` in a row is null
 * (any region) in code. A published price version is never updated, since entries name it.
 */
import { type Database, OPERATOR_ORGANIZATION_ID, Prisma, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import {
  componentsToJson,
  type PriceLayer,
  type PriceVersion,
  priceBodySchema,
  toPriceBody,
} from './price.ts';
import { abilitiesSchema, type CatalogModel, loadPriceBook, type PriceBook } from './price-book.ts';

const ANY_REGION = 'default';
const SEED_TIMEOUT_MS = 60_000;
const DEFAULT_PAGE = 1_000;

export interface SeedResult {
  /** Models that were inserted or changed. */
  readonly models: number;
  /** Price versions that were new. */
  readonly prices: number;
  /** Ids of stored versions that say something else than the book: the stored ones were kept. */
  readonly conflicts: readonly string[];
}

/**
 * Brings the shipped book into the database: idempotent, safe beside another seed. Gateways that run hear of what is new.
 *
 * @param db Opened with the migrator's URL: applications may not write the catalogue.
 */
export function seedPriceBook(db: Database, book: PriceBook = loadPriceBook()): Promise<SeedResult> {
  return db.tenant(
    OPERATOR_ORGANIZATION_ID,
    async (tx) => {
      const models = await upsertModels(tx, book.models);
      const prices = await insertPrices(tx, book.prices);
      if (models + prices > 0) await announce(tx);
      return { models, prices, conflicts: await findConflicts(tx, book.prices) };
    },
    { timeoutMs: SEED_TIMEOUT_MS },
  );
}

/** Without it a gateway would go on with the prices that it read when it started. */
async function announce(tx: Transaction): Promise<void> {
  const change = { organizationId: OPERATOR_ORGANIZATION_ID, kind: 'policy-changed', targetId: 'price-book' };
  await tx.outboxEvent.create({ data: { id: newId('event', Date.now()), ...change }, select: { id: true } });
}

export interface PriceFilter {
  /** Adds the contracts of this organization to catalogue and operator prices. */
  readonly organizationId?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly layer?: PriceLayer;
  /** The id of the last version of the page before. */
  readonly after?: string;
  /** 1,000 unless told. */
  readonly limit?: number;
}

/** One page of versions, past and future ones included, ordered by id. */
export async function listPrices(tx: Transaction, filter: PriceFilter = {}): Promise<PriceVersion[]> {
  const owners = [OPERATOR_ORGANIZATION_ID];
  if (filter.organizationId !== undefined) owners.push(filter.organizationId);
  const rows = await tx.priceVersion.findMany({
    where: {
      organizationId: { in: owners },
      ...(filter.provider === undefined ? {} : { provider: filter.provider }),
      ...(filter.model === undefined ? {} : { model: filter.model }),
      ...(filter.layer === undefined ? {} : { layer: filter.layer }),
      ...(filter.after === undefined ? {} : { id: { gt: filter.after } }),
    },
    orderBy: { id: 'asc' },
    take: filter.limit ?? DEFAULT_PAGE,
  });
  return rows.map(priceFromRow);
}

export interface ModelFilter {
  readonly provider?: string;
  readonly after?: string;
  readonly limit?: number;
}

/** One page of the catalogue's models, ordered by id. */
export async function listModels(tx: Transaction, filter: ModelFilter = {}): Promise<CatalogModel[]> {
  const rows = await tx.model.findMany({
    where: {
      ...(filter.provider === undefined ? {} : { provider: filter.provider }),
      ...(filter.after === undefined ? {} : { id: { gt: filter.after } }),
    },
    orderBy: { id: 'asc' },
    take: filter.limit ?? DEFAULT_PAGE,
  });
  return rows.map(({ updatedAt: _, ...row }) => ({
    ...row,
    abilities: abilitiesSchema.parse(row.abilities),
    deprecatedAt: row.deprecatedAt?.toISOString().slice(0, 10) ?? null,
  }));
}

/** The columns of `price_versions`, as Prisma reads them. */
export type PriceRow = Prisma.PriceVersionGetPayload<Record<string, never>>;

/** @throws {z.ZodError} The row's JSON is not a price: somebody wrote it by hand. */
export function priceFromRow(row: PriceRow): PriceVersion {
  const layer = row.layer as PriceLayer;
  return {
    id: row.id,
    layer,
    organizationId: layer === 'organization' ? row.organizationId : null,
    provider: row.provider,
    model: row.model,
    region: row.region === ANY_REGION ? null : row.region,
    serviceTier: row.serviceTier,
    currency: 'USD',
    validFrom: row.validFrom,
    ...toPriceBody(priceBodySchema.parse({ components: row.components, tiers: row.tiers })),
    source: row.source,
    sourceDate: row.sourceDate?.toISOString().slice(0, 10) ?? null,
    ...(row.ownCredentialsOnly ? { ownCredentialsOnly: true } : {}),
  };
}

/** The row that `priceFromRow` reads back as the same version; for writing overrides and contracts. */
export function priceToRow(price: PriceVersion): Omit<PriceRow, 'createdAt' | 'components' | 'tiers'> & {
  components: Prisma.InputJsonObject;
  tiers: Prisma.InputJsonArray;
} {
  return {
    id: price.id,
    layer: price.layer,
    organizationId: price.organizationId ?? OPERATOR_ORGANIZATION_ID,
    provider: price.provider,
    model: price.model,
    region: price.region ?? ANY_REGION,
    serviceTier: price.serviceTier,
    currency: price.currency,
    validFrom: price.validFrom,
    components: componentsToJson(price.components),
    tiers: price.tiers.map((tier) => ({ ...tier, components: componentsToJson(tier.components) })),
    source: price.source,
    sourceDate: price.sourceDate === null ? null : new Date(`${price.sourceDate}T00:00:00.000Z`),
    ownCredentialsOnly: price.ownCredentialsOnly ?? false,
  };
}

function upsertModels(tx: Transaction, models: readonly CatalogModel[]): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO models AS m
      (id, provider, name, mode, context_window, max_output_tokens, abilities, aliases, deprecated_at, source)
    SELECT b.id, b.provider, b.name, b.mode, b."contextWindow", b."maxOutputTokens", b.abilities,
      ARRAY(SELECT jsonb_array_elements_text(b.aliases)), b."deprecatedAt"::date::timestamp AT TIME ZONE 'UTC', b.source
    FROM jsonb_to_recordset(${JSON.stringify(models)}::jsonb) AS b(
      id text, provider text, name text, mode text, "contextWindow" integer, "maxOutputTokens" integer,
      abilities jsonb, aliases jsonb, "deprecatedAt" text, source text)
    ON CONFLICT (provider, name) DO UPDATE SET
      mode = EXCLUDED.mode, context_window = EXCLUDED.context_window,
      max_output_tokens = EXCLUDED.max_output_tokens, abilities = EXCLUDED.abilities, aliases = EXCLUDED.aliases,
      deprecated_at = EXCLUDED.deprecated_at, source = EXCLUDED.source, updated_at = now()
    WHERE (m.mode, m.context_window, m.max_output_tokens, m.abilities, m.aliases, m.deprecated_at, m.source)
      IS DISTINCT FROM (EXCLUDED.mode, EXCLUDED.context_window, EXCLUDED.max_output_tokens, EXCLUDED.abilities,
        EXCLUDED.aliases, EXCLUDED.deprecated_at, EXCLUDED.source)`;
}

function insertPrices(tx: Transaction, prices: readonly PriceVersion[]): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO price_versions
      (id, layer, organization_id, provider, model, region, service_tier, currency, valid_from, components, tiers,
       source, source_date)
    SELECT b.id, b.layer, b."organizationId", b.provider, b.model, b.region, b."serviceTier", b.currency,
      b."validFrom", b.components, b.tiers, b.source, b."sourceDate"
    FROM ${priceRecords(prices)}
    ON CONFLICT DO NOTHING`;
}

async function findConflicts(tx: Transaction, prices: readonly PriceVersion[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT p.id FROM ${priceRecords(prices)}
    JOIN price_versions p ON (p.layer, p.organization_id, p.provider, p.model, p.region, p.service_tier, p.valid_from)
      = (b.layer, b."organizationId", b.provider, b.model, b.region, b."serviceTier", b."validFrom")
    WHERE (p.components, p.tiers) IS DISTINCT FROM (b.components, b.tiers)
    ORDER BY p.id`;
  return rows.map((row) => row.id);
}

function priceRecords(prices: readonly PriceVersion[]): Prisma.Sql {
  return Prisma.sql`jsonb_to_recordset(${JSON.stringify(prices.map(priceToRow))}::jsonb) AS b(
    id text, layer text, "organizationId" text, provider text, model text, region text, "serviceTier" text,
    currency text, "validFrom" timestamptz, components jsonb, tiers jsonb, source text, "sourceDate" timestamptz)`;
}
