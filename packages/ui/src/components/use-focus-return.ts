/**
 * Where focus goes when a window closes: back to what opened it. Radix knows that only of its own triggers, and the
 * windows of the console are opened by state, a menu's item or another window.
 */
import { useRef } from 'react';

/** By window: what to go back to, for windows that are opened out of it and outlive it. */
const openersOf = new WeakMap<Element, readonly HTMLElement[]>();

export interface FocusReturn {
  readonly ref: (content: HTMLElement | null) => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

/** @param open Whether the window shows; undefined where Radix opens it by its own trigger, which it returns to. */
export function useFocusReturn(open: boolean | undefined): FocusReturn {
  const wasOpen = useRef(false);
  const openers = useRef<readonly HTMLElement[]>([]);
  // While rendering: a field with autoFocus has the focus before any effect runs.
  if (open === true && !wasOpen.current) openers.current = findOpeners();
  wasOpen.current = open === true;
  return {
    ref: (content) => {
      if (content !== null) openersOf.set(content, openers.current);
    },
    onCloseAutoFocus: (event) => {
      if (open === undefined) return;
      event.preventDefault();
      // A window that took its place has the focus already.
      if (document.activeElement?.closest('[role="dialog"], [role="alertdialog"]')) return;
      const back = openers.current.find((element) => element.isConnected && element.checkVisibility());
      (back ?? document.querySelector<HTMLElement>('main'))?.focus();
    },
  };
}

/** The nearest first: what has the focus, the button of its menu, what opened the window that it is in. */
function findOpeners(): HTMLElement[] {
  if (typeof document === 'undefined') return [];
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || active === document.body) return [];
  const menuButton = document.getElementById(
    active.closest('[role="menu"]')?.getAttribute('aria-labelledby') ?? '',
  );
  const inside = active.closest('[role="dialog"], [role="alertdialog"]');
  return [active, ...(menuButton === null ? [] : [menuButton]), ...((inside && openersOf.get(inside)) ?? [])];
}
