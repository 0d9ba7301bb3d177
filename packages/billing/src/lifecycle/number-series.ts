/**
 * Gap-free numbers. The series' row stays locked until the transaction ends, so a number exists only together
 * with its document; an abort gives it back. Call it last: others wait behind it.
 */
import type { Transaction } from '@tollgate/db';
import type { Issuer } from './issuer.ts';

export interface DocumentNumber {
  readonly series: string;
  /** Unique in its series, such as `TG-2026-000042`. */
  readonly number: string;
}

export type NumberedKind = 'invoice' | 'credit' | 'debit';

const KIND_MARK: Readonly<Record<NumberedKind, string>> = { invoice: '', credit: 'CN-', debit: 'DN-' };

/** The series of an issuer, kind, year (UTC) and mode: test documents never take a number of real ones. */
export function seriesOf(issuer: Issuer, kind: NumberedKind, livemode: boolean, now: Date): string {
  return `${livemode ? issuer.seriesPrefix : 'TEST'}-${KIND_MARK[kind]}${now.getUTCFullYear()}`;
}

export async function takeNumber(tx: Transaction, issuer: Issuer, series: string): Promise<DocumentNumber> {
  const [row] = await tx.$queryRaw<{ last: bigint }[]>`
    INSERT INTO invoice_series AS s (issuer, series, last_number) VALUES (${issuer.id}, ${series}, 1)
    ON CONFLICT (issuer, series) DO UPDATE SET last_number = s.last_number + 1
    RETURNING last_number AS last`;
  return { series, number: `${series}-${String(row!.last).padStart(6, '0')}` };
}
