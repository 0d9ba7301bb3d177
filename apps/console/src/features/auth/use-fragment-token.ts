'use client';
/**
 * The token of a mail's link. It travels in the fragment, which browsers send to nobody, and leaves the
 * address as soon as it is read, so that it stays in no history.
 */
import { useEffect, useState } from 'react';

/** @returns `undefined` before it is known, `null` when the link has none. */
export function useFragmentToken(): string | null | undefined {
  const [token, setToken] = useState<string | null>();
  useEffect(() => {
    const { pathname, search, hash } = window.location;
    const found = new URLSearchParams(hash.slice(1)).get('token');
    // The effect runs twice in development: the second time the address is empty already.
    setToken((current) => found ?? current ?? null);
    if (found !== null) window.history.replaceState(null, '', pathname + search);
  }, []);
  return token;
}
