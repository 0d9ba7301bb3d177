'use client';
/**
 * Tables of everything: sorting, selection with bulk actions, column choice, row click by mouse and
 * keyboard, and the three states that lists forget (loading, empty, failed). Columns are TanStack's.
 */
import {
  type ColumnDef,
  functionalUpdate,
  getCoreRowModel,
  getSortedRowModel,
  type OnChangeFn,
  type Row,
  type RowData,
  type RowSelectionState,
  type SortingState,
  type Table,
  useReactTable,
  type VisibilityState,
} from '@tanstack/react-table';
import { type ReactNode, useId, useMemo, useState } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { Button } from './button.tsx';
import { Checkbox } from './choice.tsx';
import { BulkBar, ColumnChooser } from './data-table-bars.tsx';
import { TableBody } from './data-table-body.tsx';
import { TableHead } from './data-table-head.tsx';
import { ErrorState } from './states.tsx';
import { useTableMemory } from './table-memory.ts';

declare module '@tanstack/react-table' {
  interface ColumnMeta<TData extends RowData, TValue> {
    /** Right for figures. */
    align?: 'left' | 'right';
    /** Name in the column chooser where `header` is no text. */
    title?: string;
    /** Cannot be hidden. */
    fixed?: boolean;
    /** Below 640 px wide the column goes, unless the reader switches it on there. */
    wideOnly?: boolean;
    className?: string;
  }
}

export interface DataTableProps<T> {
  /** Says what the table holds, for screen readers. */
  readonly caption: string;
  // biome-ignore lint/suspicious/noExplicitAny: TanStack's own type of columns whose values differ
  readonly columns: readonly ColumnDef<T, any>[];
  readonly rows: readonly T[];
  readonly getRowId: (row: T) => string;

  readonly loading?: boolean;
  readonly error?: { readonly message: string; readonly requestId?: string | undefined } | null | undefined;
  readonly onRetry?: () => void;
  /** An EmptyState: one that teaches, or one that offers to clear the filters. */
  readonly empty?: ReactNode;

  readonly onRowClick?: (row: T) => void;
  /** Somebody rests on a row, by pointer or keyboard: time to ask for what it opens. */
  readonly onRowIntent?: (row: T) => void;
  /** Row whose details are open. */
  readonly activeRowId?: string | undefined;

  /** With these the server sorts; without, the rows are sorted here, once all of them are there. */
  readonly sorting?: SortingState;
  readonly onSortingChange?: OnChangeFn<SortingState>;
  readonly initialSorting?: SortingState;

  /** Makes rows selectable. Gets the rows and a way to clear the selection. */
  readonly bulkActions?: (rows: readonly T[], clear: () => void) => ReactNode;
  /** Which rows these are for; all of them unless told. */
  readonly canSelect?: (row: T) => boolean;

  /** Left in the bar over the table: search, filters. */
  readonly toolbar?: ReactNode;
  /** Keeps columns and sorting in this browser, under this name. Tables of the same columns can share one. */
  readonly rememberAs?: string;
  /** Shows the column chooser. */
  readonly columnChoice?: boolean;
  readonly initialColumnVisibility?: VisibilityState;
  /** With these the screen keeps which columns are shown: in its address, in a saved view. */
  readonly columnVisibility?: VisibilityState;
  readonly onColumnVisibilityChange?: OnChangeFn<VisibilityState>;

  readonly hasMore?: boolean;
  readonly loadingMore?: boolean;
  readonly onLoadMore?: () => void;
  /** Right in the foot: totals, "of 1,204". */
  readonly footer?: ReactNode;
  /** Height of the scrolling area; then the head sticks to it. Long lists are drawn in part with and without. */
  readonly maxHeight?: string;
  readonly className?: string;
}

export function DataTable<T>(props: DataTableProps<T>) {
  const { caption, rows, loading = false, error, empty, toolbar, columnChoice = false, bulkActions } = props;
  const { labels } = useUi();
  const titleId = useId();
  const table = useTable(props);
  const selected = table.getSelectedRowModel().rows.map((row: Row<T>) => row.original);
  const clear = () => table.resetRowSelection();
  const state = error && rows.length === 0 ? 'failed' : !loading && rows.length === 0 ? 'empty' : 'rows';

  return (
    <div className={classNames('flex min-w-0 flex-col', props.className)}>
      {(toolbar || columnChoice) && (
        <div className="flex flex-wrap items-center gap-2 pb-3 print:hidden">
          {/* On a phone the chooser takes its turn after the filters instead of standing beside their stack. */}
          <div className="contents min-w-0 flex-1 flex-wrap items-center gap-2 sm:flex">{toolbar}</div>
          {columnChoice && <ColumnChooser table={table} asSeen={props.columnVisibility !== undefined} />}
        </div>
      )}
      <div className="relative min-w-0 overflow-hidden rounded-lg border border-line bg-surface print:overflow-visible">
        {bulkActions && selected.length > 0 && (
          <BulkBar count={selected.length} onClear={clear}>
            {bulkActions(selected, clear)}
          </BulkBar>
        )}
        {state === 'failed' && (
          <ErrorState detail={error?.message} requestId={error?.requestId} onRetry={props.onRetry} />
        )}
        {state === 'empty' &&
          (empty ?? <p className="p-8 text-center text-sm text-ink-faint">{labels.noMatches}</p>)}
        {state === 'rows' && (
          <TableBody
            table={table}
            titleId={titleId}
            head={<TableHead table={table} />}
            {...props}
            caption={caption}
          />
        )}
        {/* What is filtered here can be empty while there are more pages to look at. */}
        {(state === 'rows' || (state === 'empty' && props.hasMore)) && <TableFoot {...props} />}
      </div>
    </div>
  );
}

function TableFoot<T>({
  rows,
  hasMore,
  loadingMore,
  onLoadMore,
  footer,
  loading,
  error,
  onRetry,
}: DataTableProps<T>) {
  const { labels } = useUi();
  if (loading && rows.length === 0) return null;
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-3 border-t border-line bg-sunken px-4 py-1.5 text-xs max-sm:px-3 text-ink-faint">
      <span className="tabular">
        {hasMore ? `${labels.rowCount(rows.length)} +` : labels.rowCount(rows.length)}
      </span>
      {hasMore && onLoadMore && (
        <Button size="sm" onClick={onLoadMore} loading={loadingMore ?? false}>
          {labels.loadMore}
        </Button>
      )}
      {error && (
        <span role="alert" className="flex items-center gap-2 text-negative">
          {error.message}
          {onRetry && (
            <Button size="sm" variant="link" onClick={onRetry}>
              {labels.retry}
            </Button>
          )}
        </span>
      )}
      <span className="tabular ml-auto">{footer}</span>
    </div>
  );
}

function useTable<T>(props: DataTableProps<T>): Table<T> {
  const { columns, rows, getRowId, bulkActions } = props;
  const [kept, keep] = useTableMemory(props.rememberAs);
  const [rowSelection, setRowSelection] = useState<RowSelectionState>({});
  const selectable = bulkActions !== undefined;
  const allColumns = useMemo(
    () => (selectable ? [selectionColumn<T>(), ...columns] : [...columns]),
    [selectable, columns],
  );
  const data = useMemo(() => [...rows], [rows]);
  const manualSorting = props.sorting !== undefined;
  // A page in order would only look like a list in order.
  const enableSorting = manualSorting || props.hasMore !== true;
  const ownSorting = enableSorting ? (kept.sorting ?? props.initialSorting ?? []) : [];
  const sorting = props.sorting ?? ownSorting;
  const columnVisibility = props.columnVisibility ?? { ...props.initialColumnVisibility, ...kept.columns };
  return useReactTable<T>({
    data,
    columns: allColumns,
    getRowId,
    state: { sorting, rowSelection, columnVisibility },
    // There are no pages to go back to, and asking while the table mounts makes React complain.
    autoResetPageIndex: false,
    manualSorting,
    enableSorting,
    enableRowSelection: (row) => selectable && (props.canSelect?.(row.original) ?? true),
    onSortingChange:
      props.onSortingChange ?? ((change) => keep({ sorting: functionalUpdate(change, sorting) })),
    onRowSelectionChange: setRowSelection,
    onColumnVisibilityChange:
      props.onColumnVisibilityChange ??
      ((change) => keep({ columns: functionalUpdate(change, columnVisibility) })),
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
}

function selectionColumn<T>(): ColumnDef<T> {
  return {
    id: 'select',
    enableSorting: false,
    enableHiding: false,
    meta: { className: 'w-9 pr-0', fixed: true },
    header: ({ table }) => <SelectAll table={table} />,
    cell: ({ row }) => <SelectRow row={row} />,
  };
}

function SelectAll<T>({ table }: { readonly table: Table<T> }) {
  const { labels } = useUi();
  const some = table.getIsSomeRowsSelected();
  return (
    <Checkbox
      aria-label={labels.selectAll}
      checked={some ? 'indeterminate' : table.getIsAllRowsSelected()}
      onCheckedChange={(checked) => table.toggleAllRowsSelected(checked)}
    />
  );
}

function SelectRow<T>({ row }: { readonly row: Row<T> }) {
  const { labels } = useUi();
  return (
    <Checkbox
      aria-label={labels.selectRow}
      checked={row.getIsSelected()}
      disabled={!row.getCanSelect()}
      onCheckedChange={(checked) => row.toggleSelected(checked)}
    />
  );
}
