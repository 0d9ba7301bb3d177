/**
 * Gap-free numbers. The series' row stays locked until the transaction ends, so a number exists only together
 * with its document; an abort gives it back. Call it last: others wait behind it.
 */
import type { Transaction } from '@tollgate/db';
import { BillingError } from './billing-error.ts';
import { type Issuer, TEST_PREFIX } from './issuer.ts';

export interface DocumentNumber {
  readonly series: string;
  /** Unique in its series, such as `TG-2026-000042`. */
  readonly number: string;
}

export type NumberedKind = 'invoice' | 'credit' | 'debit';

const KIND_MARK: Readonly<Record<NumberedKind, string>> = { invoice: '', credit: 'CN-', debit: 'DN-' };

/**
 * The series of an issuer, kind, year (UTC) and mode. Test documents carry the issuer's prefix behind their own:
 * they never take a number of real ones, nor of another issuer's test documents.
 */
export function seriesOf(issuer: Issuer, kind: NumberedKind, livemode: boolean, now: Date): string {
  const prefix = livemode ? issuer.seriesPrefix : `${TEST_PREFIX}-${issuer.seriesPrefix}`;
  return `${prefix}-${KIND_MARK[kind]}${now.getUTCFullYear()}`;
}

/** @throws {BillingError} `series-taken`: another issuer numbers in this series. */
export async function takeNumber(tx: Transaction, issuer: Issuer, series: string): Promise<DocumentNumber> {
  const [row] = await tx.$queryRaw<{ last: bigint }[]>`
    INSERT INTO invoice_series AS s (issuer, series, last_number) VALUES (${issuer.id}, ${series}, 1)
    ON CONFLICT (issuer, series) DO UPDATE SET last_number = s.last_number + 1
    RETURNING last_number AS last`;
  if (row!.last === 1n) await assertOwnSeries(tx, issuer, series);
  return { series, number: `${series}-${String(row!.last).padStart(6, '0')}` };
}

async function assertOwnSeries(tx: Transaction, issuer: Issuer, series: string): Promise<void> {
  const others = await tx.$queryRaw<{ issuer: string }[]>`
    SELECT issuer FROM invoice_series WHERE series = ${series} AND issuer <> ${issuer.id} LIMIT 1`;
  if (others.length === 0) return;
  throw new BillingError(
    'series-taken',
    `Cannot number in the series ${series}: it must be the issuer's own, got one of issuer ${others[0]?.issuer}`,
  );
}
