'use client';
/**
 * Which rows of a long table are drawn: those near the view, of its own box or of the window. Paper gets all of them,
 * and so does the first drawing, which the server makes without knowing how large the window is.
 */
import type { Row } from '@tanstack/react-table';
import { useVirtualizer, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useIsFirstDrawing } from '../provider/first-drawing.ts';

const ROW_HEIGHT_PX = 41;
const DRAWN_BEYOND_VIEW = 12;
/** Below this many rows drawing all is quicker, and the browser's own search finds them. */
const VIRTUAL_FROM_ROWS = 100;
/** Above and below what is scrolled to. */
const BAR_PX = 64;

export interface DrawnRow<T> {
  readonly row: Row<T>;
  /** Among all rows, from 0. */
  readonly position: number;
}

export interface DrawnRows<T> {
  readonly drawn: readonly DrawnRow<T>[];
  /** Whether only some are drawn. */
  readonly isPart: boolean;
  /** Height of what is not drawn, in pixels. */
  readonly beforePx: number;
  readonly afterPx: number;
  /** For each drawn row that has `data-index`. */
  readonly measure: ((element: HTMLTableRowElement | null) => void) | undefined;
  readonly scrollTo: (position: number) => void;
}

/** @param isBoxed Whether the table scrolls in a box of its own, `box`; else it scrolls with the page. */
export function useDrawnRows<T>(
  rows: readonly Row<T>[],
  box: RefObject<HTMLElement | null>,
  isBoxed: boolean,
): DrawnRows<T> {
  const isFirst = useIsFirstDrawing();
  const isPrinting = useIsPrinting();
  const isPart = rows.length >= VIRTUAL_FROM_ROWS && !isPrinting && (isBoxed || !isFirst);
  const topPx = useTopPx(box, isPart && !isBoxed);
  const shared = { count: rows.length, estimateSize: () => ROW_HEIGHT_PX, overscan: DRAWN_BEYOND_VIEW };
  const inBox = useVirtualizer<HTMLElement, HTMLTableRowElement>({
    ...shared,
    enabled: isPart && isBoxed,
    getScrollElement: () => box.current,
  });
  const inWindow = useWindowVirtualizer<HTMLTableRowElement>({
    ...shared,
    enabled: isPart && !isBoxed,
    scrollMargin: topPx,
    // What is focused stands below the bar of the page, not behind it.
    scrollPaddingStart: BAR_PX,
    scrollPaddingEnd: BAR_PX,
    initialRect: windowSize(),
  });
  const virtualizer = isBoxed ? inBox : inWindow;
  if (!isPart) {
    const drawn = rows.map((row, position) => ({ row, position }));
    return { drawn, isPart, beforePx: 0, afterPx: 0, measure: undefined, scrollTo: () => undefined };
  }
  const marginPx = isBoxed ? 0 : topPx;
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  return {
    drawn: items.flatMap(({ index }) => {
      const row = rows[index];
      return row === undefined ? [] : [{ row, position: index }];
    }),
    isPart,
    beforePx: first === undefined ? 0 : first.start - marginPx,
    afterPx: virtualizer.getTotalSize() - (last === undefined ? 0 : last.end - marginPx),
    measure: virtualizer.measureElement,
    scrollTo: (position) => virtualizer.scrollToIndex(position, { align: 'auto' }),
  };
}

function windowSize() {
  if (typeof window === 'undefined') return { width: 0, height: 0 };
  return { width: window.innerWidth, height: window.innerHeight };
}

/** Where the table begins on the page: what stands above it may grow or go. */
function useTopPx(box: RefObject<HTMLElement | null>, enabled: boolean): number {
  const [topPx, setTopPx] = useState(0);
  useLayoutEffect(() => {
    if (!enabled || box.current === null) return;
    const found = Math.round(box.current.getBoundingClientRect().top + window.scrollY);
    setTopPx((before) => (Math.abs(before - found) > 1 ? found : before));
  });
  return topPx;
}

function useIsPrinting(): boolean {
  const [isPrinting, setIsPrinting] = useState(false);
  useEffect(() => {
    // The browser takes the page as it stands when the event is over.
    const begin = () => flushSync(() => setIsPrinting(true));
    const end = () => setIsPrinting(false);
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
    return () => {
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', end);
    };
  }, []);
  return isPrinting;
}

/** Focuses rows that may not be drawn yet: they are scrolled to first. @returns Goes to the row at a position. */
export function useRowFocus<T>(
  rows: readonly Row<T>[],
  body: RefObject<HTMLElement | null>,
  scrollTo: (position: number) => void,
): (position: number) => void {
  const wanted = useRef<string>(undefined);
  const focus = (id: string): boolean => {
    const element = body.current?.querySelector(`tr[data-row-id="${CSS.escape(id)}"]`);
    if (!(element instanceof HTMLElement)) return false;
    element.focus();
    return true;
  };
  useEffect(() => {
    if (wanted.current !== undefined && focus(wanted.current)) wanted.current = undefined;
  });
  return (position) => {
    const id = rows[position]?.id;
    if (id === undefined || focus(id)) return;
    wanted.current = id;
    scrollTo(position);
  };
}
