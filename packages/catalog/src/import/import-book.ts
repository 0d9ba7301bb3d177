/**
 * A collection of facts on top of the published book: what the two files of data/ should say.
 *
 * Pure; main.ts reads and writes the files. The same collection imported again adds nothing.
 */
import type { BookModel, BookPrice } from '../price-book.ts';
import { buildModels } from './build-models.ts';
import { buildPrices, type ImportReport } from './build-prices.ts';
import { mergePrices } from './merge.ts';
import { SIMULATOR_MODELS, SIMULATOR_PRICES } from './simulator.ts';
import type { SourceRecord } from './source-record.ts';

/** The day of each source's snapshot in the collection; renew these with the collection. */
export const SOURCE_DATES: Readonly<Record<string, string>> = {
  litellm: '2026-08-01',
  'models.dev': '2026-07-02',
  'genai-prices': '2026-08-21',
};

export interface ImportedBook {
  readonly models: BookModel[];
  readonly prices: BookPrice[];
  /** How many prices are not published yet. */
  readonly added: number;
  readonly report: ImportReport;
}

/**
 * @param correctionsFrom `YYYY-MM-DD`: from when a price that differs from a published one of its day shall hold.
 * @throws {Error} A published price would change.
 */
export function importBook(
  records: readonly SourceRecord[],
  published: readonly BookPrice[],
  correctionsFrom?: string,
): ImportedBook {
  const report: ImportReport = { rounded: [], derived: [], skipped: [] };
  const prices = [...SIMULATOR_PRICES, ...buildPrices(records, SOURCE_DATES, report)];
  const models = [...buildModels(records, prices, report), ...SIMULATOR_MODELS];
  const merged = mergePrices(published, prices, correctionsFrom);
  if (merged.conflicts.length > 0) {
    throw new Error(
      `Cannot import: published prices must not change, got ${merged.conflicts.length} other prices for published days ` +
        `(${merged.conflicts.slice(0, 3).join('; ')} …); pass --corrections-from with the day from which they hold`,
    );
  }
  return { models, prices: merged.prices, added: merged.added, report };
}

/** The text of a file, one line each, so that a diff reads as a list of changes. */
export function toFileText(lines: readonly unknown[]): string {
  return `[\n${lines.map((line) => JSON.stringify(line)).join(',\n')}\n]\n`;
}
