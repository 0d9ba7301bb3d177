'use client';
/** Rows of a DataTable. In a box of fixed height, only the rows near the view are drawn. */
import { flexRender, type Row, type Table } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import type { DataTableProps } from './data-table.tsx';
import { cellStyle } from './data-table-head.tsx';
import { Skeleton } from './skeleton.tsx';

const ROW_HEIGHT_PX = 41;
const DRAWN_BEYOND_VIEW = 12;
/** Below this many rows drawing all is quicker, and the browser's own search finds them. */
const VIRTUAL_FROM_ROWS = 100;
const SKELETON_ROWS = ['a', 'b', 'c', 'd', 'e', 'f'];

interface TableBodyProps<T> extends DataTableProps<T> {
  readonly table: Table<T>;
  readonly titleId: string;
  readonly head: ReactNode;
}

export function TableBody<T>(props: TableBodyProps<T>) {
  const { table, titleId, caption, head, loading = false, maxHeight } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = table.getRowModel().rows;
  const virtual = maxHeight !== undefined && rows.length >= VIRTUAL_FROM_ROWS;
  const virtualizer = useVirtualizer({
    count: rows.length,
    enabled: virtual,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: DRAWN_BEYOND_VIEW,
  });
  const drawn = virtual ? virtualizer.getVirtualItems().map((item) => rows[item.index]) : rows;
  const before = virtual ? (virtualizer.getVirtualItems()[0]?.start ?? 0) : 0;
  const after = virtual ? virtualizer.getTotalSize() - (virtualizer.getVirtualItems().at(-1)?.end ?? 0) : 0;

  return (
    <section
      ref={scroller}
      aria-labelledby={titleId}
      aria-busy={loading}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      style={{ maxHeight }}
      className="min-w-0 overflow-auto outline-offset-[-2px]"
    >
      <table
        className="w-full border-separate border-spacing-0 text-sm"
        aria-rowcount={virtual ? rows.length + 1 : undefined}
      >
        <caption id={titleId} className="sr-only">
          {caption}
        </caption>
        {head}
        {loading && rows.length === 0 ? (
          <SkeletonRows columns={table.getVisibleLeafColumns().length} />
        ) : (
          <Rows
            {...props}
            rows={props.rows}
            drawn={drawn.filter((row) => row !== undefined)}
            before={before}
            after={after}
          />
        )}
      </table>
    </section>
  );
}

interface RowsProps<T> extends TableBodyProps<T> {
  readonly drawn: readonly Row<T>[];
  readonly before: number;
  readonly after: number;
}

function Rows<T>({ drawn, before, after, onRowClick, activeRowId }: RowsProps<T>) {
  const [focusedId, setFocusedId] = useState<string>();
  const tabStop = drawn.some((row) => row.id === focusedId) ? focusedId : drawn[0]?.id;
  return (
    <tbody>
      {before > 0 && <Spacer height={before} />}
      {drawn.map((row) => (
        <tr
          key={row.id}
          data-row-id={row.id}
          aria-selected={row.getCanSelect() ? row.getIsSelected() : undefined}
          aria-current={row.id === activeRowId || undefined}
          tabIndex={onRowClick ? (row.id === tabStop ? 0 : -1) : undefined}
          onFocus={() => setFocusedId(row.id)}
          onClick={(event) => {
            if (!isInteractive(event.target, event.currentTarget)) onRowClick?.(row.original);
          }}
          onKeyDown={(event) => onRowKey(event, row, onRowClick)}
          className={classNames(
            'group/row transition-colors outline-offset-[-2px] [&:last-child>td]:border-b-0',
            onRowClick && 'cursor-pointer hover:bg-hover',
            (row.getIsSelected() || row.id === activeRowId) && 'bg-selected hover:bg-selected',
          )}
        >
          {row.getVisibleCells().map((cell) => (
            <td
              key={cell.id}
              className={classNames(
                'h-10 border-b border-line py-1.5 text-ink',
                cellStyle(cell.column.columnDef.meta),
              )}
            >
              {flexRender(cell.column.columnDef.cell, cell.getContext())}
            </td>
          ))}
        </tr>
      ))}
      {after > 0 && <Spacer height={after} />}
    </tbody>
  );
}

function Spacer({ height }: { readonly height: number }) {
  return (
    <tr aria-hidden>
      <td style={{ height }} />
    </tr>
  );
}

/** Arrows and j/k move, Home and End jump, Enter opens, Space selects. */
function onRowKey<T>(
  event: KeyboardEvent<HTMLTableRowElement>,
  row: Row<T>,
  onRowClick: ((row: T) => void) | undefined,
): void {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  const current = event.currentTarget;
  const focusRow = (element: Element | null | undefined) => {
    if (element instanceof HTMLElement && element.dataset.rowId) element.focus();
  };
  const actions: Record<string, () => void> = {
    ArrowDown: () => focusRow(current.nextElementSibling),
    j: () => focusRow(current.nextElementSibling),
    ArrowUp: () => focusRow(current.previousElementSibling),
    k: () => focusRow(current.previousElementSibling),
    Home: () => focusRow(current.parentElement?.querySelector('tr[data-row-id]')),
    End: () => focusRow([...(current.parentElement?.querySelectorAll('tr[data-row-id]') ?? [])].at(-1)),
    Enter: () => onRowClick?.(row.original),
    ' ': () => row.getCanSelect() && row.toggleSelected(),
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

/** A click on a button or link in a row, or the end of marking text, is not a click on the row. */
function isInteractive(target: EventTarget, row: HTMLElement): boolean {
  if (!(target instanceof Element) || !row.contains(target)) return true;
  if (target.closest('a,button,input,label,select,textarea,[role="checkbox"],[role="menuitem"]')) return true;
  return (window.getSelection()?.toString() ?? '') !== '';
}

function SkeletonRows({ columns }: { readonly columns: number }) {
  const { labels } = useUi();
  return (
    <tbody>
      {SKELETON_ROWS.map((key, position) => (
        <tr key={key}>
          {Array.from({ length: columns }, (_, column) => (
            <td key={column} className="h-10 border-b border-line px-3 first:pl-4 last:pr-4">
              {position === 0 && column === 0 && <span className="sr-only">{labels.loading}</span>}
              <Skeleton className={column === 0 ? 'h-3.5 w-36' : 'h-3.5 w-16'} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
