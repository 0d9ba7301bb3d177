'use client';
/** Credit and debit notes of all invoices, those that wait to be issued first. */
import type { CreditNoteListItem as CreditNote } from '@tollgate/api';
import { Badge, type ColumnDef, DataTable, EmptyState, Money, TimeStamp } from '@tollgate/ui';
import { ReceiptText } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { later } from '../common/later.tsx';
import { NarrowedBy } from '../common/narrowed-by.tsx';
import { actionsColumn } from '../common/row-actions.tsx';
import { RowOpener } from '../common/row-opener.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { useTimeZone } from '../usage/use-time-zone.ts';
import { TestMark } from './invoice-marks.tsx';
import { IssueButton, IssuesByItself, NoteState, useNoteText } from './note-parts.tsx';
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
      {url.get('note') !== undefined && <OpenedNote />}
    </>
  );
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
        cell: ({ row: { original } }) => (
          <span className="flex flex-wrap items-center gap-2">
            <RowOpener onOpen={() => set({ note: original.id })}>{title(original)}</RowOpener>
            <Badge tone="outline">{kind(original)}</Badge>
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
