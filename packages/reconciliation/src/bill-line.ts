/** A provider's bill, whoever wrote it: what it takes, for which day, model and kind of usage. */

import { parseAmount, parseCount } from './exact-amount.ts';
import { ImportError } from './import-error.ts';
import type { FileRow } from './read-records.ts';

export const BILL_PROVIDERS = ['openai', 'anthropic', 'aws'] as const;
export type BillProvider = (typeof BILL_PROVIDERS)[number];

export type BillComponent =
  | 'input'
  | 'cachedInput'
  | 'cacheWrite5m'
  | 'cacheWrite1h'
  | 'output'
  | 'credit'
  | 'tax'
  | 'fee'
  | 'other';

export interface BillLine {
  /** `2026-11-01`, in the bill's own days. */
  readonly day: string;
  readonly providerModel: string;
  readonly component: BillComponent;
  readonly tier: 'standard' | 'batch' | 'priority' | 'flex';
  readonly account: string;
  /** Tokens where the bill tells them; 0: it does not. */
  readonly quantity: bigint;
  readonly amountPicoUsd: bigint;
}

/** Reads a row, or says that it is about something else (`undefined`). @throws {ImportError} */
export type BillRowReader = (row: FileRow) => BillLine | undefined;

/** The first of these columns that the row has. */
export function find({ record }: FileRow, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = record[name];
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** @throws {ImportError} None of them is there. */
export function get(row: FileRow, ...names: readonly string[]): string {
  const value = find(row, ...names);
  if (value !== undefined) return value;
  throw new ImportError('a value is missing', { row: row.row, column: names[0] ?? '' });
}

/** @throws {ImportError} */
export function getAmount(row: FileRow, ...names: readonly string[]): bigint {
  const text = get(row, ...names);
  const amount = parseAmount(text);
  if (amount !== undefined) return amount;
  throw new ImportError(`an amount must be a decimal below 4,000,000 USD, got ${text.slice(0, 40)}`, {
    row: row.row,
    column: names[0] ?? '',
  });
}

export function findCount(row: FileRow, ...names: readonly string[]): bigint {
  return parseCount(find(row, ...names) ?? '0') ?? 0n;
}

/** A calendar day from Unix seconds or an ISO text, in UTC. @throws {ImportError} */
export function getDay(row: FileRow, ...names: readonly string[]): string {
  const text = get(row, ...names);
  const ms = /^\d{9,11}(\.\d+)?$/.test(text)
    ? Number(text) * 1_000
    : /^\d{4}-\d{2}-\d{2}$/.test(text)
      ? Date.parse(`${text}T00:00:00Z`)
      : Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  if (Number.isFinite(ms) && ms > Date.UTC(2015, 0, 1) && ms < Date.UTC(2100, 0, 1)) {
    return new Date(ms).toISOString().slice(0, 10);
  }
  throw new ImportError(`a day must be a date, got ${text.slice(0, 40)}`, {
    row: row.row,
    column: names[0] ?? '',
  });
}

/** @throws {ImportError} We count in USD; what another currency is worth nobody here knows. */
export function assertUsd(row: FileRow, ...names: readonly string[]): void {
  const currency = find(row, ...names);
  if (currency === undefined || currency.toUpperCase() === 'USD') return;
  throw new ImportError(`the currency must be USD, got ${currency.slice(0, 10)}`, {
    row: row.row,
    column: names[0] ?? '',
  });
}
