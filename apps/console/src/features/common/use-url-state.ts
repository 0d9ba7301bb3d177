'use client';
/** Filters, ranges, tabs and open rows live in the address, so that a link shows what its sender saw. */
import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

export type UrlChange = Readonly<Record<string, string | undefined>>;

export interface UrlState {
  readonly get: (name: string) => string | undefined;
  /** Changes some and keeps the others; undefined or empty removes. Nothing is loaded from the server. */
  readonly set: (change: UrlChange) => void;
}

export function useUrlState(): UrlState {
  const parameters = useSearchParams();
  const pathname = usePathname();
  const set = useCallback(
    (change: UrlChange) => {
      // Read from the window: two changes in one tick must not undo each other.
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(change)) {
        if (value === undefined || value === '') next.delete(name);
        else next.set(name, value);
      }
      const query = next.toString();
      window.history.replaceState(null, '', query === '' ? pathname : `${pathname}?${query}`);
    },
    [pathname],
  );
  return { get: (name) => parameters.get(name) ?? undefined, set };
}
