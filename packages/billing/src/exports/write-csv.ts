/** A table as CSV (RFC 4180): empty cells are nulls, and no cell is one that a spreadsheet would run. */
import { cell } from '../documents/invoice-csv.ts';
import { type CellValue, type ColumnType, decimalText, type ExportTable } from './export-table.ts';

export async function* writeCsv<R>(
  table: ExportTable<R>,
  timeText: (date: Date) => string = (date) => date.toISOString(),
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const lineOf = (row: R) =>
    table.columns.map((column) => cellText(column.type, column.value(row), timeText)).join(',');
  yield encoder.encode(`${table.columns.map((column) => column.name).join(',')}\r\n`);
  for await (const rows of table.batches) {
    if (rows.length > 0) yield encoder.encode(`${rows.map(lineOf).join('\r\n')}\r\n`);
  }
}

function cellText(type: ColumnType, value: CellValue, timeText: (date: Date) => string): string {
  if (value === null) return '';
  if (value instanceof Date) return timeText(value);
  if (typeof value === 'bigint') return type === 'integer' ? String(value) : decimalText(value);
  return typeof value === 'boolean' ? String(value) : cell(value);
}
