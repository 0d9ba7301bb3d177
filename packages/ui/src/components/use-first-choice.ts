/** Which entry of a list is chosen while it still comes in: the first, until somebody moves to another. */
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';

const MOVING = new Set(['ArrowUp', 'ArrowDown', 'Home', 'End']);
const MOVING_WITH_CONTROL = new Set(['j', 'k', 'n', 'p']);

/** Whether `cmdk` goes to another entry by this key. */
export function isMove({ key, ctrlKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey'>): boolean {
  return MOVING.has(key) || (ctrlKey && MOVING_WITH_CONTROL.has(key));
}

export interface FirstChoice {
  /** Of the element that holds the entries, drawn by `cmdk`. */
  readonly listRef: RefObject<HTMLDivElement | null>;
  readonly value: string;
  readonly choose: (value: string) => void;
  readonly noteKey: (event: KeyboardEvent) => void;
  readonly notePointer: () => void;
}

/**
 * What answers first is not what stands first: a list that is searched on the server arrives above one that was here at
 * once, and Enter means what stands on top.
 *
 * @param query What is typed: typing on is looking anew.
 * @param entries Changes whenever an entry comes or goes.
 */
export function useFirstChoice(query: string, entries: unknown): FirstChoice {
  const listRef = useRef<HTMLDivElement>(null);
  const [value, choose] = useState('');
  const hasMoved = useRef(false);
  useEffect(() => {
    hasMoved.current = false;
  }, [query]);
  useEffect(() => {
    // A frame later the entries stand in their order.
    const frame = requestAnimationFrame(() => {
      if (hasMoved.current) return;
      const first = listRef.current?.querySelector('[cmdk-item]:not([aria-disabled="true"])');
      const firstValue = first?.getAttribute('data-value');
      if (firstValue) choose(firstValue);
    });
    return () => cancelAnimationFrame(frame);
  }, [query, entries]);
  return {
    listRef,
    value,
    choose,
    noteKey: (event) => {
      if (isMove(event)) hasMoved.current = true;
    },
    notePointer: () => {
      hasMoved.current = true;
    },
  };
}
