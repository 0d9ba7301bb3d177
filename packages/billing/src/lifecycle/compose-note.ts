/**
 * Everything a note says, as one JSON value of the form of an invoice: what is hashed when it is issued, and what its
 * PDF and FOCUS are made from. A draft composes the same without a number, for its preview.
 */
import type { Transaction } from '@tollgate/db';
import { BillingError } from './billing-error.ts';
import { type FrozenInvoice, type FrozenLine, getCustomer } from './frozen-invoice.ts';
import { getIssuer } from './issuer.ts';
import type { NoteCreditLine } from './note-credits.ts';
import { noteTotalsOf } from './note-totals.ts';
import type { NumberedKind } from './number-series.ts';

export interface NoteHead {
  readonly organizationId: string;
  readonly creditNoteId: string;
  readonly kind: NumberedKind;
  readonly reason: string;
  /** As it was frozen: the note has its period and its tax rates. */
  readonly invoice: FrozenInvoice;
  /** Of a draft: what it would use if it were issued now. An issued one has them among its lines. */
  readonly credits?: readonly NoteCreditLine[];
}

/** Reads the lines, the profile and the letterhead as they are now. Without a number. */
export async function composeNote(tx: Transaction, head: NoteHead): Promise<FrozenInvoice> {
  const { organizationId, creditNoteId, kind, reason, invoice, credits = [] } = head;
  const lines = [
    ...(await listNoteLines(tx, organizationId, creditNoteId)),
    ...credits.map((credit) => toFrozenLine(creditNoteId, credit)),
  ];
  return {
    ...invoice,
    kind,
    id: creditNoteId,
    number: null,
    series: null,
    corrects: { invoiceId: invoice.id, number: invoice.number ?? '', reason },
    issuedAt: null,
    issuedOn: null,
    dueOn: null,
    issuer: await getIssuer(tx),
    customer: await getCustomer(tx, organizationId),
    lines,
    ...noteTotalsOf(
      lines.map(({ amountPicoUsd }) => BigInt(amountPicoUsd)),
      invoice.taxes,
    ),
  };
}

export interface StoredNote {
  readonly kind: NumberedKind;
  readonly reason: string;
  readonly state: string;
  readonly invoiceState: string;
  readonly invoiceFrozen: unknown;
  readonly frozen: unknown;
  readonly frozenSha256: string | null;
}

/** @throws {BillingError} `not-found`. */
export async function readNote(
  tx: Transaction,
  { organizationId, creditNoteId }: { readonly organizationId: string; readonly creditNoteId: string },
): Promise<StoredNote> {
  const [note] = await tx.$queryRaw<StoredNote[]>`
    SELECT n.kind, n.reason, n.state, n.frozen, n.frozen_sha256 AS "frozenSha256", i.state AS "invoiceState",
      i.frozen AS "invoiceFrozen" FROM credit_notes n
    JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
    WHERE n.organization_id = ${organizationId} AND n.id = ${creditNoteId}`;
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

function toFrozenLine(
  creditNoteId: string,
  { component, description, amountPicoUsd }: NoteCreditLine,
): FrozenLine {
  return {
    id: `${creditNoteId}.${component}`,
    kind: 'credit',
    description,
    teamId: '',
    teamName: '',
    costCenter: '',
    provider: '',
    model: '',
    component,
    unitPricePicoUsd: '0',
    markupBasisPoints: 0,
    quantity: '1',
    amountPicoUsd: String(amountPicoUsd),
  };
}
