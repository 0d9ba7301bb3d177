/**
 * Uploaded files as records of text, one by one: CSV, JSON (a page of an API, a list), JSON Lines, Parquet. Numbers
 * keep the digits that the file has; nothing passes through a float.
 *
 * Bounded: whoever uploads decides the content, never the memory.
 */
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { parse } from 'csv-parse';
import { ImportError } from './import-error.ts';
import { quoteNumbers } from './json-numbers.ts';
import { readParquet } from './parquet-records.ts';

export type FileRecord = Readonly<Record<string, string>>;

export interface FileRow {
  readonly row: number;
  readonly record: FileRecord;
}

export const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_ROWS = 2_000_000;
const MAX_FIELD_BYTES = 128 * 1024;
const MAX_COLUMNS = 600;
/** Values and names of one document. */
const MAX_JSON_PARTS = 2_000_000;
const CHUNK_BYTES = 64 * 1024;
/** Others are served meanwhile: reading a large file takes seconds. */
const ROWS_BETWEEN_PAUSES = 500;

/** @throws {ImportError} The file is not what it seems to be. */
export async function* readRecords(
  file: Uint8Array,
  unfold: (value: unknown) => Iterable<FileRecord> = defaultUnfold,
): AsyncGenerator<FileRow> {
  if (file.byteLength === 0) throw new ImportError('it must not be empty');
  const first = String.fromCharCode(file[0]!, file[1] ?? 0, file[2] ?? 0, file[3] ?? 0);
  if (first === 'PAR1') yield* numbered(parquetRecords(file));
  else if (/^\s*[[{]/.test(Buffer.from(file.subarray(0, 64)).toString('utf8').replace('\uFEFF', ''))) {
    yield* numbered(jsonRecords(file, unfold));
  } else yield* csvRecords(file);
}

async function* numbered(records: AsyncIterable<FileRecord> | Iterable<FileRecord>): AsyncGenerator<FileRow> {
  let row = 0;
  for await (const record of records) {
    row++;
    if (row > MAX_ROWS) throw new ImportError(`it may have at most ${MAX_ROWS} rows`);
    if (row % ROWS_BETWEEN_PAUSES === 0) await setImmediate();
    yield { row, record };
  }
}

async function* csvRecords(file: Uint8Array): AsyncGenerator<FileRow> {
  const parser = parse({
    bom: true,
    columns: (names: string[]) => {
      if (names.length > MAX_COLUMNS) throw new ImportError(`it may have at most ${MAX_COLUMNS} columns`);
      return names.map(columnName);
    },
    skip_empty_lines: true,
    max_record_size: MAX_FIELD_BYTES,
    relax_column_count: false,
  });
  // In chunks: one write would become all records of the file before the first is read.
  Readable.from(chunksOf(file)).pipe(parser);
  try {
    yield* numbered(parser as AsyncIterable<FileRecord>);
  } catch (error) {
    if (error instanceof ImportError) throw error;
    const { lines, column } = error as { lines?: number; column?: string | number };
    const message = error instanceof Error ? error.message.slice(0, 200) : String(error);
    throw new ImportError(`it must be CSV: ${message}`, {
      row: Math.max((lines ?? 1) - 1, 0),
      column: column === undefined ? '' : String(column),
    });
  }
}

function* chunksOf(file: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < file.byteLength; at += CHUNK_BYTES)
    yield Buffer.from(file.subarray(at, at + CHUNK_BYTES));
}

/** One way to write a name: `lineItem/UsageStartDate`, `Line Item Usage Start Date` → `line_item_usage_start_date`. */
export function columnName(name: string): string {
  return name
    .trim()
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
}

function* jsonRecords(
  file: Uint8Array,
  unfold: (value: unknown) => Iterable<FileRecord>,
): Generator<FileRecord> {
  const text = new TextDecoder('utf-8', { fatal: false }).decode(file);
  const whole = parseJson(text);
  if (typeof whole === 'object') {
    yield* unfold(whole.value);
    return;
  }
  let row = 0;
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, end).trim();
    start = end + 1;
    if (line === '') continue;
    row++;
    const parsed = parseJson(line);
    if (parsed === 'no-json' && (row > 1 || whole === 'no-json')) {
      throw new ImportError('it must be JSON or JSON Lines', { row });
    }
    if (typeof parsed === 'string') {
      throw new ImportError(`a document may have at most ${MAX_JSON_PARTS} parts; upload it as JSON Lines`);
    }
    yield* unfold(parsed.value);
  }
}

/** Numbers become text: their digits as the file has them. What is wrong is said by the caller, with the row. */
function parseJson(text: string): { readonly value: unknown } | 'no-json' | 'too-many-parts' {
  const quoted = quoteNumbers(text, MAX_JSON_PARTS);
  if (quoted === undefined) return 'too-many-parts';
  try {
    return { value: JSON.parse(quoted) };
  } catch {
    return 'no-json';
  }
}

function* defaultUnfold(value: unknown): Generator<FileRecord> {
  const inner = isObject(value) && Array.isArray(value.data) ? value.data : value;
  for (const each of Array.isArray(inner) ? inner : [inner]) {
    if (!isObject(each)) throw new ImportError('it must hold a list of objects');
    yield toRecord(each);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Flat values under their column names; deeper ones as `outer_inner`. */
export function toRecord(value: Record<string, unknown>, prefix = '', depth = 0): FileRecord {
  const record: Record<string, string> = {};
  for (const [name, each] of Object.entries(value)) {
    const column = prefix === '' ? columnName(name) : `${prefix}_${columnName(name)}`;
    if (each === null || each === undefined) record[column] = '';
    else if (isObject(each) && depth < 2) Object.assign(record, toRecord(each, column, depth + 1));
    else if (typeof each !== 'object') record[column] = String(each);
  }
  return record;
}

async function* parquetRecords(file: Uint8Array): AsyncGenerator<FileRecord> {
  for await (const row of readParquet(file, { maxRows: MAX_ROWS, maxColumns: MAX_COLUMNS })) {
    yield toRecord(
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          value instanceof Date ? value.toISOString() : value,
        ]),
      ),
    );
  }
}
