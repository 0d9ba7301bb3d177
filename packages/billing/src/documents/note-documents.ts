/**
 * PDF of a credit or debit note: rendered once from its frozen JSON, stored with its hash, and from then on read, as an
 * invoice's is. A draft is rendered as it would be issued now, and never stored.
 */
import type { Database } from '@tollgate/db';
import { sha256Hex } from '../lifecycle/canonical-json.ts';
import type { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import type { InvoiceDocument } from './invoice-documents.ts';
import { renderInvoicePdf } from './invoice-pdf.ts';
import { type NoteScope, readNoteContent } from './note-content.ts';

/** @throws {BillingError} `not-found`; `wrong-state` when the frozen JSON no longer has its hash. */
export async function getNoteDocument(database: Database, scope: NoteScope): Promise<InvoiceDocument> {
  const stored = await findStored(database, scope);
  const note = await readNoteContent(database, scope);
  const content = stored ?? (await render(database, scope, note));
  const name = (note.number ?? `draft-${note.period.firstDay}`).replace(/[^A-Za-z0-9-]/g, '-');
  return {
    content,
    sha256: sha256Hex(content),
    fileName: `${note.kind}-note-${name}.pdf`,
    contentType: 'application/pdf',
  };
}

/** Issued notes without their document, oldest first: what a crash left to do. */
export async function listUnrenderedNotes(
  database: Database,
  organizationId: string,
  limit = 100,
): Promise<string[]> {
  const rows = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<{ id: string }[]>`
      SELECT n.id FROM credit_notes n WHERE n.organization_id = ${organizationId} AND n.state = 'issued'
        AND NOT EXISTS (SELECT 1 FROM credit_note_documents d
          WHERE d.organization_id = n.organization_id AND d.credit_note_id = n.id)
      ORDER BY n.issued_at LIMIT ${limit}`,
  );
  return rows.map(({ id }) => id);
}

function findStored(
  database: Database,
  { organizationId, creditNoteId }: NoteScope,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return database.tenant(organizationId, async (tx) => {
    const row = await tx.creditNoteDocument.findUnique({
      where: { organizationId_creditNoteId: { organizationId, creditNoteId } },
      select: { content: true },
    });
    return row === null ? undefined : new Uint8Array(row.content);
  });
}

/** @returns What is stored: of two who rendered at once, the first one's bytes. */
async function render(
  database: Database,
  { organizationId, creditNoteId }: NoteScope,
  note: FrozenInvoice,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(await renderInvoicePdf(note));
  if (note.number === null) return content;
  const scope = { organizationId, creditNoteId };
  await database.tenant(organizationId, (tx) =>
    tx.creditNoteDocument.createMany({
      data: [{ ...scope, content, sha256: sha256Hex(content) }],
      skipDuplicates: true,
    }),
  );
  return (await findStored(database, scope)) ?? content;
}
