/**
 * Writes data/models.json and data/price-book.json from a folder of collected facts.
 *
 *   node packages/catalog/src/import/main.ts --from ../shared/catalog [--corrections-from YYYY-MM-DD]
 *
 * `--replace` starts a new book instead of adding to the published one: only before anything was rated with it.
 * `--report` prints every line that was rounded, derived or left out, instead of their numbers.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { PRICE_BOOK_DIRECTORY, readBookFiles } from '../price-book.ts';
import { buildModels } from './build-models.ts';
import { buildPrices, type ImportReport } from './build-prices.ts';
import { mergePrices } from './merge.ts';
import { SIMULATOR_MODELS, SIMULATOR_PRICES } from './simulator.ts';
import { sourceRecordSchema } from './source-record.ts';

/** The day of each source's snapshot in the collection; renew these with the collection. */
const SOURCE_DATES: Readonly<Record<string, string>> = {
  litellm: '2026-08-01',
  'models.dev': '2026-07-02',
  'genai-prices': '2026-08-21',
};

const { values: options } = parseArgs({
  options: {
    from: { type: 'string' },
    'corrections-from': { type: 'string' },
    replace: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});
if (options.from === undefined)
  throw new Error('Cannot import: --from must name the folder of collected facts');

const records = z
  .array(sourceRecordSchema)
  .parse(JSON.parse(readFileSync(join(options.from, 'models.json'), 'utf8')));
const report: ImportReport = { rounded: [], derived: [], skipped: [] };
const prices = [...SIMULATOR_PRICES, ...buildPrices(records, SOURCE_DATES, report)];
const models = [...buildModels(records, prices, report), ...SIMULATOR_MODELS];

const isPublished = existsSync(join(PRICE_BOOK_DIRECTORY, 'price-book.json')) && !options.replace;
const published = isPublished ? readBookFiles(PRICE_BOOK_DIRECTORY).prices : [];
const merged = mergePrices(published, prices, options['corrections-from']);
if (merged.conflicts.length > 0) {
  throw new Error(
    `Cannot import: published prices must not change, got ${merged.conflicts.length} other prices for published days ` +
      `(${merged.conflicts.slice(0, 3).join('; ')} …); pass --corrections-from with the day from which they hold`,
  );
}
writeLines('models.json', models);
writeLines('price-book.json', merged.prices);

console.log(`${models.length} models, ${merged.prices.length} prices, of which ${merged.added} are new`);
for (const [title, lines] of Object.entries(report)) {
  console.log(`${title}: ${lines.length}`);
  if (options.report) for (const line of lines) console.log(`  ${line}`);
}

/** One line each, so that a diff reads as a list of changes. */
function writeLines(file: string, lines: readonly unknown[]): void {
  const text = `[\n${lines.map((line) => JSON.stringify(line)).join(',\n')}\n]\n`;
  writeFileSync(join(PRICE_BOOK_DIRECTORY, file), text);
  console.log(`${file}: ${(text.length / 1024).toFixed(0)} KiB`);
}
