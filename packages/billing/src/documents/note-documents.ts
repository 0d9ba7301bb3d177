/** PDF of a credit or debit note. A draft is rendered as it would be issued now. */
import type { Database } from '@tollgate/db';
import { type NoteScope, readNoteContent } from './note-content.ts';
import { type DocumentStore, getDocument, type InvoiceDocument } from './stored-document.ts';

/** @throws {BillingError} `not-found`; `wrong-state` when the frozen JSON no longer has its hash. */
export async function getNoteDocument(database: Database, scope: NoteScope): Promise<InvoiceDocument> {
  return getDocument(await readNoteContent(database, scope), 'pdf', storeOf(database, scope));
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

function storeOf(database: Database, { organizationId, creditNoteId }: NoteScope): DocumentStore {
  const key = { organizationId, creditNoteId };
  return {
    find: () =>
      database.tenant(organizationId, async (tx) => {
        const row = await tx.creditNoteDocument.findUnique({
          where: { organizationId_creditNoteId: key },
          select: { content: true },
        });
        return row?.content;
      }),
    add: (document) =>
      database.tenant(organizationId, (tx) =>
        tx.creditNoteDocument.createMany({ data: [{ ...key, ...document }], skipDuplicates: true }),
      ),
  };
}
