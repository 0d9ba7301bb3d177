'use client';
/** Corrections of a finalized invoice. Absent where there are none. */
import type { CreditNoteListItem as CreditNote, Invoice } from '@tollgate/api';
import { Badge, Card, Money } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useEvery } from '../common/use-every.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { IssueButton, IssuesByItself, NoteState, useNoteText } from './note-parts.tsx';
import { OpenedNote } from './note-sheet.tsx';

export function CreditNotes({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('invoices');
  const noteText = useNoteText();
  const url = useUrlState();
  const notes = useEvery<CreditNote>(`/credit-notes?invoiceId=${invoice.id}`, {
    enabled: invoice.finalizedAt !== null,
  });
  if (notes.rows.length === 0) return null;
  return (
    <Card title={text.notes} description={text.notesText} flush>
      <ul className="border-t border-line">
        {notes.rows.map((note) => (
          <li
            key={note.id}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 text-sm last:border-b-0"
          >
            <button
              type="button"
              onClick={() => url.set({ note: note.id })}
              className="rounded-xs font-medium hover:underline"
            >
              {noteText.title(note)}
            </button>
            <Badge tone="outline">{noteText.kind(note)}</Badge>
            <NoteState note={note} />
            <IssuesByItself note={note} />
            <span className="text-ink-soft">{noteText.reason(note)}</span>
            <span className="ml-auto flex items-center gap-3">
              <Money value={note.totalUsd} signed className="font-medium" />
              <IssueButton note={note} />
            </span>
          </li>
        ))}
      </ul>
      <OpenedNote />
    </Card>
  );
}
