'use client';
/**
 * Asks before a page is left on which something was entered and not saved: by a link of the console, or by closing it.
 * The palette and `g` shortcuts go at once.
 */
import { ConfirmDialog } from '@tollgate/ui';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function UnsavedChanges({ unsaved }: { readonly unsaved: boolean }) {
  const text = useMessages('parts').unsaved;
  const router = useRouter();
  const [leavingTo, setLeavingTo] = useState<string>();
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    const hold = (event: MouseEvent) => {
      const path = pathOfLink(event);
      if (path === undefined) return;
      // Before the link itself hears of it: it follows nothing that was prevented.
      event.preventDefault();
      setLeavingTo(path);
    };
    window.addEventListener('beforeunload', ask);
    document.addEventListener('click', hold, { capture: true });
    return () => {
      window.removeEventListener('beforeunload', ask);
      document.removeEventListener('click', hold, { capture: true });
    };
  }, [unsaved]);
  if (leavingTo === undefined) return null;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) setLeavingTo(undefined);
      }}
      title={text.title}
      confirmLabel={text.leave}
      tone="danger"
      onConfirm={() => router.push(leavingTo)}
    >
      {text.text}
    </ConfirmDialog>
  );
}

/** @returns Undefined: not a link, one of another site, or one that opens elsewhere. */
function pathOfLink(event: MouseEvent): string | undefined {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return undefined;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target === '_blank' || link.hasAttribute('download')) return undefined;
  const { origin, pathname, search, hash } = new URL(link.href, window.location.href);
  if (origin !== window.location.origin || pathname === window.location.pathname) return undefined;
  return `${pathname}${search}${hash}`;
}
