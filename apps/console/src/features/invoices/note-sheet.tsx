'use client';
/** The note that the address names: its sums and lines, and the requests behind the line that it names as well. */
import type { CreditNote } from '@tollgate/api';
import {
  Dash,
  DefinitionList,
  formatNumber,
  formatPercent,
  Money,
  Sheet,
  Skeleton,
  TimeStamp,
} from '@tollgate/ui';
import Link from 'next/link';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { NoteDocument, NoteExports } from './invoice-exports.tsx';
import { LineRequests } from './line-requests.tsx';
import { IssueButton, NoteState, useNoteText } from './note-parts.tsx';
import { UnitPrice } from './unit-price.tsx';
import { useLineLabel } from './use-invoice-text.ts';

type NoteLine = CreditNote['lines'][number];

export function OpenedNote() {
  const url = useUrlState();
  const noteId = url.get('note');
  if (noteId === undefined) return null;
  return <NoteWindow key={noteId} noteId={noteId} />;
}

function NoteWindow({ noteId }: { readonly noteId: string }) {
  const text = useMessages('invoices');
  const noteText = useNoteText();
  const url = useUrlState();
  const detail = useApiQuery<CreditNote>(`/credit-notes/${encodeURIComponent(noteId)}`);
  const note = detail.data;
  const line = note?.lines.find(({ id }) => id === url.get('noteLine'));
  const close = () => url.set({ note: undefined, noteLine: undefined });
  if (note !== undefined && line !== undefined) {
    return <NoteLineSheet note={note} line={line} onClose={() => url.set({ noteLine: undefined })} />;
  }
  return (
    <Sheet
      open
      onClose={close}
      title={note === undefined ? text.notes : noteText.title(note)}
      description={note === undefined ? undefined : noteText.reason(note)}
      footer={
        note && (
          <>
            <ShowApiCall path={`/credit-notes/${note.id}`} />
            <NoteDocument note={note} />
            <NoteExports note={note} />
            <IssueButton note={note} size="md" />
          </>
        )
      }
    >
      {detail.error ? (
        <QueryError query={detail} />
      ) : note === undefined ? (
        <Skeleton className="h-60" />
      ) : (
        <NoteContent note={note} />
      )}
    </Sheet>
  );
}

function NoteContent({ note }: { readonly note: CreditNote }) {
  const text = useMessages('invoices');
  const common = useMessages('common');
  return (
    <div className="flex flex-col gap-5">
      <DefinitionList
        items={[
          { term: common.status, value: <NoteState note={note} /> },
          {
            term: text.invoice,
            value: (
              <Link href={`/invoices/${note.invoiceId}`} className="text-accent-ink hover:underline">
                {note.invoiceNumber ?? text.invoice}
              </Link>
            ),
          },
          { term: common.created, value: <TimeStamp value={note.createdAt} format="exact" /> },
          ...(note.issuesAt === null
            ? []
            : [
                {
                  term: text.issuedByItself,
                  value: (
                    <>
                      <TimeStamp value={note.issuesAt} format="exact" />
                      <span className="block text-xs text-ink-faint">{text.issuedByItselfHint}</span>
                    </>
                  ),
                },
              ]),
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
        <ul className="flex flex-col">
          {note.lines.map((line) => (
            <li
              key={line.id}
              className="flex flex-wrap justify-between gap-x-4 border-b border-line py-2 text-sm"
            >
              <LineName line={line} />
              <Money value={line.amountUsd} signed />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** In the language of the reader. The names of models are in no other place of a note. */
function useNoteLineName(): (line: NoteLine) => string {
  const labelOf = useLineLabel();
  return (line) => {
    const label = labelOf(line);
    return label === line.description ? label : [line.model, label].filter(Boolean).join(' · ');
  };
}

/** Credits have no requests behind them. */
function LineName({ line }: { readonly line: NoteLine }) {
  const text = useMessages('invoices');
  const locale = useLocale();
  const url = useUrlState();
  const name = useNoteLineName()(line);
  if (line.entryCount === 0) return <span>{name}</span>;
  return (
    <button
      type="button"
      className="rounded-xs text-left hover:underline"
      onClick={() => url.set({ noteLine: line.id })}
    >
      {name}
      {line.kind === 'usage' && line.component !== 'adjustment' && (
        <span className="tabular block text-xs text-ink-soft">
          {new Intl.NumberFormat(locale).format(line.quantity as Intl.StringNumericLiteral)} ×{' '}
          <UnitPrice line={line} />
          {line.markupBasisPoints > 0 &&
            ` · ${text.markup(formatPercent(line.markupBasisPoints / 10_000, locale))}`}
        </span>
      )}
      <span className="block text-xs text-ink-faint">
        {text.noteEntries(formatNumber(line.entryCount, locale))}
      </span>
    </button>
  );
}

interface NoteLineProps {
  readonly note: CreditNote;
  readonly line: NoteLine;
  readonly onClose: () => void;
}

function NoteLineSheet({ note, line, onClose }: NoteLineProps) {
  const text = useMessages('invoices');
  const nameOf = useNoteLineName();
  const noteText = useNoteText();
  const locale = useLocale();
  const path = `/credit-notes/${note.id}/lines/${line.id}/requests?limit=100`;
  return (
    <Sheet
      open
      onClose={onClose}
      size="lg"
      title={nameOf(line)}
      description={text.requestsTitle}
      footer={<ShowApiCall path={path} />}
    >
      <div className="flex flex-col gap-4">
        <DefinitionList
          columns={2}
          items={[
            {
              term: noteText.kind(note),
              value: (
                <button
                  type="button"
                  className="rounded-xs text-accent-ink hover:underline"
                  onClick={onClose}
                >
                  {noteText.title(note)}
                </button>
              ),
            },
            { term: text.costCenter, value: line.costCenter || text.noCostCenter },
            {
              term: text.quantity,
              value: (
                <span className="tabular">
                  {new Intl.NumberFormat(locale).format(line.quantity as Intl.StringNumericLiteral)}
                </span>
              ),
            },
            ...(line.component === 'adjustment'
              ? []
              : [{ term: text.unitPrice, value: <UnitPrice line={line} /> }]),
            {
              term: text.amount,
              value: <Money value={line.amountUsd} signed className="font-semibold" />,
            },
          ]}
        />
        <LineRequests path={path} amountUsd={line.amountUsd} />
      </div>
    </Sheet>
  );
}
