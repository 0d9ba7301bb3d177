/** A provider's file as summed bill lines: by day, model, kind of usage, tier and account. */
import type { BillLine, BillProvider, BillRowReader } from './bill-line.ts';
import { readAnthropicRow, unfoldAnthropic } from './formats/anthropic.ts';
import { readAwsRow } from './formats/aws.ts';
import { readOpenAiRow, unfoldOpenAi } from './formats/openai.ts';
import { ImportError } from './import-error.ts';
import { type FileRecord, readRecords } from './read-records.ts';

export interface ReadBill {
  readonly lines: readonly (BillLine & { readonly rows: number })[];
  readonly rows: number;
  readonly ignoredRows: number;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly totalPicoUsd: bigint;
}

const MAX_LINES = 100_000;
const MAX_DAYS = 400;

interface Format {
  readonly read: BillRowReader;
  readonly unfold?: (value: unknown) => Iterable<FileRecord>;
}

const FORMATS: Readonly<Record<BillProvider, Format>> = {
  openai: { read: readOpenAiRow, unfold: unfoldOpenAi },
  anthropic: { read: readAnthropicRow, unfold: unfoldAnthropic },
  aws: { read: readAwsRow },
};

/** @throws {ImportError} */
export async function readBill(file: Uint8Array, provider: BillProvider): Promise<ReadBill> {
  const { read, unfold } = FORMATS[provider];
  const sums = new Map<string, BillLine & { rows: number }>();
  let rows = 0;
  let ignoredRows = 0;
  for await (const row of readRecords(file, unfold)) {
    rows++;
    const line = read(row);
    if (line === undefined) {
      ignoredRows++;
      continue;
    }
    const key = JSON.stringify([line.day, line.providerModel, line.component, line.tier, line.account]);
    const sum = sums.get(key);
    sums.set(key, {
      ...line,
      quantity: line.quantity + (sum?.quantity ?? 0n),
      amountPicoUsd: line.amountPicoUsd + (sum?.amountPicoUsd ?? 0n),
      rows: 1 + (sum?.rows ?? 0),
    });
    if (sums.size > MAX_LINES)
      throw new ImportError(`it may have at most ${MAX_LINES} days, models and kinds of usage`);
  }
  const lines = [...sums.values()].toSorted((left, right) =>
    left.day < right.day ? -1 : left.day > right.day ? 1 : 0,
  );
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) {
    throw new ImportError(rows === 0 ? 'it has no rows' : `none of its ${rows} rows is about ${provider}`);
  }
  if (Date.parse(last.day) - Date.parse(first.day) > MAX_DAYS * 86_400_000) {
    throw new ImportError(`it may span at most ${MAX_DAYS} days, got ${first.day} to ${last.day}`);
  }
  return {
    lines,
    rows,
    ignoredRows,
    firstDay: first.day,
    lastDay: last.day,
    totalPicoUsd: lines.reduce((total, line) => total + line.amountPicoUsd, 0n),
  };
}
