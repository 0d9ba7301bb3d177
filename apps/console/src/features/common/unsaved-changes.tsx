'use client';
/**
 * Asks before a page is left on which something was entered and not saved, whichever way: a link, the palette, a shortcut, a row,
 * the browser's back and forward, or closing the page (where the browser asks in its own words).
 */
import { ConfirmDialog } from '@tollgate/ui';
import { useEffect, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { holdHistory } from './history-hold.ts';
import { type Go, holdLeaving, isHere, useGo } from './leaving.ts';

export function UnsavedChanges({ unsaved }: { readonly unsaved: boolean }) {
  const text = useMessages('parts').unsaved;
  const go = useGo();
  const [leave, setLeave] = useState<() => void>();
  useEffect(() => {
    if (!unsaved) return;
    const ask = (leaving: () => void) => setLeave(() => leaving);
    const stops = [holdLeaving(ask), holdClosing(), holdLinks(go), holdHistory(ask)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [unsaved, go]);
  if (leave === undefined) return null;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) setLeave(undefined);
      }}
      title={text.title}
      confirmLabel={text.leave}
      tone="danger"
      onConfirm={leave}
    >
      {text.text}
    </ConfirmDialog>
  );
}

function holdClosing(): () => void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener('beforeunload', ask);
  return () => window.removeEventListener('beforeunload', ask);
}

/** Links go where `go` goes, which asks. */
function holdLinks(go: Go): () => void {
  const hold = (event: MouseEvent) => {
    const path = pathOfLink(event);
    if (path === undefined) return;
    // Before the link itself hears of it: it follows nothing that was prevented.
    event.preventDefault();
    go(path);
  };
  document.addEventListener('click', hold, { capture: true });
  return () => document.removeEventListener('click', hold, { capture: true });
}

/** @returns Undefined: not a link, one of another site or of this page, or one that opens elsewhere. */
function pathOfLink(event: MouseEvent): string | undefined {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return undefined;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target === '_blank' || link.hasAttribute('download')) return undefined;
  const { origin, pathname, search, hash } = new URL(link.href, window.location.href);
  if (origin !== window.location.origin || isHere(pathname)) return undefined;
  return `${pathname}${search}${hash}`;
}
