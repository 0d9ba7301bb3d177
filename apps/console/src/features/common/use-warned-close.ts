'use client';
/** Secrets that are shown once: the first attempt to leave without having kept them warns, the second leaves. */
import { useState } from 'react';

export function useWarnedClose(kept: boolean): {
  readonly warned: boolean;
  readonly mayClose: () => boolean;
} {
  const [attempted, setAttempted] = useState(false);
  const mayClose = () => {
    if (kept || attempted) return true;
    setAttempted(true);
    return false;
  };
  return { warned: attempted && !kept, mayClose };
}
