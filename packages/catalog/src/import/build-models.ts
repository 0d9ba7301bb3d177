/**
 * All model lines of a collection: limits, abilities, and which names are other names of the same model.
 */
import type { BookModel, BookPrice } from '../price-book.ts';
import { type ImportReport, realModelNames } from './build-prices.ts';
import type { SourceRecord } from './source-record.ts';

export function buildModels(
  records: readonly SourceRecord[],
  prices: readonly BookPrice[],
  report: ImportReport,
): BookModel[] {
  const models = new Map<string, BookModel>();
  for (const record of records) {
    for (const name of realModelNames(record, { ...report, skipped: [] })) {
      const key = `${record.provider}\0${name}`;
      // Regions and image sizes repeat the model; family rules know less of it.
      if (!models.has(key)) models.set(key, toLine(record, name));
    }
  }
  addAliases(models, prices);
  return [...models.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, model]) => model);
}

function toLine(record: SourceRecord, name: string): BookModel {
  const flags = Object.entries(record.supports);
  const supports = flags.flatMap(([flag, value]) => (value ? [flag] : [])).sort();
  const lacks = flags.flatMap(([flag, value]) => (value ? [] : [flag])).sort();
  const deprecatedAt = /^\d{4}-\d{2}-\d{2}$/.test(record.deprecation_date ?? '')
    ? record.deprecation_date
    : null;
  return {
    provider: record.provider,
    name,
    mode: record.mode ?? 'unknown',
    ...(record.context_window ? { contextWindow: record.context_window } : {}),
    ...(record.max_output_tokens ? { maxOutputTokens: record.max_output_tokens } : {}),
    ...(supports.length > 0 ? { supports } : {}),
    ...(lacks.length > 0 ? { lacks } : {}),
    ...(record.modalities_in?.length ? { modalitiesIn: record.modalities_in } : {}),
    ...(record.modalities_out?.length ? { modalitiesOut: record.modalities_out } : {}),
    ...(record.prompt_cache_min_tokens ? { promptCacheMinTokens: record.prompt_cache_min_tokens } : {}),
    ...(record.embedding_dimensions ? { embeddingDimensions: record.embedding_dimensions } : {}),
    ...(deprecatedAt ? { deprecatedAt } : {}),
    source: record.source,
  };
}

const DATED = /^(.+?)[-@](\d{8}|\d{4}-\d{2}-\d{2})$/;

/**
 * `gpt-4o` and `claude-sonnet-4-5-latest` are other names of the newest dated model of the same stem, where
 * limits and standard price are equal. Sources list moving aliases as models; unequal ones point elsewhere.
 */
function addAliases(models: Map<string, BookModel>, prices: readonly BookPrice[]): void {
  const priceByModel = new Map<string, string>();
  for (const line of prices) {
    if (line.region === undefined && line.serviceTier === undefined) {
      const key = `${line.provider}\0${line.model}`;
      priceByModel.set(key, `${priceByModel.get(key) ?? ''}${JSON.stringify([line.components, line.tiers])}`);
    }
  }
  const newest = new Map<string, BookModel>();
  for (const model of models.values()) {
    const stem = DATED.exec(model.name)?.[1];
    if (stem === undefined) continue;
    const key = `${model.provider}\0${stem}`;
    if (model.name > (newest.get(key)?.name ?? '')) newest.set(key, model);
  }
  for (const [key, dated] of newest) {
    const price = priceByModel.get(`${dated.provider}\0${dated.name}`);
    if (price === undefined) continue;
    for (const aliasKey of [key, `${key}-latest`]) {
      const alias = models.get(aliasKey);
      if (alias !== undefined && priceByModel.get(aliasKey) === price && alias.mode === dated.mode) {
        dated.aliases = [...(dated.aliases ?? []), alias.name];
      }
    }
  }
}
