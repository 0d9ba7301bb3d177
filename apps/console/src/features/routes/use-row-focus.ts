'use client';
/** Where the focus goes when a row was added or taken away: to it, or to what took its place; never to nothing. */
import { type RefObject, useLayoutEffect, useRef } from 'react';

const CONTROL = '[role="combobox"]:not(:disabled), input:not(:disabled), textarea:not(:disabled)';

export interface RowFocus<E extends HTMLElement> {
  /** Of the list whose children are the rows. */
  readonly listRef: RefObject<E | null>;
  /** After the next drawing. */
  readonly focusRow: (place: number) => void;
}

export function useRowFocus<E extends HTMLElement>(): RowFocus<E> {
  const listRef = useRef<E>(null);
  const wanted = useRef<number>(undefined);
  useLayoutEffect(() => {
    const list = listRef.current;
    const place = wanted.current;
    if (place === undefined || list === null) return;
    wanted.current = undefined;
    const row = list.children.item(Math.min(place, list.children.length - 1));
    // Of a list that is empty now, what adds to it.
    const control =
      row?.querySelector<HTMLElement>(CONTROL) ?? list.parentElement?.querySelector<HTMLElement>('button');
    control?.focus();
  });
  return {
    listRef,
    focusRow: (place) => {
      wanted.current = place;
    },
  };
}
