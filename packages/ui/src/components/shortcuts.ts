'use client';
/**
 * Keyboard shortcuts for a whole page: single keys, `mod+k`, and sequences such as `g k`. Silent while
 * somebody types, and while a dialog is open (except for shortcuts with a modifier).
 */
import { useEffect, useRef } from 'react';

export type Shortcuts = Readonly<Record<string, () => void>>;

const SEQUENCE_MS = 1200;

/** `mod+k` for Ctrl or Command; plain keys as they print, so that `?` needs no layout. */
export function toKeyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

/**
 * What a key press means after the keys before it.
 *
 * @returns The shortcut that is complete, and the keys that may yet become one.
 */
export function stepSequence(
  pending: string,
  key: string,
  names: readonly string[],
): { readonly matched: string | undefined; readonly pending: string } {
  for (const candidate of pending === '' ? [key] : [`${pending} ${key}`, key]) {
    if (names.includes(candidate)) return { matched: candidate, pending: '' };
    if (names.some((name) => name.startsWith(`${candidate} `)))
      return { matched: undefined, pending: candidate };
  }
  return { matched: undefined, pending: '' };
}

export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    let pending = '';
    let pendingAtMs = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return;
      const key = toKeyName(event);
      if (!key.startsWith('mod+') && isBusy(event.target)) return;
      if (event.timeStamp - pendingAtMs > SEQUENCE_MS) pending = '';
      const step = stepSequence(pending, key, Object.keys(latest.current));
      pending = step.pending;
      pendingAtMs = event.timeStamp;
      if (step.matched === undefined) return;
      event.preventDefault();
      latest.current[step.matched]?.();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('input,textarea,select,[role="combobox"],[role="menu"]'))
    return true;
  return (
    document.querySelector('[role="dialog"][data-state="open"],[role="alertdialog"][data-state="open"]') !==
    null
  );
}
