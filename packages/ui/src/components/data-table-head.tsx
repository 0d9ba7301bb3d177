'use client';
/** Column heads: text, or a button that turns through ascending, descending, unsorted. */
import { flexRender, type Header, type Table } from '@tanstack/react-table';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';

export function cellStyle(
  meta: { align?: 'left' | 'right'; wideOnly?: boolean; className?: string } | undefined,
): string {
  return classNames(
    'px-3 first:pl-4 last:pr-4 max-sm:px-2 max-sm:first:pl-3 max-sm:last:pr-3',
    meta?.align === 'right' ? 'text-right' : 'text-left',
    meta?.wideOnly && 'max-sm:hidden',
    meta?.className,
  );
}

export function TableHead<T>({ table }: { readonly table: Table<T> }) {
  return (
    <thead className="sticky top-0 z-10 bg-sunken">
      {table.getHeaderGroups().map((group) => (
        <tr key={group.id}>
          {group.headers.map((header) => (
            <ColumnHead key={header.id} header={header} />
          ))}
        </tr>
      ))}
    </thead>
  );
}

const ARIA_SORT = { asc: 'ascending', desc: 'descending' } as const;

function ColumnHead<T>({ header }: { readonly header: Header<T, unknown> }) {
  const { column } = header;
  const sorted = column.getIsSorted();
  const content = header.isPlaceholder ? null : flexRender(column.columnDef.header, header.getContext());
  return (
    <th
      scope="col"
      aria-sort={sorted ? ARIA_SORT[sorted] : column.getCanSort() ? 'none' : undefined}
      className={classNames(
        'h-9 border-b border-line text-xs font-medium text-ink-soft max-sm:py-1 sm:whitespace-nowrap',
        cellStyle(column.columnDef.meta),
      )}
    >
      {column.getCanSort() ? <SortButton header={header}>{content}</SortButton> : content}
    </th>
  );
}

function SortButton<T>({
  header,
  children,
}: {
  readonly header: Header<T, unknown>;
  readonly children: React.ReactNode;
}) {
  const { labels } = useUi();
  const { column } = header;
  const sorted = column.getIsSorted();
  const Icon = sorted === 'asc' ? ArrowUp : sorted === 'desc' ? ArrowDown : ChevronsUpDown;
  const title = titleOf(column.columnDef.meta?.title, column.columnDef.header, column.id);
  const next = column.getNextSortingOrder();
  const hint =
    next === 'asc'
      ? labels.sortAscending(title)
      : next === 'desc'
        ? labels.sortDescending(title)
        : labels.unsort(title);
  return (
    <button
      type="button"
      title={hint}
      onClick={column.getToggleSortingHandler()}
      className={classNames(
        '-mx-1 inline-flex h-7 items-center gap-1 rounded-xs px-1 hover:text-ink',
        column.columnDef.meta?.align === 'right' && 'flex-row-reverse',
        sorted && 'text-ink',
      )}
    >
      {children}
      <Icon aria-hidden className={classNames('size-3.5', !sorted && 'text-ink-disabled')} />
    </button>
  );
}

export function titleOf(title: string | undefined, header: unknown, id: string): string {
  return title ?? (typeof header === 'string' ? header : id);
}
