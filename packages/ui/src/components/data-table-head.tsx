'use client';
/** Column heads: text, or a button that turns through ascending, descending, unsorted. */
import { type Column, flexRender, type Header, type Table } from '@tanstack/react-table';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';

/** Whether a column keeps away from phones. One that the reader switched on himself is drawn there, too: the table scrolls. */
export function isLeftOutOnPhones<T>(table: Table<T>, { id, columnDef }: Column<T>): boolean {
  const { wideOnly = false, fixed = false } = columnDef.meta ?? {};
  return wideOnly && (fixed || table.getState().columnVisibility[id] !== true);
}

/** @returns Classes of the cells of a column, by its id. The outer columns keep their distance from the edge on phones as well. */
export function cellStyles<T>(table: Table<T>): (columnId: string) => string {
  const columns = table.getVisibleLeafColumns();
  const onPhones = columns.filter((column) => !isLeftOutOnPhones(table, column));
  const styles = new Map(
    columns.map((column) => {
      const { align, className } = column.columnDef.meta ?? {};
      const style = classNames(
        'px-3 first:pl-4 last:pr-4 max-sm:px-2',
        column === onPhones[0] && 'max-sm:pl-3 max-sm:first:pl-3',
        column === onPhones.at(-1) && 'max-sm:pr-3 max-sm:last:pr-3',
        align === 'right' ? 'text-right' : 'text-left',
        isLeftOutOnPhones(table, column) && 'max-sm:hidden',
        className,
      );
      return [column.id, style];
    }),
  );
  return (columnId) => styles.get(columnId) ?? '';
}

export function TableHead<T>({ table }: { readonly table: Table<T> }) {
  const styleOf = cellStyles(table);
  return (
    <thead className="sticky top-0 z-10 bg-sunken">
      {table.getHeaderGroups().map((group) => (
        <tr key={group.id}>
          {group.headers.map((header) => (
            <ColumnHead key={header.id} header={header} style={styleOf(header.column.id)} />
          ))}
        </tr>
      ))}
    </thead>
  );
}

const ARIA_SORT = { asc: 'ascending', desc: 'descending' } as const;

function ColumnHead<T>({ header, style }: { readonly header: Header<T, unknown>; readonly style: string }) {
  const { column } = header;
  const sorted = column.getIsSorted();
  const content = header.isPlaceholder ? null : flexRender(column.columnDef.header, header.getContext());
  return (
    <th
      scope="col"
      aria-sort={sorted ? ARIA_SORT[sorted] : column.getCanSort() ? 'none' : undefined}
      className={classNames(
        'h-9 border-b border-line text-xs font-medium text-ink-soft max-sm:py-1 sm:whitespace-nowrap',
        style,
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
