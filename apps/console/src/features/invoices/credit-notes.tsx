'use client';
/** Corrections of a finalized invoice. Absent where there are none. */
import type {
  CreditNoteListItem as CreditNote,
  CreditNote as CreditNoteDetail,
  Invoice,
} from '@tollgate/api';
import {
  Badge,
  Button,
  Card,
  Dash,
  DefinitionList,
  formatNumber,
  Money,
  Sheet,
  Skeleton,
  StatusBadge,
  TimeStamp,
} from '@tollgate/ui';
import { useState } from 'react';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { useEvery } from '../common/use-every.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { NoteDocument, NoteExports } from './invoice-exports.tsx';

export function CreditNotes({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('invoices');
  const url = useUrlState();
  const notes = useEvery<CreditNote>(`/credit-notes?invoiceId=${invoice.id}`, {
    enabled: invoice.finalizedAt !== null,
  });
  const opened = notes.rows.find(({ id }) => id === url.get('note'));
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
              {note.number ?? text[note.kind === 'credit' ? 'creditNote' : 'debitNote']}
            </button>
            <Badge tone="outline">{text[note.kind === 'credit' ? 'creditNote' : 'debitNote']}</Badge>
            <NoteState note={note} />
            <NoteReason note={note} />
            <span className="ml-auto flex items-center gap-3">
              <Money value={note.totalUsd} signed className="font-medium" />
              {note.state === 'draft' && <IssueButton note={note} />}
            </span>
          </li>
        ))}
      </ul>
      {opened && <NoteSheet note={opened} onClose={() => url.set({ note: undefined })} />}
    </Card>
  );
}

function useReason(note: CreditNote): string {
  const reasons: Readonly<Record<string, string>> = useMessages('invoices').reasons;
  return reasons[note.reason] ?? note.reason;
}

function NoteReason({ note }: { readonly note: CreditNote }) {
  return <span className="text-ink-soft">{useReason(note)}</span>;
}

function NoteState({ note }: { readonly note: CreditNote }) {
  const text = useMessages('invoices');
  return (
    <StatusBadge status={note.state === 'issued' ? 'finalized' : note.state} label={text.state[note.state]} />
  );
}

function IssueButton({ note }: { readonly note: CreditNote }) {
  const text = useMessages('invoices');
  const mayWrite = usePermission('invoices:write');
  const [asking, setAsking] = useState(false);
  const issue = useApiMutation<CreditNote>(
    () => ({ path: `/credit-notes/${note.id}/issue`, method: 'POST' }),
    { invalidates: ['/credit-notes', '/invoices'] },
  );
  if (!mayWrite) return null;
  return (
    <>
      <Button size="sm" onClick={() => setAsking(true)}>
        {text.issue}
      </Button>
      {asking && (
        <ConfirmAction
          title={text.issueTitle}
          confirmLabel={text.issue}
          tone="primary"
          run={() => issue.mutateAsync()}
          done={(after) => text.issued(after.number ?? '')}
          onClose={() => setAsking(false)}
        >
          {text.issueText}
        </ConfirmAction>
      )}
    </>
  );
}

function NoteSheet({ note, onClose }: { readonly note: CreditNote; readonly onClose: () => void }) {
  const text = useMessages('invoices');
  const common = useMessages('common');
  const locale = useLocale();
  const detail = useApiQuery<CreditNoteDetail>(`/credit-notes/${note.id}`);
  return (
    <Sheet
      open
      onClose={onClose}
      title={note.number ?? text[note.kind === 'credit' ? 'creditNote' : 'debitNote']}
      description={useReason(note)}
      footer={
        <>
          <NoteDocument note={note} />
          <NoteExports note={note} />
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <DefinitionList
          items={[
            { term: common.status, value: <NoteState note={note} /> },
            { term: common.created, value: <TimeStamp value={note.createdAt} format="exact" /> },
            {
              term: text.state.issued,
              value: note.issuedAt ? <TimeStamp value={note.issuedAt} format="exact" /> : <Dash />,
            },
            { term: text.subtotal, value: <Money value={note.subtotalUsd} /> },
            { term: text.rounding, value: <Money value={note.roundingUsd} /> },
            { term: text.noTax, value: <Money value={note.taxUsd} /> },
            { term: text.total, value: <Money value={note.totalUsd} className="font-semibold" /> },
          ]}
        />
        <section>
          <h3 className="mb-2 text-sm font-semibold">{text.lines}</h3>
          {detail.data ? (
            <ul className="flex flex-col">
              {detail.data.lines.map((line) => (
                <li
                  key={line.id}
                  className="flex flex-wrap justify-between gap-x-4 border-b border-line py-2 text-sm"
                >
                  <span>
                    {line.description}
                    {line.entryCount > 0 && (
                      <span className="block text-xs text-ink-faint">
                        {text.noteEntries(formatNumber(line.entryCount, locale))}
                      </span>
                    )}
                  </span>
                  <Money value={line.amountUsd} signed />
                </li>
              ))}
            </ul>
          ) : (
            <Skeleton className="h-20" />
          )}
        </section>
      </div>
    </Sheet>
  );
}
