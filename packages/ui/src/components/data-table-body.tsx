'use client';
/** Rows of a DataTable, and going among them by keyboard. Of many, only those near the view are drawn. */
import type { Cell, Row, Table } from '@tanstack/react-table';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import type { DataTableProps } from './data-table.tsx';
import { cellStyles } from './data-table-head.tsx';
import { Skeleton } from './skeleton.tsx';
import { type DrawnRows, useDrawnRows, useRowFocus } from './use-drawn-rows.ts';

const SKELETON_ROWS = ['a', 'b', 'c', 'd', 'e', 'f'];
/** Somebody who only passes over a row does not mean it. */
const INTENT_AFTER_MS = 80;

interface TableBodyProps<T> extends DataTableProps<T> {
  readonly table: Table<T>;
  readonly titleId: string;
  readonly head: ReactNode;
}

export function TableBody<T>(props: TableBodyProps<T>) {
  const { table, titleId, caption, head, loading = false, maxHeight } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { rows } = table.getRowModel();
  const part = useDrawnRows(rows, scroller, maxHeight !== undefined);

  return (
    <section
      ref={scroller}
      aria-labelledby={titleId}
      aria-busy={loading}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      style={{ maxHeight }}
      className="min-w-0 overflow-auto outline-offset-[-2px] print:max-h-none! print:overflow-visible"
    >
      <table
        className="w-full border-separate border-spacing-0 text-sm"
        aria-rowcount={part.isPart ? rows.length + 1 : undefined}
      >
        <caption id={titleId} className="sr-only">
          {caption}
        </caption>
        {head}
        {loading && rows.length === 0 ? (
          <SkeletonRows columns={table.getVisibleLeafColumns().length} />
        ) : (
          <Rows {...props} all={rows} part={part} />
        )}
      </table>
    </section>
  );
}

interface RowsProps<T> extends TableBodyProps<T> {
  readonly all: readonly Row<T>[];
  readonly part: DrawnRows<T>;
}

function Rows<T>({ table, all, part, onRowClick, onRowIntent, activeRowId }: RowsProps<T>) {
  const { drawn, beforePx, afterPx, isPart, measure, scrollTo } = part;
  const [focusedId, setFocusedId] = useState<string>();
  const tabStop = drawn.some(({ row }) => row.id === focusedId) ? focusedId : drawn[0]?.row.id;
  const body = useRef<HTMLTableSectionElement>(null);
  const goTo = useRowFocus(all, body, scrollTo);
  const intent = useIntent(onRowIntent);
  const styleOf = cellStyles(table);
  return (
    <tbody ref={body}>
      {beforePx > 0 && <Spacer height={beforePx} />}
      {drawn.map(({ row, position }) => (
        <tr
          key={row.id}
          ref={measure}
          data-row-id={row.id}
          data-index={position}
          aria-rowindex={isPart ? position + 2 : undefined}
          aria-selected={row.getCanSelect() ? row.getIsSelected() : undefined}
          aria-current={row.id === activeRowId || undefined}
          tabIndex={onRowClick ? (row.id === tabStop ? 0 : -1) : undefined}
          onFocus={() => {
            setFocusedId(row.id);
            intent.begin(row.original);
          }}
          onPointerEnter={() => intent.begin(row.original)}
          onPointerLeave={intent.end}
          onClick={(event) => {
            if (!isInteractive(event.target, event.currentTarget)) onRowClick?.(row.original);
          }}
          onKeyDown={(event) => onRowKey(event, row, { position, last: all.length - 1, goTo, onRowClick })}
          className={classNames(
            'group/row scroll-mt-16 scroll-mb-16 transition-colors outline-offset-[-2px] [&:last-child>td]:border-b-0',
            onRowClick && 'cursor-pointer hover:bg-hover',
            (row.getIsSelected() || row.id === activeRowId) && 'bg-selected hover:bg-selected',
          )}
        >
          {row.getVisibleCells().map((cell) => (
            <td
              key={cell.id}
              className={classNames('h-10 border-b border-line py-1.5 text-ink', styleOf(cell.column.id))}
            >
              {drawCell(cell)}
            </td>
          ))}
        </tr>
      ))}
      {afterPx > 0 && <Spacer height={afterPx} />}
    </tbody>
  );
}

/**
 * Called, not mounted as a component: columns that are made anew would mount theirs anew, and a button in a cell would
 * lose its window and its focus. So cells have no hooks of their own.
 */
function drawCell<T>(cell: Cell<T, unknown>): ReactNode {
  const draw = cell.column.columnDef.cell;
  return typeof draw === 'function' ? (draw(cell.getContext()) as ReactNode) : draw;
}

/** Tells of the row that somebody rests on: what it leads to can be asked for before it is opened. */
function useIntent<T>(onRowIntent: ((row: T) => void) | undefined) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    begin: (row: T) => {
      clearTimeout(timer.current);
      if (onRowIntent) timer.current = setTimeout(() => onRowIntent(row), INTENT_AFTER_MS);
    },
    end: () => clearTimeout(timer.current),
  };
}

function Spacer({ height }: { readonly height: number }) {
  return (
    <tr aria-hidden>
      <td style={{ height }} />
    </tr>
  );
}

interface RowKeyPlace<T> {
  readonly position: number;
  /** Position of the last row. */
  readonly last: number;
  readonly goTo: (position: number) => void;
  readonly onRowClick: ((row: T) => void) | undefined;
}

/** Arrows and j/k move, Home and End jump, Enter opens, Space selects. */
function onRowKey<T>(
  event: KeyboardEvent<HTMLTableRowElement>,
  row: Row<T>,
  { position, last, goTo, onRowClick }: RowKeyPlace<T>,
): void {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  const actions: Record<string, () => void> = {
    ArrowDown: () => goTo(position + 1),
    j: () => goTo(position + 1),
    ArrowUp: () => goTo(position - 1),
    k: () => goTo(position - 1),
    Home: () => goTo(0),
    End: () => goTo(last),
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
