'use client';
/** Putting rows into another order: by buttons, or by Alt and the arrow keys anywhere in a row. The focus goes along. */
import { formatNumber, IconButton } from '@tollgate/ui';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import { moved } from './route-draft.ts';
import { useEditorText } from './use-editor-text.ts';

export interface Mover {
  /** For the element of a row. */
  readonly rowProps: (place: number) => {
    readonly 'data-moves': '';
    readonly onKeyDownCapture: (event: KeyboardEvent<HTMLElement>) => void;
  };
  readonly buttons: (place: number) => ReactNode;
  /** Says where a row went to those who hear the page. To be drawn once. */
  readonly announcement: ReactNode;
}

/** @param nameOf What a row is called. */
export function useMover<T>(
  list: readonly T[],
  onChange: (list: readonly T[]) => void,
  nameOf: (place: number) => string,
): Mover {
  const text = useEditorText().order;
  const locale = useLocale();
  const [said, setSaid] = useState('');
  const focused = useRef<Element | null>(null);
  // An element that is put elsewhere loses the focus.
  useLayoutEffect(() => {
    if (focused.current instanceof HTMLElement) focused.current.focus();
    focused.current = null;
  });
  const move = (place: number, by: -1 | 1) => {
    const next = moved(list, place, by);
    if (next === list) return;
    focused.current = document.activeElement;
    const number = (value: number) => formatNumber(value, locale);
    setSaid(text.moved(nameOf(place), number(place + by + 1), number(list.length)));
    onChange(next);
  };
  const button = (place: number, by: -1 | 1) => (
    <IconButton
      size="sm"
      label={(by < 0 ? text.up : text.down)(nameOf(place))}
      // Not disabled: it would lose the focus at the end of the list.
      aria-disabled={moved(list, place, by) === list}
      className="aria-disabled:opacity-40"
      onClick={() => move(place, by)}
    >
      {by < 0 ? <ArrowUp /> : <ArrowDown />}
    </IconButton>
  );
  return {
    rowProps: (place) => ({
      'data-moves': '',
      onKeyDownCapture: (event) => {
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!event.altKey || (by !== -1 && by !== 1)) return;
        // Rows of targets are within rows of rules.
        if ((event.target as Element).closest('[data-moves]') !== event.currentTarget) return;
        event.preventDefault();
        event.stopPropagation();
        move(place, by);
      },
    }),
    buttons: (place) =>
      list.length > 1 && (
        <>
          {button(place, -1)}
          {button(place, 1)}
        </>
      ),
    announcement: (
      <span role="status" className="sr-only">
        {said}
      </span>
    ),
  };
}
