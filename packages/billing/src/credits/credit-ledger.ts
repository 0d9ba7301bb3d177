/**
 * Prepaid credits: a ledger whose sum is the balance. One entry per kind and cause, so nothing counts twice.
 *
 * Positive: bought (`top-up`), given (`grant`), given back (`restored`, `dispute-won`). Negative: used on an invoice
 * or its note (`applied`), paid back (`refund`), withdrawn by the bank (`dispute`).
 */
import { empty, sql, type Transaction, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { z } from 'zod';
import { NEVER_CHANGED } from '../profile/billing-profile.ts';
import { decodeCursor, type Page, type PageOptions, toPage } from '../queries/page-cursor.ts';

export type CreditKind = 'top-up' | 'grant' | 'applied' | 'restored' | 'refund' | 'dispute' | 'dispute-won';

export interface CreditEntry {
  readonly organizationId: string;
  readonly kind: CreditKind;
  readonly causeId: string;
  readonly amountPicoUsd: bigint;
  readonly reason?: string;
  readonly invoiceId?: string;
  readonly nowMs: number;
}

/** @returns Whether it was new: false where this cause had its effect before. */
export async function addCreditEntry(tx: Transaction, entry: CreditEntry): Promise<boolean> {
  const written = await tx.$executeRaw`
    INSERT INTO credit_ledger_entries (id, organization_id, amount_pico_usd, kind, reason, invoice_id, cause_id, created_at)
    VALUES (${newId('creditEntry', entry.nowMs)}, ${entry.organizationId}, ${String(entry.amountPicoUsd)}::numeric, ${entry.kind},
      ${entry.reason ?? ''}, ${entry.invoiceId ?? null}, ${entry.causeId}, ${new Date(entry.nowMs).toISOString()}::timestamptz)
    ON CONFLICT (organization_id, kind, cause_id) DO NOTHING`;
  return written === 1;
}

export async function getCreditBalance(tx: Transaction, organizationId: string): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ balance: string }[]>`
    SELECT COALESCE(sum(amount_pico_usd), 0)::text AS balance FROM credit_ledger_entries
    WHERE organization_id = ${organizationId}`;
  return BigInt(row!.balance);
}

/**
 * What drafts will take of the balance when they are finalized.
 *
 * @param before Only of periods that begin before it.
 */
export async function getReservedCredits(
  tx: Transaction,
  organizationId: string,
  before?: Date,
): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ reserved: string }[]>`
    SELECT COALESCE(-sum(l.amount_pico_usd), 0)::text AS reserved FROM invoice_lines l
    JOIN invoices i ON i.organization_id = l.organization_id AND i.id = l.invoice_id
    WHERE l.organization_id = ${organizationId} AND l.kind = 'credit' AND l.component = 'prepaid'
      AND i.state = 'draft' AND i.kind = 'invoice' AND i.livemode
      ${before === undefined ? empty : sql`AND i.period_start < ${before.toISOString()}::timestamptz`}`;
  return BigInt(row!.reserved);
}

/** Until the transaction ends nobody else spends the balance. Makes the profile where there is none. */
export async function lockCredits(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO billing_profiles (organization_id, address_lines, updated_at) VALUES (${organizationId}, '{}', ${NEVER_CHANGED})
    ON CONFLICT (organization_id) DO NOTHING`;
  await tx.$queryRaw`SELECT 1 AS locked FROM billing_profiles WHERE organization_id = ${organizationId} FOR UPDATE`;
}

/** Takes what the invoice's own credit line says. Part of finalization, behind `lockCredits`. */
export async function applyCredits(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
  nowMs: number,
): Promise<void> {
  const [row] = await tx.$queryRaw<{ amount: string }[]>`
    SELECT COALESCE(sum(amount_pico_usd), 0)::text AS amount FROM invoice_lines
    WHERE organization_id = ${organizationId} AND invoice_id = ${invoiceId} AND kind = 'credit' AND component = 'prepaid'`;
  const amountPicoUsd = BigInt(row!.amount);
  if (amountPicoUsd === 0n) return;
  await addCreditEntry(tx, {
    organizationId,
    kind: 'applied',
    causeId: invoiceId,
    invoiceId,
    amountPicoUsd,
    nowMs,
  });
}

/**
 * Gives back what a voided invoice had taken, and its notes have not given back of it before. What they have given back
 * of their own is no part of that: they stand, with what they drew.
 */
export async function restoreCredits(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
  nowMs: number,
): Promise<void> {
  const applied = await tx.creditLedgerEntry.findFirst({
    where: { organizationId, kind: 'applied', causeId: invoiceId },
    select: { amountPicoUsd: true },
  });
  if (applied === null) return;
  const { _sum: ofNotes } = await tx.creditLedgerEntry.aggregate({
    where: { organizationId, kind: { in: ['applied', 'restored'] }, invoiceId, causeId: { not: invoiceId } },
    _sum: { amountPicoUsd: true },
  });
  const before = ofNotes.amountPicoUsd === null ? 0n : toBigInt(ofNotes.amountPicoUsd);
  const amountPicoUsd = -toBigInt(applied.amountPicoUsd) - (before > 0n ? before : 0n);
  if (amountPicoUsd <= 0n) return;
  await addCreditEntry(tx, {
    organizationId,
    kind: 'restored',
    causeId: invoiceId,
    invoiceId,
    amountPicoUsd,
    nowMs,
  });
}

export interface CreditEntryView {
  readonly id: string;
  readonly kind: string;
  readonly amountUsd: string;
  readonly reason: string;
  readonly invoiceId: string | null;
  readonly createdAt: string;
}

const Cursor = z.tuple([z.string(), z.string()]);

/** Newest first. @throws {InvalidCursorError} */
export async function listCreditEntries(
  tx: Transaction,
  { organizationId, limit, cursor }: PageOptions & { readonly organizationId: string },
): Promise<Page<CreditEntryView>> {
  const after = cursor === undefined ? undefined : decodeCursor(Cursor, cursor);
  const condition =
    after === undefined ? sql`true` : sql`(created_at, id) < (${after[0]}::timestamptz, ${after[1]})`;
  const rows = await tx.$queryRaw<(Omit<CreditEntryView, 'amountUsd' | 'createdAt'> & Raw)[]>`
    SELECT id, kind, amount_pico_usd::text AS amount, reason, invoice_id AS "invoiceId", created_at AS "createdAt"
    FROM credit_ledger_entries WHERE organization_id = ${organizationId} AND ${condition}
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;
  return toPage(
    rows,
    limit,
    (row) => [row.createdAt.toISOString(), row.id],
    ({ amount, createdAt, ...row }) => ({
      ...row,
      amountUsd: formatUsd(picoUsdSum(BigInt(amount))),
      createdAt: createdAt.toISOString(),
    }),
  );
}

interface Raw {
  readonly amount: string;
  readonly createdAt: Date;
}
