/** What a credit or debit note says: what its PDF and its FOCUS rows are made from. */
import type { Database } from '@tollgate/db';
import type { Json } from '../lifecycle/canonical-json.ts';
import { composeNote, readNote } from '../lifecycle/compose-note.ts';
import { FrozenInvoice, thaw } from '../lifecycle/frozen-invoice.ts';
import { listNoteCredits } from '../lifecycle/note-credits.ts';

export interface NoteScope {
  readonly organizationId: string;
  readonly creditNoteId: string;
}

/**
 * Frozen, or of a draft what it would say if it were issued now.
 *
 * @throws {BillingError} `not-found`; `wrong-state` when the frozen JSON no longer has its hash.
 */
export function readNoteContent(
  database: Database,
  { organizationId, creditNoteId }: NoteScope,
): Promise<FrozenInvoice> {
  const scope = { organizationId, creditNoteId };
  return database.tenant(organizationId, async (tx) => {
    const note = await readNote(tx, scope);
    if (note.frozen !== null) return thaw(note.frozen as Json, note.frozenSha256, `note ${creditNoteId}`);
    const invoice = FrozenInvoice.parse(note.invoiceFrozen);
    const isInvoiceVoid = note.invoiceState === 'void';
    const cannotBeIssued = isInvoiceVoid && note.kind === 'credit';
    const credits = cannotBeIssued ? [] : await listNoteCredits(tx, { ...scope, invoice, isInvoiceVoid });
    return composeNote(tx, { ...scope, kind: note.kind, reason: note.reason, invoice, credits });
  });
}
