/**
 * PDF and CSV of an invoice: rendered once from the frozen JSON, stored with their hash, and from then on read.
 *
 * Whoever needs a document first makes it (the worker after finalization, or a download that was faster); the
 * second one finds it. A draft is rendered for its preview and never stored.
 */
import type { Database } from '@tollgate/db';
import { BillingError } from '../lifecycle/billing-error.ts';
import { canonicalJson, type Json, sha256Hex } from '../lifecycle/canonical-json.ts';
import { readHead } from '../lifecycle/finalize.ts';
import { composeInvoice, FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { renderInvoiceCsv } from './invoice-csv.ts';
import { renderInvoicePdf } from './invoice-pdf.ts';

export const DOCUMENT_KINDS = ['pdf', 'csv'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export interface InvoiceDocument {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  /** Safe in a Content-Disposition header. */
  readonly fileName: string;
  readonly contentType: string;
}

interface DocumentScope {
  readonly organizationId: string;
  readonly invoiceId: string;
}

/** What of a showback statement is asked for: a team's, a cost centre's, or a team's of one cost centre. Empty: that of none. */
export interface StatementPart {
  readonly teamId?: string | undefined;
  readonly costCenter?: string | undefined;
}

const CONTENT_TYPE: Readonly<Record<DocumentKind, string>> = {
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
};

/**
 * @throws {BillingError} `not-found`, also of a part with nothing in it; `wrong-state` when the frozen JSON no longer has
 *   its hash, and for a part of an invoice.
 */
export async function getInvoiceDocument(
  database: Database,
  scope: DocumentScope & { kind: DocumentKind; part?: StatementPart | undefined },
): Promise<InvoiceDocument> {
  const { kind, part } = scope;
  const { invoice, stored, isDraft } = await readSource(database, scope);
  if (part?.teamId !== undefined || part?.costCenter !== undefined) {
    const own = partOf(invoice, part);
    return toDocument(own, kind, new Uint8Array(await render(own, kind)));
  }
  if (stored !== null) return toDocument(invoice, kind, new Uint8Array(stored));
  const content = await render(invoice, kind);
  return toDocument(invoice, kind, isDraft ? content : await store(database, scope, content));
}

/** Makes what is missing. Safe to run twice. @throws {BillingError} as above; `wrong-state` for a draft. */
export async function renderInvoiceDocuments(database: Database, scope: DocumentScope): Promise<void> {
  for (const kind of DOCUMENT_KINDS) {
    const { invoice, stored, isDraft } = await readSource(database, { ...scope, kind });
    if (isDraft) {
      throw new BillingError(
        'wrong-state',
        `Cannot store documents: the invoice must be finalized, got draft ${scope.invoiceId}`,
      );
    }
    if (stored === null) await store(database, { ...scope, kind }, await render(invoice, kind));
  }
}

/** Finalized invoices without all their documents, oldest first: what a crash left to do. */
export async function listUnrenderedInvoices(
  database: Database,
  organizationId: string,
  limit = 100,
): Promise<string[]> {
  const rows = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<{ id: string }[]>`
      SELECT i.id FROM invoices i WHERE i.organization_id = ${organizationId} AND i.kind = 'invoice' AND i.state <> 'draft'
        AND (SELECT count(*) FROM invoice_documents d WHERE d.organization_id = i.organization_id AND d.invoice_id = i.id) < ${DOCUMENT_KINDS.length}
      ORDER BY i.finalized_at LIMIT ${limit}`,
  );
  return rows.map((row) => row.id);
}

/**
 * What an invoice says: frozen, or of a draft as it stands.
 *
 * @throws {BillingError} `not-found`; `wrong-state` when the frozen JSON no longer has its hash.
 */
export async function readInvoiceContent(database: Database, scope: DocumentScope): Promise<FrozenInvoice> {
  return (await readSource(database, { ...scope, kind: 'csv' })).invoice;
}

interface DocumentSource {
  readonly invoice: FrozenInvoice;
  readonly stored: Uint8Array | null;
  readonly isDraft: boolean;
}

function readSource(
  database: Database,
  scope: DocumentScope & { kind: DocumentKind },
): Promise<DocumentSource> {
  const { organizationId, invoiceId, kind } = scope;
  return database.tenant(organizationId, async (tx) => {
    const head = await readHead(tx, scope);
    const [row] = await tx.$queryRaw<
      { kind: string; frozen: Json | null; sha256: string | null; content: Uint8Array | null }[]
    >`
      SELECT i.kind, i.frozen, i.frozen_sha256 AS sha256, d.content FROM invoices i
      LEFT JOIN invoice_documents d ON d.organization_id = i.organization_id AND d.invoice_id = i.id AND d.kind = ${kind}
      WHERE i.organization_id = ${organizationId} AND i.id = ${invoiceId}`;
    if (row === undefined || row.frozen === null) {
      const composed = await composeInvoice(tx, head, undefined);
      const invoice = row?.kind === 'showback' ? { ...composed, kind: 'showback' } : composed;
      return { invoice, stored: null, isDraft: true };
    }
    if (sha256Hex(canonicalJson(row.frozen)) !== row.sha256) {
      throw new BillingError(
        'wrong-state',
        `Cannot render invoice ${invoiceId}: its frozen JSON must have its hash, got another`,
      );
    }
    return { invoice: FrozenInvoice.parse(row.frozen), stored: row.content, isDraft: false };
  });
}

/** The statement of one team or cost centre, in the form of the whole: its lines, and what they sum to. */
function partOf(statement: FrozenInvoice, { teamId, costCenter }: StatementPart): FrozenInvoice {
  if (statement.kind !== 'showback') {
    throw new BillingError(
      'wrong-state',
      'Cannot divide the document: it must be a showback statement, because an invoice is owed as a whole',
    );
  }
  const lines = statement.lines.filter(
    (line) =>
      (teamId === undefined || line.teamId === teamId) &&
      (costCenter === undefined || line.costCenter === costCenter),
  );
  const [first] = lines;
  if (first === undefined) {
    throw new BillingError(
      'not-found',
      'Cannot find the part: the statement must have lines of it, got none',
    );
  }
  const total = String(lines.reduce((sum, line) => sum + BigInt(line.amountPicoUsd), 0n));
  const names = [
    ...(teamId === undefined ? [] : [first.teamId === '' ? 'No team' : first.teamName || first.teamId]),
    ...(costCenter === undefined ? [] : [costCenter === '' ? 'No cost centre' : `Cost centre ${costCenter}`]),
  ];
  return {
    ...statement,
    customer: { ...statement.customer, name: [statement.customer.name, ...names].join(' · ') },
    lines,
    subtotalPicoUsd: total,
    totalPicoUsd: total,
  };
}

function render(invoice: FrozenInvoice, kind: DocumentKind): Promise<Buffer> {
  return kind === 'pdf' ? renderInvoicePdf(invoice) : Promise.resolve(renderInvoiceCsv(invoice));
}

/** @returns What is stored: of two who rendered at once, the first one's bytes. */
function store(
  database: Database,
  { organizationId, invoiceId, kind }: DocumentScope & { kind: DocumentKind },
  content: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  return database.tenant(organizationId, async (tx) => {
    await tx.invoiceDocument.createMany({
      data: [
        { organizationId, invoiceId, kind, content: new Uint8Array(content), sha256: sha256Hex(content) },
      ],
      skipDuplicates: true,
    });
    const row = await tx.invoiceDocument.findUniqueOrThrow({
      where: { organizationId_invoiceId_kind: { organizationId, invoiceId, kind } },
    });
    return new Uint8Array(row.content);
  });
}

function toDocument(invoice: FrozenInvoice, kind: DocumentKind, content: Uint8Array): InvoiceDocument {
  const name = (invoice.number ?? `draft-${invoice.period.firstDay}`).replace(/[^A-Za-z0-9-]/g, '-');
  return {
    content: new Uint8Array(content),
    sha256: sha256Hex(content),
    fileName: `${invoice.kind === 'showback' ? 'showback' : 'invoice'}-${name}.${kind}`,
    contentType: CONTENT_TYPE[kind],
  };
}
