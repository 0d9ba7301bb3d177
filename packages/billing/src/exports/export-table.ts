/**
 * What an export is made of: named, typed columns over rows that come in batches. Every format writes the same
 * table, so that they cannot disagree.
 *
 * Not here: where rows come from (usage-rows.ts, invoice-rows.ts, focus-rows.ts).
 */
import { formatUsd, picoUsdSum } from '@tollgate/money';

/** `money` and `decimal` are integers of 1e-12; `decimal` is a quantity or a price that is no amount. */
export type ColumnType = 'text' | 'integer' | 'money' | 'decimal' | 'time' | 'flag';
export type CellValue = string | bigint | boolean | Date | null;

export interface ExportColumn<R> {
  readonly name: string;
  readonly type: ColumnType;
  readonly value: (row: R) => CellValue;
}

export interface ExportTable<R> {
  readonly columns: readonly ExportColumn<R>[];
  readonly batches: AsyncIterable<readonly R[]>;
}

export const EXPORT_FORMATS = ['csv', 'jsonl', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Of exports that are made as a job. */
export const JOB_FORMATS = ['csv', 'jsonl', 'parquet', 'focus-csv', 'focus-parquet'] as const;
export type JobFormat = (typeof JOB_FORMATS)[number];

export const EXPORT_CONTENT_TYPE: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
};

/** Exact decimal text of an integer of 1e-12, without an exponent. */
export function decimalText(units: bigint): string {
  return formatUsd(picoUsdSum(units));
}

export function isoSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
