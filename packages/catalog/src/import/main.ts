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
import { importBook, toFileText } from './import-book.ts';
import { sourceRecordSchema } from './source-record.ts';

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
const isPublished = existsSync(join(PRICE_BOOK_DIRECTORY, 'price-book.json')) && !options.replace;
const published = isPublished ? readBookFiles(PRICE_BOOK_DIRECTORY).prices : [];
const { models, prices, added, report } = importBook(records, published, options['corrections-from']);
writeLines('models.json', models);
writeLines('price-book.json', prices);

console.log(`${models.length} models, ${prices.length} prices, of which ${added} are new`);
for (const [title, lines] of Object.entries(report)) {
  console.log(`${title}: ${lines.length}`);
  if (options.report) for (const line of lines) console.log(`  ${line}`);
}

function writeLines(file: string, lines: readonly unknown[]): void {
  const text = toFileText(lines);
  writeFileSync(join(PRICE_BOOK_DIRECTORY, file), text);
  console.log(`${file}: ${(text.length / 1024).toFixed(0)} KiB`);
}
