/**
 * From a draft note to an issued one: numbered and frozen as an invoice is, with the invoice's own tax rates.
 */
import type { Database, Transaction } from '@tollgate/db';
import { lockCredits } from '../credits/credit-ledger.ts';
import { localDate } from '../period/zone-time.ts';
import { enqueueFollowUp } from '../stripe/push-queue.ts';
import { BillingError } from './billing-error.ts';
import { announce, type InvoiceStep } from './finalize.ts';
import { FrozenInvoice, type FrozenLine, freeze, getCustomer } from './frozen-invoice.ts';
import { getIssuer } from './issuer.ts';
import { applyNoteCredits } from './note-credits.ts';
import { noteTotalsOf } from './note-totals.ts';
import { type NumberedKind, seriesOf, takeNumber } from './number-series.ts';

export interface NoteStep extends Omit<InvoiceStep, 'invoiceId'> {
  readonly creditNoteId: string;
}

interface DraftNote {
  readonly kind: NumberedKind;
  readonly reason: string;
  readonly state: string;
  readonly invoiceState: string;
  readonly invoiceFrozen: unknown;
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
    throw new BillingError('wrong-state', `Cannot issue the note: it must be a draft, got ${note.state}`);
  }
  const invoice = FrozenInvoice.parse(note.invoiceFrozen);
  const isInvoiceVoid = note.invoiceState === 'void';
  if (isInvoiceVoid && note.kind === 'credit') {
    throw new BillingError(
      'wrong-state',
      `Cannot issue the credit note: its invoice must not be void, because nothing is owed on it that could be given back, got ${invoice.number}`,
    );
  }
  if (invoice.livemode) await lockCredits(tx, organizationId);
  await applyNoteCredits(tx, { organizationId, creditNoteId, invoice, isInvoiceVoid }, now.getTime());
  const lines = await listNoteLines(tx, organizationId, creditNoteId);
  const totals = noteTotalsOf(
    lines.map(({ amountPicoUsd }) => BigInt(amountPicoUsd)),
    invoice.taxes,
  );
  const issuer = await getIssuer(tx);
  const customer = await getCustomer(tx, organizationId);
  const { series, number } = await takeNumber(tx, issuer, seriesOf(issuer, note.kind, invoice.livemode, now));
  const day = localDate(now.getTime(), invoice.period.timeZone);
  const frozen = freeze({
    ...invoice,
    kind: note.kind,
    id: creditNoteId,
    number,
    series,
    corrects: { invoiceId: invoice.id, number: invoice.number ?? '', reason: note.reason },
    issuedAt: now.toISOString(),
    issuedOn: day,
    dueOn: null,
    issuer,
    customer,
    lines,
    ...totals,
  });
  await tx.$executeRaw`
    UPDATE credit_notes SET state = 'issued', series = ${series}, number = ${number}, frozen = ${frozen.text}::jsonb,
      frozen_sha256 = ${frozen.sha256}, issued_at = ${now.toISOString()}::timestamptz,
      subtotal_pico_usd = ${totals.subtotalPicoUsd}::numeric, rounding_pico_usd = ${totals.roundingPicoUsd}::numeric,
      tax_pico_usd = ${totals.taxPicoUsd}::numeric, total_pico_usd = ${totals.totalPicoUsd}::numeric
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
  if (totals.totalPicoUsd === '0') return { id: creditNoteId, number };
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
async function lockNote(tx: Transaction, organizationId: string, creditNoteId: string): Promise<DraftNote> {
  await tx.$queryRaw`
    SELECT 1 AS locked FROM invoices i JOIN credit_notes n ON n.organization_id = i.organization_id AND n.invoice_id = i.id
    WHERE n.organization_id = ${organizationId} AND n.id = ${creditNoteId} FOR UPDATE OF i`;
  const [note] = await tx.$queryRaw<DraftNote[]>`
    SELECT n.kind, n.reason, n.state, i.state AS "invoiceState", i.frozen AS "invoiceFrozen" FROM credit_notes n
    JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
    WHERE n.organization_id = ${organizationId} AND n.id = ${creditNoteId} FOR UPDATE OF n`;
  if (note === undefined) {
    throw new BillingError(
      'not-found',
      `Cannot find the note: it must exist in the organization, got ${creditNoteId}`,
    );
  }
  return note;
}

function listNoteLines(tx: Transaction, organizationId: string, creditNoteId: string): Promise<FrozenLine[]> {
  return tx.$queryRaw<FrozenLine[]>`
    SELECT l.id, l.kind, l.description, l.team_id AS "teamId", COALESCE(t.name, '') AS "teamName", l.cost_center AS "costCenter",
      l.provider, l.model, l.component, l.unit_price_pico_usd::text AS "unitPricePicoUsd",
      l.markup_basis_points AS "markupBasisPoints", l.quantity::text AS quantity, l.amount_pico_usd::text AS "amountPicoUsd"
    FROM credit_note_lines l LEFT JOIN teams t ON t.organization_id = l.organization_id AND t.id = l.team_id
    WHERE l.organization_id = ${organizationId} AND l.credit_note_id = ${creditNoteId}
    ORDER BY l.kind DESC, l.team_id, l.cost_center, l.provider, l.model, l.component, l.unit_price_pico_usd, l.markup_basis_points, l.description`;
}
