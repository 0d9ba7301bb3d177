'use client';
/** Credit and debit notes of all invoices, those that wait to be issued first. */
import type { CreditNoteListItem as CreditNote } from '@tollgate/api';
import { Badge, type ColumnDef, DataTable, EmptyState, Money, TimeStamp } from '@tollgate/ui';
import { FileCheck2, ReceiptText } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { later } from '../common/later.tsx';
import { NarrowedBy } from '../common/narrowed-by.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { RowOpener } from '../common/row-opener.tsx';
import { useBulkChanges } from '../common/use-bulk-changes.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { useTimeZone } from '../usage/use-time-zone.ts';
import { TestMark } from './invoice-marks.tsx';
import {
  IssueButton,
  IssuesByItself,
  issueCall,
  NoteState,
  STALE_AFTER_ISSUE,
  useNoteText,
} from './note-parts.tsx';
import { TrafficFilter } from './traffic-filter.tsx';

const OpenedNote = later(async () => (await import('./note-sheet.tsx')).OpenedNote);

/** `waiting`: drafts that are to be issued, as the close of a month counts them. */
const STATES: readonly (CreditNote['state'] | 'waiting')[] = ['waiting', 'draft', 'issued', 'void'];

const FILTERS = ['state', 'mode', 'before'];

export function NotesTable({ path }: { readonly path: string }) {
  const text = useMessages('invoices');
  const common = useMessages('common');
  const parts = useMessages('parts');
  const url = useUrlState();
  const notes = useApiList<CreditNote>(path);
  const columns = useColumns();
  const prefetch = usePrefetch();
  const mayWrite = usePermission('invoices:write');
  const bulk = useIssueMany();
  const listProps = useListProps();
  const isFiltered = FILTERS.some((name) => url.get(name) !== undefined);
  return (
    <>
      <DataTable
        caption={text.notes}
        columns={columns}
        rows={notes.rows}
        getRowId={idOf}
        {...listProps(notes)}
        onRowClick={(note) => url.set({ note: note.id })}
        onRowIntent={({ id }) => prefetch(`/credit-notes/${id}`)}
        columnChoice
        rememberAs="credit-notes"
        canSelect={({ state }) => state === 'draft'}
        {...(mayWrite && { bulkActions: bulk.actions })}
        activeRowId={url.get('note')}
        toolbar={
          <>
            <FilterSelect
              name="state"
              label={common.status}
              all={text.allStates}
              values={STATES}
              labelOf={(state) => (state === 'waiting' ? text.waiting : text.state[state])}
            />
            <TrafficFilter />
            <UpToMonth />
          </>
        }
        empty={
          <EmptyState icon={<ReceiptText />} title={isFiltered ? parts.noMatchTitle : text.emptyNotes}>
            {isFiltered ? parts.noMatchText : text.emptyNotesText}
          </EmptyState>
        }
      />
      {bulk.windows}
      {url.get('note') !== undefined && <OpenedNote />}
    </>
  );
}

/** Each gets its number by itself, in the order of the list: one that is refused leaves no gap. */
function useIssueMany() {
  const text = useMessages('invoices');
  const { title } = useNoteText();
  return useBulkChanges<CreditNote>({
    nameOf: (note) => [title(note), note.invoiceNumber].filter(Boolean).join(' · '),
    invalidates: STALE_AFTER_ISSUE,
    changes: [
      {
        id: 'issue',
        label: text.issue,
        icon: <FileCheck2 />,
        tone: 'primary',
        isFor: ({ state }) => state === 'draft',
        title: text.issueMany,
        text: <p>{text.issueManyText}</p>,
        toCall: issueCall,
        done: text.issuedMany,
      },
    ],
  });
}

/** The month whose close led here: its notes and those of the months before. */
function UpToMonth() {
  const text = useMessages('invoices');
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const endMs = Date.parse(useUrlState().get('before') ?? '');
  if (Number.isNaN(endMs)) return null;
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone });
  return <NarrowedBy label={text.upTo(month.format(endMs - 1))} names={['before']} />;
}

function useColumns(): ColumnDef<CreditNote>[] {
  const text = useMessages('invoices');
  const common = useMessages('common');
  const { title, kind, reason } = useNoteText();
  const { set } = useUrlState();
  return useMemo<ColumnDef<CreditNote>[]>(
    () => [
      {
        id: 'number',
        header: text.note,
        enableSorting: false,
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <span className="flex flex-wrap items-center gap-2">
            <RowOpener onOpen={() => set({ note: original.id })}>{title(original)}</RowOpener>
            {/* A draft has no number yet, and is called by its kind. */}
            {original.number !== null && <Badge tone="outline">{kind(original)}</Badge>}
            {!original.livemode && <TestMark />}
          </span>
        ),
      },
      {
        id: 'state',
        header: common.status,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col items-start gap-0.5">
            <NoteState note={original} />
            <IssuesByItself note={original} />
          </span>
        ),
      },
      {
        id: 'invoice',
        header: text.invoice,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => (
          <Link href={`/invoices/${original.invoiceId}`} className="hover:underline">
            {original.invoiceNumber ?? text.invoice}
          </Link>
        ),
      },
      {
        id: 'reason',
        header: text.reason,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <span className="text-ink-soft">{reason(row.original)}</span>,
      },
      {
        id: 'created',
        header: common.created,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
      {
        id: 'total',
        header: text.total,
        enableSorting: false,
        meta: { align: 'right' },
        cell: ({ row }) => <Money value={row.original.totalUsd} signed className="font-medium" />,
      },
      actionsColumn((note) => <IssueButton note={note} />),
    ],
    [text, common, title, kind, reason, set],
  );
}
