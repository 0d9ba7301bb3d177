/** A table in a format, as a stream of chunks; compressed where asked for. */
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { ExportFormat, ExportTable } from './export-table.ts';
import { writeCsv } from './write-csv.ts';
import { writeJsonLines } from './write-jsonl.ts';
import { writeParquet } from './write-parquet.ts';

export interface WriteOptions {
  readonly format: ExportFormat;
  /** Parquet is compressed inside and stays as it is. */
  readonly gzip?: boolean;
  readonly timeText?: (date: Date) => string;
}

/** Reads no further than it is read: whoever is slow slows the table down instead of filling memory. */
export function writeTable<R>(table: ExportTable<R>, options: WriteOptions): Readable {
  const chunks = Readable.from(chunksOf(table, options), { objectMode: false, highWaterMark: 64 * 1024 });
  if (options.gzip !== true || options.format === 'parquet') return chunks;
  const gzip = createGzip();
  chunks.on('error', (error) => gzip.destroy(error));
  gzip.on('close', () => chunks.destroy());
  return chunks.pipe(gzip);
}

function chunksOf<R>(table: ExportTable<R>, { format, timeText }: WriteOptions): AsyncGenerator<Uint8Array> {
  switch (format) {
    case 'csv':
      return writeCsv(table, timeText);
    case 'jsonl':
      return writeJsonLines(table);
    case 'parquet':
      return writeParquet(table);
    default:
      return format satisfies never;
  }
}
