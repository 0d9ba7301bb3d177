/**
 * The shipped price book: models and catalogue prices as facts with their source and date.
 *
 * The files under data/ are written by the importer (import/main.ts) and read here, at start and by the seed,
 * never per request. A published version does not change: a correction is a new version with a later
 * `validFrom`, so its id may be derived from its key, and every installation agrees on it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeBase58, ID_PREFIX } from '@tollgate/ids';
import { z } from 'zod';
import { type PriceVersion, priceBodySchema, toPriceBody } from './price.ts';

export interface CatalogModel {
  readonly id: string;
  readonly provider: string;
  readonly name: string;
  /** `chat`, `responses`, `completion`, `embedding`, `image`, …; `unknown` where no source says. */
  readonly mode: string;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly abilities: ModelAbilities;
  /** Names that the provider serves with this model, priced alike. */
  readonly aliases: readonly string[];
  /** `YYYY-MM-DD`: the provider stops serving it. */
  readonly deprecatedAt: string | null;
  readonly source: string;
}

/** What a model can do. A feature that no source speaks of is in neither list. */
export interface ModelAbilities {
  readonly supports?: readonly string[];
  readonly lacks?: readonly string[];
  readonly modalitiesIn?: readonly string[];
  readonly modalitiesOut?: readonly string[];
  readonly promptCacheMinTokens?: number;
  readonly embeddingDimensions?: number;
}

export interface PriceBook {
  readonly models: readonly CatalogModel[];
  readonly prices: readonly PriceVersion[];
}

const names = z.array(z.string());

export const abilitiesSchema = z.strictObject({
  supports: names.exactOptional(),
  lacks: names.exactOptional(),
  modalitiesIn: names.exactOptional(),
  modalitiesOut: names.exactOptional(),
  promptCacheMinTokens: z.int().exactOptional(),
  embeddingDimensions: z.int().exactOptional(),
});

export const bookModelSchema = z.strictObject({
  provider: z.string(),
  name: z.string(),
  mode: z.string(),
  contextWindow: z.int().exactOptional(),
  maxOutputTokens: z.int().exactOptional(),
  ...abilitiesSchema.shape,
  aliases: names.exactOptional(),
  deprecatedAt: z.iso.date().exactOptional(),
  source: z.string(),
});

/** One line of price-book.json; what is left out is null, `default` or empty. */
export const bookPriceSchema = z.strictObject({
  provider: z.string(),
  model: z.string(),
  region: z.string().exactOptional(),
  serviceTier: z.string().exactOptional(),
  validFrom: z.iso.date(),
  components: priceBodySchema.shape.components,
  tiers: priceBodySchema.shape.tiers.exactOptional(),
  source: z.string(),
  sourceDate: z.iso.date(),
  /** Components that follow from stated ones, and by what. */
  derived: names.exactOptional(),
  /** Components whose stated price is not a whole number of pico-USD; rounded half-up. */
  rounded: names.exactOptional(),
});

export type BookModel = z.infer<typeof bookModelSchema>;
export type BookPrice = z.infer<typeof bookPriceSchema>;

// Not `new URL('../data/', …)`: bundlers take that for a file to bundle and fail on a folder.
export const PRICE_BOOK_DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), '..', 'data');

/**
 * Reads and checks the whole book; takes some hundred milliseconds.
 *
 * @param directory Where a bundle put the data files; this package's own unless told.
 * @throws {Error} A file is missing, or is not what the importer writes.
 */
export function loadPriceBook(directory: string = PRICE_BOOK_DIRECTORY): PriceBook {
  const { models, prices } = readBookFiles(directory);
  return { models: models.map(toCatalogModel), prices: prices.map(toPriceVersion) };
}

/** The lines of the files, as the importer merges them. */
export function readBookFiles(directory: string): { models: BookModel[]; prices: BookPrice[] } {
  return {
    models: z.array(bookModelSchema).parse(readJson(directory, 'models.json')),
    prices: z.array(bookPriceSchema).parse(readJson(directory, 'price-book.json')),
  };
}

function readJson(directory: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(`${directory.replace(/\/$/, '')}/${file}`, 'utf8'));
  } catch (cause) {
    throw new Error(`Cannot load the price book: ${file} must be readable JSON in ${directory}`, { cause });
  }
}

function toCatalogModel(line: BookModel): CatalogModel {
  const {
    provider,
    name,
    mode,
    source,
    contextWindow,
    maxOutputTokens,
    aliases,
    deprecatedAt,
    ...abilities
  } = line;
  return {
    id: stableId('model', 0, [provider, name]),
    provider,
    name,
    mode,
    source,
    abilities,
    contextWindow: contextWindow ?? null,
    maxOutputTokens: maxOutputTokens ?? null,
    aliases: aliases ?? [],
    deprecatedAt: deprecatedAt ?? null,
  };
}

function toPriceVersion(line: BookPrice): PriceVersion {
  const validFrom = new Date(`${line.validFrom}T00:00:00.000Z`);
  const region = line.region ?? null;
  const serviceTier = line.serviceTier ?? 'default';
  const key = ['catalogue', line.provider, line.model, region ?? '', serviceTier];
  return {
    id: stableId('priceVersion', validFrom.getTime(), key),
    layer: 'catalogue',
    organizationId: null,
    provider: line.provider,
    model: line.model,
    region,
    serviceTier,
    currency: 'USD',
    validFrom,
    ...toPriceBody({ components: line.components, tiers: line.tiers ?? [] }),
    source: describeSource(line),
    sourceDate: line.sourceDate,
  };
}

function describeSource({ source, derived, rounded }: BookPrice): string {
  const parts = [source];
  if (derived !== undefined) parts.push(`derived: ${derived.join(', ')}`);
  if (rounded !== undefined) parts.push(`rounded: ${rounded.join(', ')}`);
  return parts.join('; ').slice(0, 256);
}

/** An id of the usual form whose random part is a hash of what it names. */
function stableId(kind: 'model' | 'priceVersion', timeMs: number, key: readonly string[]): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([timeMs, ...key]))
    .digest()
    .subarray(0, 16);
  bytes.writeUIntBE(timeMs, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return `${ID_PREFIX[kind]}_${encodeBase58(bytes)}`;
}
