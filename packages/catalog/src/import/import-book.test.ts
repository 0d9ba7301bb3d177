/**
 * The whole collection of facts through the importer: every stated price comes out exact or is listed here, names
 * lead to the model that is served, and an import that is run again changes nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PRICE_BOOK_DIRECTORY, readBookFiles } from '../price-book.ts';
import { importBook, toFileText } from './import-book.ts';
import { type SourceRecord, sourceRecordSchema } from './source-record.ts';

const FILE = new URL('../../../../../shared/catalog/models.json', import.meta.url);
const isRequired =
  (import.meta as ImportMeta & { readonly env?: Record<string, string | undefined> }).env
    ?.TOLLGATE_REQUIRE_SHARED === '1';

const PER_PIXEL =
  'the price of an image divided by its pixels; becomes the price of an image of that size and quality, to a tenth of a cent';
const A_THIRD = 'a third of a pico-USD per second of video is lost: 0.002 USD per minute divided by 60';

/** Stated prices that are no whole number of pico-USD per unit: provider, model, variant and field. */
const INEXACT: Readonly<Record<string, string>> = {
  ...pixels('azure dall-e-3', ['standard/1024-x-1024']),
  ...pixels('openai dall-e-3', ['standard/1024-x-1024']),
  ...pixels('azure gpt-image-1', sizes('low', 'medium', 'high')),
  ...pixels('openai gpt-image-1', sizes('low', 'medium', 'high')),
  ...pixels('azure gpt-image-1-mini', sizes('low', 'medium', 'high')),
  'google gemini-3.1-flash-live-preview - per_unit.input_video_usd_per_second': A_THIRD,
};

/** Prices of the book that are rounded, with what was lost. */
const ROUNDED: Readonly<Record<string, string>> = {
  'azure gpt-4.1-nano-2025-04-14 us batch: cachedInput':
    'not stated: follows the input price of the batch (0.025 of 0.11, times 0.06), 13,636.36 pico-USD',
  'google gemini-3.1-flash-live-preview default: unit:input_video_second': A_THIRD,
};

function sizes(...qualities: string[]): string[] {
  return qualities.flatMap((quality) =>
    ['1024-x-1024', '1024-x-1536', '1536-x-1024'].map((size) => `${quality}/${size}`),
  );
}

function pixels(model: string, variants: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    variants.map((variant) => [`${model} ${variant} image.input_usd_per_pixel`, PER_PIXEL]),
  );
}

describe.skipIf(!existsSync(FILE) && !isRequired)('all collected facts (skipped without ../shared)', () => {
  const records = z.array(sourceRecordSchema).parse(JSON.parse(readFileSync(FILE, 'utf8')));
  const published = readBookFiles(PRICE_BOOK_DIRECTORY);
  const fresh = importBook(records, []);

  it('[M4] state prices that are whole pico-USD per unit, but for 30 fields that are listed with their reason', () => {
    const fields = records.flatMap((record) =>
      listPriceFields(record).map(({ path, usd }) => ({
        name: `${record.provider} ${record.id} ${record.variant ?? '-'} ${path}`,
        isExact: isWholePicoUsd(usd, path),
      })),
    );
    const inexact = fields.filter(({ isExact }) => !isExact).map(({ name }) => name);
    console.log(`${records.length} records, ${fields.length} stated prices, ${inexact.length} are inexact`);
    expect(fields.length).toBeGreaterThan(12_000);
    expect(inexact.sort()).toEqual(Object.keys(INEXACT).sort());
  });

  it('[M4] reach the book unrounded, but for the listed ones', () => {
    expect(fresh.report.rounded.sort()).toEqual(Object.keys(ROUNDED).sort());
    const images = fresh.prices.flatMap(({ components, derived }) =>
      (derived ?? []).flatMap((name) =>
        name.startsWith('image:') ? [components[name as keyof typeof components]] : [],
      ),
    );
    expect(images.length).toBeGreaterThan(0);
    expect(images.filter((price) => !price?.endsWith('000000000'))).toEqual([]);
  });

  it('[M7] every price that is stated per token is in the book to the last digit', () => {
    const stated = new Map(fresh.prices.map((line) => [seriesKey(line), line]));
    let [compared, placeholders] = [0, 0];
    for (const record of records) {
      const line = stated.get(seriesKey({ provider: record.provider, model: record.id }));
      if (line === undefined || line.source !== record.source || record.tiers?.[0]?.above_input_tokens === 0)
        continue;
      if (record.region || record.match) continue;
      for (const [field, component] of [
        ['input_usd_per_mtok', 'input'],
        ['output_usd_per_mtok', 'output'],
        ['cache_read_usd_per_mtok', 'cachedInput'],
        ['cache_write_usd_per_mtok', 'cacheWrite5m'],
      ] as const) {
        const usd = record[field];
        if (usd === null || usd === undefined) continue;
        if (/^0(\.0*)?$/.test(usd)) placeholders++;
        else {
          expect([line.model, field, line.components[component]]).toEqual([
            line.model,
            field,
            picoUsdPerToken(usd),
          ]);
          compared++;
        }
      }
    }
    console.log(`${compared} token prices compared, ${placeholders} stated as zero`);
    expect(compared).toBeGreaterThan(6_000);
  });

  it('lead from another name of a model to that model, priced alike, and from no name to two', () => {
    const owners = new Map<string, string>();
    let aliases = 0;
    for (const model of fresh.models) {
      for (const alias of model.aliases ?? []) {
        const key = `${model.provider}/${alias}`;
        expect(owners.get(key), key).toBeUndefined();
        owners.set(key, model.name);
        aliases++;
        expect(pricesOf(model.provider, alias)).toEqual(pricesOf(model.provider, model.name));
      }
    }
    console.log(`${aliases} other names`);
    expect(aliases).toBeGreaterThan(90);
    expect(owners.get('azure/gpt-4.1-mini')).toBe('gpt-4.1-mini-2025-04-14');
    expect(owners.get('anthropic/claude-haiku-4-5')).toBe('claude-haiku-4-5-20251001');
  });

  it('are what is published: the import run again changes no byte of either file', () => {
    const again = importBook(records, published.prices);
    expect(again.added).toBe(0);
    for (const [file, lines] of [
      ['models.json', again.models],
      ['price-book.json', again.prices],
    ] as const) {
      expect(toFileText(lines) === readFileSync(`${PRICE_BOOK_DIRECTORY}/${file}`, 'utf8'), file).toBe(true);
    }
  });

  it('never change a published price: another one is refused, or begins later where a day is given', () => {
    const changed = records.map((record) =>
      record.provider === 'openai' && record.id === 'gpt-4o'
        ? { ...record, input_usd_per_mtok: '2.6' }
        : record,
    );
    expect(() => importBook(changed, published.prices)).toThrow(
      /published prices must not change.*openai gpt-4o/,
    );
    const corrected = importBook(changed, published.prices, '2026-11-01');
    expect(corrected.added).toBeGreaterThan(0);
    expect(corrected.prices.filter((line) => line.validFrom === '2026-11-01')).toMatchObject([
      // The batch's cache price follows from the input price.
      { model: 'gpt-4o', serviceTier: 'batch', derived: ['cachedInput'] },
      { model: 'gpt-4o', components: { input: '2600000' } },
    ]);
    const kept = new Set(corrected.prices.map((line) => JSON.stringify(line)));
    expect(published.prices.every((line) => kept.has(JSON.stringify(line)))).toBe(true);
  });

  function pricesOf(provider: string, name: string): unknown[] {
    return fresh.prices
      .filter(
        (line) => line.provider === provider && line.model === name && !line.region && !line.serviceTier,
      )
      .map(({ components, tiers }) => [components, tiers]);
  }
});

function seriesKey(line: { provider: string; model: string; region?: string; serviceTier?: string }): string {
  return [line.provider, line.model, line.region ?? '', line.serviceTier ?? ''].join('\0');
}

/** Every field of a record that is a price, at any depth. Multipliers are factors. */
function listPriceFields(record: SourceRecord): { path: string; usd: string }[] {
  const fields: { path: string; usd: string }[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') {
      if (/(^|[._])usd_per_|web_search_usd_per_query\./.test(path)) fields.push({ path, usd: value });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : `${path}.${name}`);
    }
  };
  walk(record, '');
  return fields;
}

/** Counted in decimals, not with the importer's fractions: 12 for a unit, 6 for a million. */
function isWholePicoUsd(usd: string, path: string): boolean {
  const decimals = (usd.split('.')[1] ?? '').replace(/0+$/, '').length;
  return decimals <= (path.endsWith('_per_mtok') ? 6 : 12);
}

function picoUsdPerToken(usd: string): string {
  const [whole = '', decimals = ''] = usd.split('.');
  return String(BigInt(whole + decimals.padEnd(6, '0').slice(0, 6)));
}
