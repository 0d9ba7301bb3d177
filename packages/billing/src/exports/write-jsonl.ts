/** A table as JSON Lines. Amounts and large counts are decimal strings: a JSON number is a float to most readers. */
import { type CellValue, type ColumnType, decimalText, type ExportTable } from './export-table.ts';

export async function* writeJsonLines<R>(table: ExportTable<R>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const lineOf = (row: R) =>
    `${JSON.stringify(
      Object.fromEntries(
        table.columns.map((column) => [column.name, jsonValue(column.type, column.value(row))]),
      ),
    )}\n`;
  for await (const rows of table.batches) {
    if (rows.length > 0) yield encoder.encode(rows.map(lineOf).join(''));
  }
}

function jsonValue(type: ColumnType, value: CellValue): string | number | boolean | null {
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'bigint') return value;
  if (type !== 'integer') return decimalText(value);
  return value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n ? Number(value) : String(value);
}
