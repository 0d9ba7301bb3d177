/**
 * Uploaded Parquet as records: flat columns, one row group at a time.
 *
 * The decoder believes what a file says of itself: a run of a thousand bytes' file can stand for two thousand million
 * values. So every page is looked at before it is decoded: how large it becomes, how many values it has, and that its
 * runs hold no more than that. Encodings that cannot be looked at this way are refused. Not here: nested columns,
 * which no bill needs.
 */
import {
  type FileMetaData,
  parquetMetadata,
  parquetReadObjects,
  parquetSchema,
  snappyUncompress,
} from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { ImportError } from './import-error.ts';

const MAX_METADATA_BYTES = 2 * 1024 * 1024;
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
const MAX_UNCOMPRESSED_BYTES = 512 * 1024 * 1024;
const MAX_CELLS = 20_000_000;
const MAX_BIT_WIDTH = 32;

export interface ParquetLimits {
  readonly maxRows: number;
  readonly maxColumns: number;
}

type Meta = NonNullable<FileMetaData['row_groups'][number]['columns'][number]['meta_data']>;
type PageHeader = ReturnType<typeof parquetHeader>;

/** @throws {ImportError} */
export async function* readParquet(
  file: Uint8Array,
  limits: ParquetLimits,
): AsyncGenerator<Record<string, unknown>> {
  const buffer = file.slice().buffer as ArrayBuffer;
  const { metadata, columns } = refusingBroken(() => inspect(buffer, limits));
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await parquetReadObjects({
      file: buffer,
      metadata,
      columns,
      rowStart,
      rowEnd,
      parsers: { geometryFromBytes: () => undefined, geographyFromBytes: () => undefined },
    }).catch(broken);
    yield* rows;
    rowStart = rowEnd;
  }
}

function refusingBroken<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    return broken(error);
  }
}

function broken(error: unknown): never {
  if (error instanceof ImportError) throw error;
  throw new ImportError(`it must be Parquet that can be read: ${String(error).slice(0, 200)}`);
}

function inspect(buffer: ArrayBuffer, { maxRows, maxColumns }: ParquetLimits) {
  const metadataBytes = new DataView(buffer).getUint32(buffer.byteLength - 8, true);
  if (metadataBytes > MAX_METADATA_BYTES) refuse(`its metadata may have at most ${MAX_METADATA_BYTES} bytes`);
  const metadata = parquetMetadata(buffer);
  const flat = parquetSchema(metadata).children.filter(
    ({ children, element }) => children.length === 0 && element.repetition_type !== 'REPEATED',
  );
  if (flat.length > maxColumns) refuse(`it may have at most ${maxColumns} columns`);
  const optional = new Map(flat.map(({ element }) => [element.name, element.repetition_type === 'OPTIONAL']));
  const budget = { cells: MAX_CELLS, bytes: MAX_UNCOMPRESSED_BYTES };
  let rows = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    rows += count;
    if (!(count >= 0) || rows > maxRows) refuse(`it may have at most ${maxRows} rows`);
    for (const { meta_data: meta } of group.columns) {
      const isOptional = optional.get(meta?.path_in_schema[0] ?? '');
      if (meta === undefined || isOptional === undefined) continue;
      if (meta.path_in_schema.length !== 1) refuse('its columns must be those of its schema');
      spend(budget, 'cells', count);
      inspectColumn(buffer, meta, isOptional, budget);
    }
  }
  return { metadata, columns: [...optional.keys()] };
}

interface Budget {
  cells: number;
  bytes: number;
}

function spend(budget: Budget, what: keyof Budget, count: number): void {
  budget[what] -= count;
  if (!(count >= 0) || budget[what] < 0)
    refuse('it is too large once it is unpacked; upload it as CSV or in parts');
}

function inspectColumn(buffer: ArrayBuffer, meta: Meta, isOptional: boolean, budget: Budget): void {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const view = new DataView(buffer, start, Number(meta.total_compressed_size));
  const reader = { view, offset: 0 };
  while (reader.offset < view.byteLength - 1) {
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    if (!(size >= 0)) refuse('a page must have a size');
    const bytes = new Uint8Array(buffer, start + reader.offset, size);
    reader.offset += size;
    inspectPage(bytes, header, { meta, isOptional, budget });
  }
}

interface Column {
  readonly meta: Meta;
  readonly isOptional: boolean;
  readonly budget: Budget;
}

function inspectPage(bytes: Uint8Array, header: PageHeader, column: Column): void {
  const { meta, isOptional, budget } = column;
  const v1 = header.data_page_header;
  const v2 = header.data_page_header_v2;
  if (header.type === 'DICTIONARY_PAGE') {
    spend(budget, 'cells', header.dictionary_page_header?.num_values ?? 0);
    unpack(bytes, header.uncompressed_page_size, column);
  } else if (header.type === 'DATA_PAGE' && v1 !== undefined) {
    spend(budget, 'cells', v1.num_values);
    const page = unpack(bytes, header.uncompressed_page_size, column);
    const levels = isOptional ? sizedRuns(page, 0, v1.num_values) : undefined;
    const values = levels?.ones ?? v1.num_values;
    inspectValues(page, levels?.end ?? 0, {
      encoding: v1.encoding,
      values,
      isBoolean: meta.type === 'BOOLEAN',
    });
  } else if (header.type === 'DATA_PAGE_V2' && v2 !== undefined) {
    spend(budget, 'cells', v2.num_values);
    const levelBytes = v2.definition_levels_byte_length;
    if (v2.repetition_levels_byte_length !== 0 || (!isOptional && levelBytes !== 0) || !(levelBytes >= 0)) {
      refuse('the levels of a page must be those of its column');
    }
    if (isOptional) checkRuns(bytes, 0, 1, v2.num_values);
    const values = v2.num_values - v2.num_nulls;
    if (!(values >= 0 && v2.num_nulls >= 0)) refuse('a page cannot have more nulls than values');
    const packed = bytes.subarray(levelBytes);
    const size = header.uncompressed_page_size - levelBytes;
    const page = v2.is_compressed === false ? packed : unpack(packed, size, column);
    // What is a Boolean here says so by its encoding alone.
    inspectValues(page, 0, { encoding: v2.encoding, values, isBoolean: v2.encoding === 'RLE' });
  } else refuse(`a page of type ${String(header.type).slice(0, 20)} cannot be read`);
}

interface Values {
  readonly encoding: string;
  readonly values: number;
  readonly isBoolean: boolean;
}

function inspectValues(page: Uint8Array, offset: number, { encoding, values, isBoolean }: Values): void {
  switch (encoding) {
    case 'PLAIN':
      return;
    case 'RLE':
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      if (isBoolean) sizedRuns(page, offset, values);
      else if (values > 0) checkRuns(page, offset + 1, page[offset] ?? 0, values);
      return;
    default:
      refuse(`the encoding ${encoding} is not read; upload it as CSV`);
  }
}

function unpack(bytes: Uint8Array, size: number, { meta: { codec }, budget }: Column): Uint8Array {
  if (!(size >= 0 && size <= MAX_PAGE_BYTES)) refuse(`a page may have at most ${MAX_PAGE_BYTES} bytes`);
  spend(budget, 'bytes', size);
  if (codec === 'UNCOMPRESSED') return bytes;
  if (codec !== 'SNAPPY') refuse(`the compression ${String(codec)} is not read; upload it as CSV`);
  const page = new Uint8Array(size);
  snappyUncompress(bytes, page);
  return page;
}

/** Runs of bits whose length in bytes stands before them. */
function sizedRuns(
  page: Uint8Array,
  offset: number,
  values: number,
): { readonly end: number; readonly ones: number } {
  const length = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(offset, true);
  return { end: offset + 4 + length, ones: checkRuns(page, offset + 4, 1, values) };
}

/**
 * Walks runs and packed groups as the decoder does, without making anything of them.
 *
 * @returns How many of the values are 1.
 * @throws {ImportError} They hold more than `values`.
 */
function checkRuns(page: Uint8Array, offset: number, width: number, values: number): number {
  if (width > MAX_BIT_WIDTH) refuse('a value may have at most 32 bits');
  let at = offset;
  let seen = 0;
  let ones = 0;
  const next = (): number => page[at++] ?? refuse('a page ends too early');
  while (seen < values) {
    const header = readVarInt(next);
    if (header & 1) {
      const count = (header >> 1) << 3;
      if (count <= 0 || width === 0) refuse('a group of values must have some');
      const used = Math.min(count, values - seen);
      if (width === 1)
        for (let bit = 0; bit < used; bit += 1) ones += ((page[at + (bit >> 3)] ?? 0) >> (bit & 7)) & 1;
      at += (count / 8) * width;
      seen += used;
    } else {
      const count = header >>> 1;
      if (count === 0 || count > values - seen) refuse('a run holds more values than its page');
      let value = 0;
      for (let byte = 0; byte < (width + 7) >> 3; byte += 1) value |= next() << (byte * 8);
      if (value === 1) ones += count;
      seen += count;
    }
  }
  return ones;
}

function readVarInt(next: () => number): number {
  let result = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = next();
    result |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) return result;
  }
  return refuse('a number of a page is too long');
}

function refuse(rule: string): never {
  throw new ImportError(rule);
}
