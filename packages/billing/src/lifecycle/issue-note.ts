/**
 * From a draft note to an issued one: numbered and frozen as an invoice is, with the invoice's own tax rates.
 */
import type { Database, Transaction } from '@tollgate/db';
import { lockCredits } from '../credits/credit-ledger.ts';
import { localDate } from '../period/zone-time.ts';
import { enqueueFollowUp } from '../stripe/push-queue.ts';
import { BillingError } from './billing-error.ts';
import { composeNote, readNote, type StoredNote } from './compose-note.ts';
import { announce, type InvoiceStep } from './finalize.ts';
import { FrozenInvoice, freeze } from './frozen-invoice.ts';
import { applyNoteCredits } from './note-credits.ts';
import { isNoteDue } from './note-due.ts';
import { seriesOf, takeNumber } from './number-series.ts';

export interface NoteStep extends Omit<InvoiceStep, 'invoiceId'> {
  readonly creditNoteId: string;
  /** Nobody asked for it by hand: usage that came since it was found due may have made it a credit, or more. */
  readonly onlyIfDue?: boolean;
}

/**
 * @throws {BillingError} `not-found`, `wrong-state`.
 */
export function issueCreditNote(database: Database, step: NoteStep): Promise<{ id: string; number: string }> {
  return database.tenant(step.organizationId, (tx) => issueWithin(tx, step), { timeoutMs: 60_000 });
}

async function issueWithin(tx: Transaction, step: NoteStep): Promise<{ id: string; number: string }> {
  const { organizationId, creditNoteId, now } = step;
  const note = await lockNote(tx, organizationId, creditNoteId);
  if (note.state !== 'draft') {
    throw new BillingError(
      'wrong-state',
      `Cannot issue the note: it must be a draft, got ${note.state}`,
      'note-not-draft',
    );
  }
  if (step.onlyIfDue && !(await isNoteDue(tx, step))) {
    throw new BillingError('wrong-state', 'Cannot issue the note by itself: it must be due');
  }
  const invoice = FrozenInvoice.parse(note.invoiceFrozen);
  const isInvoiceVoid = note.invoiceState === 'void';
  if (isInvoiceVoid && note.kind === 'credit') {
    throw new BillingError(
      'wrong-state',
      `Cannot issue the credit note: its invoice must not be void, because nothing is owed on it that could be given back, got ${invoice.number}`,
      'invoice-void',
    );
  }
  if (invoice.livemode) await lockCredits(tx, organizationId);
  await applyNoteCredits(tx, { organizationId, creditNoteId, invoice, isInvoiceVoid }, now.getTime());
  const composed = await composeNote(tx, { ...note, organizationId, creditNoteId, invoice });
  const { series, number } = await takeNumber(
    tx,
    composed.issuer,
    seriesOf(composed.issuer, note.kind, invoice.livemode, now),
  );
  const frozen = freeze({
    ...composed,
    number,
    series,
    issuedAt: now.toISOString(),
    issuedOn: localDate(now.getTime(), invoice.period.timeZone),
  });
  await tx.$executeRaw`
    UPDATE credit_notes SET state = 'issued', series = ${series}, number = ${number}, frozen = ${frozen.text}::jsonb,
      frozen_sha256 = ${frozen.sha256}, issued_at = ${now.toISOString()}::timestamptz,
      subtotal_pico_usd = ${composed.subtotalPicoUsd}::numeric, rounding_pico_usd = ${composed.roundingPicoUsd}::numeric,
      tax_pico_usd = ${composed.taxPicoUsd}::numeric, total_pico_usd = ${composed.totalPicoUsd}::numeric
    WHERE organization_id = ${organizationId} AND id = ${creditNoteId}`;
  const noteStep = { ...step, invoiceId: creditNoteId };
  await announce(
    tx,
    noteStep,
    'credit-note-issued',
    { state: 'draft' },
    { state: 'issued', number, invoiceId: invoice.id },
    'creditNote',
  );
  if (composed.totalPicoUsd === '0') return { id: creditNoteId, number };
  await enqueueFollowUp(tx, {
    organizationId,
    invoiceId: invoice.id,
    kind: note.kind === 'credit' ? 'credit-note' : 'debit-note',
    targetId: creditNoteId,
    version: 1,
    nowMs: now.getTime(),
  });
  return { id: creditNoteId, number };
}

/** With its invoice, and that first, as roll-ups do. */
async function lockNote(tx: Transaction, organizationId: string, creditNoteId: string): Promise<StoredNote> {
  await tx.$queryRaw`
    SELECT 1 AS locked FROM invoices i JOIN credit_notes n ON n.organization_id = i.organization_id AND n.invoice_id = i.id
    WHERE n.organization_id = ${organizationId} AND n.id = ${creditNoteId} FOR UPDATE OF i`;
  await tx.$queryRaw`
    SELECT 1 AS locked FROM credit_notes WHERE organization_id = ${organizationId} AND id = ${creditNoteId} FOR UPDATE`;
  return readNote(tx, { organizationId, creditNoteId });
}
