/** PDF and CSV of an invoice, and of a showback statement or a part of it. */
import type { Database } from '@tollgate/db';
import { BillingError } from '../lifecycle/billing-error.ts';
import { type InvoiceScope, readInvoiceContent } from './invoice-content.ts';
import { partOf, type StatementPart } from './statement-part.ts';
import {
  DOCUMENT_KINDS,
  type DocumentKind,
  type DocumentStore,
  getDocument,
  type InvoiceDocument,
} from './stored-document.ts';

/**
 * @throws {BillingError} `not-found`, also of a part with nothing in it; `wrong-state` when the frozen JSON no longer has
 *   its hash, and for a part of an invoice.
 */
export async function getInvoiceDocument(
  database: Database,
  scope: InvoiceScope & { kind: DocumentKind; part?: StatementPart | undefined },
): Promise<InvoiceDocument> {
  const { kind, part } = scope;
  const invoice = await readInvoiceContent(database, scope);
  const isPart = part?.teamId !== undefined || part?.costCenter !== undefined;
  if (isPart) return getDocument(partOf(invoice, part), kind, undefined);
  return getDocument(invoice, kind, storeOf(database, scope));
}

/** Makes what is missing. Safe to run twice. @throws {BillingError} as above; `wrong-state` for a draft. */
export async function renderInvoiceDocuments(database: Database, scope: InvoiceScope): Promise<void> {
  const invoice = await readInvoiceContent(database, scope);
  if (invoice.number === null) {
    throw new BillingError(
      'wrong-state',
      `Cannot store documents: the invoice must be finalized, got draft ${scope.invoiceId}`,
    );
  }
  for (const kind of DOCUMENT_KINDS) await getDocument(invoice, kind, storeOf(database, { ...scope, kind }));
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

function storeOf(
  database: Database,
  { organizationId, invoiceId, kind }: InvoiceScope & { kind: DocumentKind },
): DocumentStore {
  const key = { organizationId, invoiceId, kind };
  return {
    find: () =>
      database.tenant(organizationId, async (tx) => {
        const row = await tx.invoiceDocument.findUnique({
          where: { organizationId_invoiceId_kind: key },
          select: { content: true },
        });
        return row?.content;
      }),
    add: (document) =>
      database.tenant(organizationId, (tx) =>
        tx.invoiceDocument.createMany({ data: [{ ...key, ...document }], skipDuplicates: true }),
      ),
  };
}
