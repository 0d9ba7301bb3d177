/**
 * A table as Parquet, row group by row group, so that memory holds one of them however long the table is. Amounts
 * are DECIMAL(38,12): exact, and summed exactly by every reader.
 */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ColumnType, ExportColumn, ExportTable } from './export-table.ts';

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

const ROW_GROUP_ROWS = 10_000;

const ELEMENT: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  flag: { type: 'BOOLEAN' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  money: decimal(),
  decimal: decimal(),
};

function decimal(): Omit<SchemaElement, 'name'> {
  return {
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 16,
    converted_type: 'DECIMAL',
    precision: 38,
    scale: 12,
  };
}

export async function* writeParquet<R>(table: ExportTable<R>): AsyncGenerator<Uint8Array> {
  const bytes = new DrainedWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'root', num_children: table.columns.length },
      ...table.columns.map((column) => ({
        name: column.name,
        repetition_type: 'OPTIONAL' as const,
        ...ELEMENT[column.type],
      })),
    ],
    createdBy: 'Tollgate',
  });
  let waiting: R[] = [];
  const writeGroup = async (): Promise<Uint8Array> => {
    await writer.write({ columnData: toColumns(table.columns, waiting), rowGroupSize: ROW_GROUP_ROWS });
    waiting = [];
    return bytes.drain();
  };
  for await (const rows of table.batches) {
    for (const row of rows) {
      waiting.push(row);
      if (waiting.length === ROW_GROUP_ROWS) yield await writeGroup();
    }
  }
  if (waiting.length > 0) yield await writeGroup();
  await writer.finish();
  yield bytes.drain();
}

function toColumns<R>(columns: readonly ExportColumn<R>[], rows: readonly R[]) {
  return columns.map((column) => ({
    name: column.name,
    data: rows.map((row) => column.value(row)),
    // An index of pages would be kept for the whole file until its end.
    offsetIndex: false,
  }));
}

/** Gives away what was written so far, and goes on counting from there: offsets are those of the file. */
class DrainedWriter extends ByteWriter {
  drain(): Uint8Array {
    const drained = this.getBytes().slice();
    this.index = 0;
    return drained;
  }
}
