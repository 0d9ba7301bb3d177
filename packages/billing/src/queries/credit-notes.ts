/** Reading credit and debit notes, for the admin API. */
import { type Database, empty, NOTE_WAITS, sql, type Transaction } from '@tollgate/db';
import { z } from 'zod';
import { ENTRY_COMPONENTS, IS_BILLED } from '../draft/line-groups.ts';
import { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { listNoteCredits, type NoteCreditLine } from '../lifecycle/note-credits.ts';
import { NOTE_ISSUES_AT } from '../lifecycle/note-due.ts';
import { noteTotalsOf } from '../lifecycle/note-totals.ts';
import { notFound, usd } from './invoices.ts';
import { describeLine, shownUnitPrice } from './line-text.ts';
import { decodeCursor, type Page, type PageOptions, toPage } from './page-cursor.ts';

/** The sums of a draft are those that it would have if it were issued now, its credits included. */
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
  /** A draft that owes something: when it is issued by itself, unless somebody does before or more usage comes. */
  readonly issuesAt: string | null;
  readonly issuedAt: string | null;
}

export interface CreditNoteLineView {
  readonly id: string;
  readonly invoiceLineId: string | null;
  /** usage; credit: what the plan includes, and prepaid credits. */
  readonly kind: string;
  readonly description: string;
  readonly teamId: string;
  readonly costCenter: string;
  readonly provider: string;
  readonly model: string;
  readonly component: string;
  readonly quantity: string;
  /** As `shownUnitPrice`. */
  readonly unitPriceUsd: string;
  readonly markupBasisPoints: number;
  readonly amountUsd: string;
  /** How many ledger entries stand behind it; `listNoteLineRequests` opens them. */
  readonly entryCount: number;
}

export interface NoteLineRequestView {
  readonly startedAt: string;
  readonly requestId: string;
  readonly attempt: number;
  readonly entry: number;
  readonly reason: string;
  readonly quantity: string;
  readonly amountUsd: string;
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
  readonly issuesAt: Date | null;
  readonly issuedAt: Date | null;
  readonly invoiceState: string;
}

const NOTE_COLUMNS = sql`n.id, n.invoice_id AS "invoiceId", i.number AS "invoiceNumber", i.livemode, i.state AS "invoiceState", n.kind, n.state, n.number, n.reason,
  n.subtotal_pico_usd::text AS subtotal, n.rounding_pico_usd::text AS rounding, n.tax_pico_usd::text AS tax,
  n.total_pico_usd::text AS total, n.created_at AS "createdAt", ${NOTE_ISSUES_AT} AS "issuesAt", n.issued_at AS "issuedAt"`;

const NoteCursor = z.tuple([z.literal([0, 1]), z.string()]);

/** Drafts that can be issued first, because they wait for somebody; newest first among each. @throws {InvalidCursorError} */
export function listCreditNotes(
  database: Database,
  filter: PageOptions & {
    organizationId: string;
    invoiceId?: string | undefined;
    state?: CreditNoteView['state'] | undefined;
    /** Drafts that are to be issued: a credit on a void invoice never is. */
    waiting?: boolean | undefined;
    livemode?: boolean | undefined;
    /** Of invoices whose period began before then. */
    before?: Date | undefined;
  },
): Promise<Page<CreditNoteView>> {
  return database.tenant(filter.organizationId, async (tx) => {
    const after = filter.cursor === undefined ? undefined : decodeCursor(NoteCursor, filter.cursor);
    const rows = await tx.$queryRaw<NoteRow[]>`
      SELECT ${NOTE_COLUMNS} FROM credit_notes n
      JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
      WHERE n.organization_id = ${filter.organizationId}
        ${filter.invoiceId === undefined ? empty : sql`AND n.invoice_id = ${filter.invoiceId}`}
        ${filter.state === undefined ? empty : sql`AND n.state = ${filter.state}`}
        ${filter.waiting === undefined ? empty : sql`AND ${NOTE_WAITS} = ${filter.waiting}`}
        ${filter.livemode === undefined ? empty : sql`AND i.livemode = ${filter.livemode}`}
        ${filter.before === undefined ? empty : sql`AND i.period_start < ${filter.before}`}
        ${after === undefined ? empty : sql`AND (${NOTE_WAITS}::int, n.id) < (${after[0]}::int, ${after[1]})`}
      ORDER BY ${NOTE_WAITS} DESC, n.id DESC LIMIT ${filter.limit + 1}`;
    const shown: NoteRow[] = [];
    for (const row of rows) shown.push((await foresee(tx, filter.organizationId, row)).row);
    return toPage(shown, filter.limit, (row) => [waits(row) ? 1 : 0, row.id], toView);
  });
}

/** As `NOTE_WAITS`. */
function waits({ state, kind, invoiceState }: NoteRow): boolean {
  return state === 'draft' && !(kind === 'credit' && invoiceState === 'void');
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
    const foreseen = await foresee(tx, organizationId, row);
    // What a correction takes back comes before what it puts in its place.
    const lines = await tx.$queryRaw<NoteLineRow[]>`
      SELECT id, invoice_line_id AS "invoiceLineId", kind, description, team_id AS "teamId", cost_center AS "costCenter", provider, model,
        component, quantity::text AS quantity, unit_price_pico_usd::text AS "unitPrice",
        markup_basis_points AS "markupBasisPoints", amount_pico_usd::text AS amount,
        (SELECT count(*)::int FROM credit_note_entries b
         WHERE b.organization_id = l.organization_id AND b.credit_note_line_id = l.id) AS "entryCount"
      FROM credit_note_lines l WHERE organization_id = ${organizationId} AND credit_note_id = ${creditNoteId}
      ORDER BY kind DESC, team_id, cost_center, provider, model, component, amount_pico_usd >= 0, unit_price_pico_usd, markup_basis_points, description`;
    return {
      ...toView(foreseen.row),
      lines: [
        ...lines.map(toLineView),
        ...foreseen.credits.map((credit) => toCreditLine(creditNoteId, credit)),
      ],
    };
  });
}

type NoteLineRow = Omit<CreditNoteLineView, 'amountUsd' | 'unitPriceUsd'> & {
  readonly amount: string;
  readonly unitPrice: string;
};

function toLineView({ amount, unitPrice, ...line }: NoteLineRow): CreditNoteLineView {
  const shown = shownUnitPrice({
    unitPricePicoUsd: BigInt(unitPrice),
    markupBasisPoints: line.markupBasisPoints,
    quantity: BigInt(line.quantity),
    amountPicoUsd: BigInt(amount),
  });
  return {
    ...line,
    description: describeLine(line),
    unitPriceUsd: usd(String(shown)),
    amountUsd: usd(amount),
  };
}

/** A draft as it would be issued now: nothing of that is stored, because balance, plan and other notes move on. */
async function foresee(
  tx: Transaction,
  organizationId: string,
  row: NoteRow,
): Promise<{ readonly row: NoteRow; readonly credits: readonly NoteCreditLine[] }> {
  if (row.state !== 'draft') return { row, credits: [] };
  const found = await tx.invoice.findUniqueOrThrow({
    where: { organizationId_id: { organizationId, id: row.invoiceId } },
    select: { frozen: true },
  });
  const invoice = FrozenInvoice.parse(found.frozen);
  const isInvoiceVoid = row.invoiceState === 'void';
  const credits =
    isInvoiceVoid && row.kind === 'credit'
      ? []
      : await listNoteCredits(tx, { organizationId, creditNoteId: row.id, invoice, isInvoiceVoid });
  const amounts = [BigInt(row.subtotal), ...credits.map(({ amountPicoUsd }) => amountPicoUsd)];
  const totals = noteTotalsOf(amounts, invoice.taxes);
  return {
    credits,
    row: {
      ...row,
      subtotal: totals.subtotalPicoUsd,
      rounding: totals.roundingPicoUsd,
      tax: totals.taxPicoUsd,
      total: totals.totalPicoUsd,
    },
  };
}

function toCreditLine(
  creditNoteId: string,
  { component, description, amountPicoUsd }: NoteCreditLine,
): CreditNoteLineView {
  return {
    id: `${creditNoteId}.${component}`,
    invoiceLineId: null,
    kind: 'credit',
    description,
    teamId: '',
    costCenter: '',
    provider: '',
    model: '',
    component,
    quantity: '1',
    unitPriceUsd: usd(String(amountPicoUsd)),
    markupBasisPoints: 0,
    amountUsd: usd(String(amountPicoUsd)),
    entryCount: 0,
  };
}

const EntryCursor = z.tuple([z.iso.datetime(), z.string(), z.int(), z.int()]);

/**
 * The ledger entries behind a line of a note, oldest first; they sum to it.
 *
 * @throws {BillingError} `not-found`. @throws {InvalidCursorError}
 */
export function listNoteLineRequests(
  database: Database,
  filter: PageOptions & { organizationId: string; creditNoteId: string; lineId: string },
): Promise<Page<NoteLineRequestView>> {
  const { organizationId, creditNoteId, lineId, limit } = filter;
  return database.tenant(organizationId, async (tx) => {
    const [line] = await tx.$queryRaw<{ component: string; unitPrice: string }[]>`
      SELECT component, unit_price_pico_usd::text AS "unitPrice" FROM credit_note_lines
      WHERE organization_id = ${organizationId} AND credit_note_id = ${creditNoteId} AND id = ${lineId}`;
    if (line === undefined) throw notFound('note line', lineId);
    const after = filter.cursor === undefined ? undefined : decodeCursor(EntryCursor, filter.cursor);
    const rows = await tx.$queryRaw<
      (Omit<NoteLineRequestView, 'startedAt' | 'amountUsd'> & { startedAt: Date; amount: string })[]
    >`
      SELECT b.started_at AS "startedAt", b.request_id AS "requestId", b.attempt, b.entry, e.reason,
        part.quantity::text AS quantity, part.amount::text AS amount
      FROM credit_note_entries b
      JOIN usage_entries e ON e.organization_id = b.organization_id AND e.started_at = b.started_at
        AND e.request_id = b.request_id AND e.attempt = b.attempt AND e.entry = b.entry
      CROSS JOIN LATERAL (
        SELECT sum(c.quantity) AS quantity, sum(c.charge) AS amount FROM ${ENTRY_COMPONENTS}
        WHERE c.component = ${line.component} AND c.unit_price = ${line.unitPrice}::numeric AND ${IS_BILLED}) AS part
      WHERE b.organization_id = ${organizationId} AND b.credit_note_line_id = ${lineId}
        ${after === undefined ? empty : sql`AND (b.started_at, b.request_id, b.attempt, b.entry) > (${after[0]}::timestamptz, ${after[1]}, ${after[2]}::smallint, ${after[3]}::smallint)`}
      ORDER BY b.started_at, b.request_id, b.attempt, b.entry LIMIT ${limit + 1}`;
    return toPage(
      rows,
      limit,
      (row) => [row.startedAt.toISOString(), row.requestId, row.attempt, row.entry],
      ({ amount, ...row }) => ({ ...row, startedAt: row.startedAt.toISOString(), amountUsd: usd(amount) }),
    );
  });
}

function toView({ subtotal, rounding, tax, total, invoiceState: _, ...row }: NoteRow): CreditNoteView {
  return {
    ...row,
    subtotalUsd: usd(subtotal),
    roundingUsd: usd(rounding),
    taxUsd: usd(tax),
    totalUsd: usd(total),
    createdAt: row.createdAt.toISOString(),
    issuesAt: row.issuesAt?.toISOString() ?? null,
    issuedAt: row.issuedAt?.toISOString() ?? null,
  };
}
