/** Reading credit and debit notes, for the admin API. */
import { type Database, empty, sql } from '@tollgate/db';
import { z } from 'zod';
import { notFound, usd } from './invoices.ts';
import { describeLine } from './line-text.ts';
import { decodeCursor, type Page, type PageOptions, toPage } from './page-cursor.ts';

export interface CreditNoteView {
  readonly id: string;
  readonly invoiceId: string;
  readonly invoiceNumber: string | null;
  readonly livemode: boolean;
  readonly kind: 'credit' | 'debit';
  readonly state: 'draft' | 'issued' | 'void';
  readonly number: string | null;
  readonly reason: string;
  readonly subtotalUsd: string;
  readonly roundingUsd: string;
  readonly taxUsd: string;
  readonly totalUsd: string;
  readonly createdAt: string;
  readonly issuedAt: string | null;
}

export interface CreditNoteLineView {
  readonly id: string;
  readonly invoiceLineId: string | null;
  readonly description: string;
  readonly teamId: string;
  readonly costCenter: string;
  readonly provider: string;
  readonly model: string;
  readonly component: string;
  readonly quantity: string;
  readonly amountUsd: string;
  /** Keys of the ledger entries behind it. */
  readonly entries: readonly {
    readonly startedAt: string;
    readonly requestId: string;
    readonly attempt: number;
    readonly entry: number;
  }[];
}

interface NoteRow {
  readonly id: string;
  readonly invoiceId: string;
  readonly invoiceNumber: string | null;
  readonly livemode: boolean;
  readonly kind: 'credit' | 'debit';
  readonly state: 'draft' | 'issued' | 'void';
  readonly number: string | null;
  readonly reason: string;
  readonly subtotal: string;
  readonly rounding: string;
  readonly tax: string;
  readonly total: string;
  readonly createdAt: Date;
  readonly issuedAt: Date | null;
}

const NOTE_COLUMNS = sql`n.id, n.invoice_id AS "invoiceId", i.number AS "invoiceNumber", i.livemode, n.kind, n.state, n.number, n.reason,
  n.subtotal_pico_usd::text AS subtotal, n.rounding_pico_usd::text AS rounding, n.tax_pico_usd::text AS tax,
  n.total_pico_usd::text AS total, n.created_at AS "createdAt", n.issued_at AS "issuedAt"`;

const NoteCursor = z.tuple([z.string()]);

/** Newest first. @throws {InvalidCursorError} */
export function listCreditNotes(
  database: Database,
  filter: PageOptions & { organizationId: string; invoiceId?: string | undefined },
): Promise<Page<CreditNoteView>> {
  return database.tenant(filter.organizationId, async (tx) => {
    const after = filter.cursor === undefined ? undefined : decodeCursor(NoteCursor, filter.cursor);
    const rows = await tx.$queryRaw<NoteRow[]>`
      SELECT ${NOTE_COLUMNS} FROM credit_notes n
      JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
      WHERE n.organization_id = ${filter.organizationId}
        ${filter.invoiceId === undefined ? empty : sql`AND n.invoice_id = ${filter.invoiceId}`}
        ${after === undefined ? empty : sql`AND n.id < ${after[0]}`}
      ORDER BY n.id DESC LIMIT ${filter.limit + 1}`;
    return toPage(rows, filter.limit, (row) => [row.id], toView);
  });
}

/** @throws {BillingError} `not-found`. */
export function getCreditNote(
  database: Database,
  { organizationId, creditNoteId }: { organizationId: string; creditNoteId: string },
): Promise<CreditNoteView & { readonly lines: readonly CreditNoteLineView[] }> {
  return database.tenant(organizationId, async (tx) => {
    const [row] = await tx.$queryRaw<NoteRow[]>`
      SELECT ${NOTE_COLUMNS} FROM credit_notes n
      JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
      WHERE n.organization_id = ${organizationId} AND n.id = ${creditNoteId}`;
    if (row === undefined) throw notFound('note', creditNoteId);
    const lines = await tx.$queryRaw<(Omit<CreditNoteLineView, 'amountUsd'> & { amount: string })[]>`
      SELECT id, invoice_line_id AS "invoiceLineId", description, team_id AS "teamId", cost_center AS "costCenter", provider, model,
        component, quantity::text AS quantity, amount_pico_usd::text AS amount, entries
      FROM credit_note_lines WHERE organization_id = ${organizationId} AND credit_note_id = ${creditNoteId}
      ORDER BY team_id, cost_center, provider, model, component, unit_price_pico_usd, markup_basis_points, description`;
    return {
      ...toView(row),
      lines: lines.map(({ amount, ...line }) => ({
        ...line,
        description: describeLine(line),
        amountUsd: usd(amount),
      })),
    };
  });
}

function toView({ subtotal, rounding, tax, total, ...row }: NoteRow): CreditNoteView {
  return {
    ...row,
    subtotalUsd: usd(subtotal),
    roundingUsd: usd(rounding),
    taxUsd: usd(tax),
    totalUsd: usd(total),
    createdAt: row.createdAt.toISOString(),
    issuedAt: row.issuedAt?.toISOString() ?? null,
  };
}
