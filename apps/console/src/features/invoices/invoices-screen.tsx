'use client';
/** Every invoice, the upcoming one first. */
import type { CreditNoteListItem, InvoiceListItem } from '@tollgate/api';
import { type ColumnDef, Dash, DataTable, EmptyState, Money, PageHeader, Tabs } from '@tollgate/ui';
import { ReceiptText } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { useGo } from '../common/leaving.ts';
import { ListCsv } from '../common/list-csv.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import type { InvoiceState } from './invoice-api.ts';
import { InvoiceBadge, TestMark } from './invoice-marks.tsx';
import { TrafficFilter } from './traffic-filter.tsx';
import { useInvoiceText } from './use-invoice-text.ts';

const NotesTable = later(async () => (await import('./notes-table.tsx')).NotesTable);

const STATES: readonly InvoiceState[] = ['draft', 'open', 'paid', 'void', 'uncollectible'];

const KINDS = ['invoice', 'notes', 'showback'] as const;
type Kind = (typeof KINDS)[number];
type DocumentKind = Exclude<Kind, 'notes'>;

/** Drafts grow while they are looked at. */
const REFRESH_MS = 30_000;

const CSV = {
  id: ({ id }: InvoiceListItem) => id,
  kind: ({ kind }: InvoiceListItem) => kind,
  number: ({ number }: InvoiceListItem) => number,
  state: ({ state }: InvoiceListItem) => state,
  livemode: ({ livemode }: InvoiceListItem) => livemode,
  periodStart: ({ periodStart }: InvoiceListItem) => periodStart,
  periodEnd: ({ periodEnd }: InvoiceListItem) => periodEnd,
  timeZone: ({ timeZone }: InvoiceListItem) => timeZone,
  currency: ({ currency }: InvoiceListItem) => currency,
  subtotalUsd: ({ subtotalUsd }: InvoiceListItem) => subtotalUsd,
  roundingUsd: ({ roundingUsd }: InvoiceListItem) => roundingUsd,
  taxUsd: ({ taxUsd }: InvoiceListItem) => taxUsd,
  totalUsd: ({ totalUsd }: InvoiceListItem) => totalUsd,
  dueAt: ({ dueAt }: InvoiceListItem) => dueAt,
  finalizedAt: ({ finalizedAt }: InvoiceListItem) => finalizedAt,
  paidAt: ({ paidAt }: InvoiceListItem) => paidAt,
  voidedAt: ({ voidedAt }: InvoiceListItem) => voidedAt,
};

const NOTES_CSV = {
  id: ({ id }: CreditNoteListItem) => id,
  kind: ({ kind }: CreditNoteListItem) => kind,
  number: ({ number }: CreditNoteListItem) => number,
  state: ({ state }: CreditNoteListItem) => state,
  livemode: ({ livemode }: CreditNoteListItem) => livemode,
  invoiceId: ({ invoiceId }: CreditNoteListItem) => invoiceId,
  invoiceNumber: ({ invoiceNumber }: CreditNoteListItem) => invoiceNumber,
  reason: ({ reason }: CreditNoteListItem) => reason,
  subtotalUsd: ({ subtotalUsd }: CreditNoteListItem) => subtotalUsd,
  roundingUsd: ({ roundingUsd }: CreditNoteListItem) => roundingUsd,
  taxUsd: ({ taxUsd }: CreditNoteListItem) => taxUsd,
  totalUsd: ({ totalUsd }: CreditNoteListItem) => totalUsd,
  createdAt: ({ createdAt }: CreditNoteListItem) => createdAt,
  issuedAt: ({ issuedAt }: CreditNoteListItem) => issuedAt,
};

function useInvoicesPath(limit?: number): { readonly kind: Kind; readonly path: string } {
  const url = useUrlState();
  const kind = KINDS.find((each) => each === url.get('kind')) ?? 'invoice';
  const livemode = { live: 'true', test: 'false' }[url.get('mode') ?? ''];
  if (kind === 'notes') {
    const state = url.get('state');
    const path = withQuery('/credit-notes', {
      ...(state === 'waiting' ? { waiting: 'true' } : { state }),
      livemode,
      before: url.get('before'),
      limit,
    });
    return { kind, path };
  }
  const path = withQuery('/invoices', {
    kind: kind === 'showback' ? kind : undefined,
    state: url.get('state'),
    livemode,
    limit,
  });
  return { kind, path };
}

export function InvoicesScreen() {
  const text = useMessages('invoices');
  const url = useUrlState();
  const { kind, path } = useInvoicesPath(50);
  const saved = useInvoicesPath().path;
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={path} />
            {kind === 'notes' ? (
              <ListCsv<CreditNoteListItem>
                permission="invoices:read"
                path={saved}
                name="credit-notes"
                columns={NOTES_CSV}
              />
            ) : (
              <ListCsv<InvoiceListItem>
                permission="invoices:read"
                path={saved}
                name={kind === 'invoice' ? 'invoices' : 'showback'}
                columns={CSV}
              />
            )}
          </>
        }
      />
      <Guarded permission="invoices:read">
        <Tabs
          aria-label={text.title}
          value={kind}
          onValueChange={(value) =>
            url.set({
              kind: value === 'invoice' ? undefined : value,
              state: undefined,
              before: undefined,
              note: undefined,
            })
          }
          items={KINDS.map((value) => ({
            value,
            label: text.kinds[value],
            content:
              value === kind &&
              (value === 'notes' ? <NotesTable path={path} /> : <InvoiceTable kind={value} path={path} />),
          }))}
        />
      </Guarded>
    </>
  );
}

function InvoiceTable({ kind, path }: { readonly kind: DocumentKind; readonly path: string }) {
  const text = useMessages('invoices');
  const parts = useMessages('parts');
  const go = useGo();
  const url = useUrlState();
  const invoices = useApiList<InvoiceListItem>(path, { refetchIntervalMs: REFRESH_MS });
  const prefetch = usePrefetch();
  const filtered = url.get('state') !== undefined || url.get('mode') !== undefined;
  // Drafts of a month that has ended stand above newer ones of the other mode as well.
  const rows = useMemo(
    () =>
      invoices.rows.toSorted(
        (left, right) => Number(right.state === 'draft') - Number(left.state === 'draft'),
      ),
    [invoices.rows],
  );
  const columns = useColumns(kind);
  const listProps = useListProps();
  return (
    <DataTable
      caption={text.kinds[kind]}
      columns={columns}
      rows={rows}
      getRowId={idOf}
      {...listProps(invoices)}
      onRowClick={(invoice) => go(`/invoices/${invoice.id}`)}
      onRowIntent={({ id }) => prefetch(`/invoices/${id}`)}
      columnChoice
      rememberAs={kind === 'invoice' ? 'invoices' : 'showback'}
      toolbar={<Filters kind={kind} />}
      empty={
        filtered ? (
          <EmptyState icon={<ReceiptText />} title={parts.noMatchTitle}>
            {parts.noMatchText}
          </EmptyState>
        ) : (
          <EmptyState
            icon={<ReceiptText />}
            title={kind === 'invoice' ? text.emptyTitle : text.emptyShowback}
          >
            {kind === 'invoice' ? text.emptyText : text.emptyShowbackText}
          </EmptyState>
        )
      }
    />
  );
}

function Filters({ kind }: { readonly kind: DocumentKind }) {
  const text = useMessages('invoices');
  const common = useMessages('common');
  return (
    <>
      {kind === 'invoice' && (
        <FilterSelect
          name="state"
          label={common.status}
          all={text.allStates}
          values={STATES}
          labelOf={(state) => text.state[state]}
        />
      )}
      <TrafficFilter />
    </>
  );
}

/** Showback is owed by nobody and never closed: it has neither a state nor a day when it is due. */
function useColumns(kind: DocumentKind): ColumnDef<InvoiceListItem>[] {
  const text = useMessages('invoices');
  const common = useMessages('common');
  const { title, period, date } = useInvoiceText();
  return useMemo<ColumnDef<InvoiceListItem>[]>(() => {
    const all: ColumnDef<InvoiceListItem>[] = [
      {
        id: 'number',
        header: kind === 'invoice' ? text.invoice : text.statement,
        enableSorting: false,
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <span className="flex flex-wrap items-center gap-2">
            <Link href={`/invoices/${original.id}`} className="font-medium hover:underline">
              {title(original)}
            </Link>
            {!original.livemode && <TestMark />}
          </span>
        ),
      },
      {
        id: 'state',
        header: common.status,
        enableSorting: false,
        cell: ({ row }) => <InvoiceBadge state={row.original.state} />,
      },
      {
        id: 'period',
        header: text.period,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <span className="text-ink-soft">{period(row.original)}</span>,
      },
      {
        id: 'due',
        header: text.due,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.dueAt === null ? <Dash /> : date(original.dueAt, original.timeZone),
      },
      {
        id: 'total',
        header: text.total,
        enableSorting: false,
        meta: { align: 'right' },
        cell: ({ row }) => <Money value={row.original.totalUsd} precision="cents" className="font-medium" />,
      },
    ];
    return kind === 'invoice' ? all : all.filter(({ id }) => id !== 'state' && id !== 'due');
    // Texts and formats change only with the language, and then everything is drawn anew.
  }, [kind, text, common, title, period, date]);
}
