/**
 * Uploaded files as records of text, one by one: CSV, JSON (a page of an API, a list), JSON Lines, Parquet. Numbers
 * keep the digits that the file has; nothing passes through a float.
 *
 * Bounded: whoever uploads decides the content, never the memory.
 */
import { parse } from 'csv-parse';
import { parquetReadObjects } from 'hyparquet';
import { ImportError } from './import-error.ts';

export type FileRecord = Readonly<Record<string, string>>;

export interface FileRow {
  readonly row: number;
  readonly record: FileRecord;
}

export const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_ROWS = 2_000_000;
const MAX_FIELD_BYTES = 128 * 1024;
const MAX_COLUMNS = 600;

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
  parser.end(Buffer.from(file.buffer, file.byteOffset, file.byteLength));
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
  if (whole !== undefined) {
    yield* unfold(whole);
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
    const value = parseJson(line);
    if (value === undefined) throw new ImportError('it must be JSON or JSON Lines', { row });
    yield* unfold(value);
  }
}

/** Numbers stay text: their digits as the file has them. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' ? (context?.source ?? String(value)) : value,
    );
  } catch {
    return undefined; // Said by the caller, with the row.
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
  const copy = file.slice().buffer as ArrayBuffer;
  const rows = await parquetReadObjects({ file: copy }).catch((error: unknown) => {
    throw new ImportError(`it must be Parquet that can be read: ${String(error).slice(0, 200)}`);
  });
  for (const row of rows) {
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
