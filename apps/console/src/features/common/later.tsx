'use client';
/**
 * Windows that nobody sees at first: their scripts come when the page works and has nothing else to do, or when one is
 * opened before that. `const KeyDialog = later(async () => (await import('./key-dialog.tsx')).KeyDialog)`.
 *
 * Only for what is mounted while it is open.
 */
import { whenIdle } from '@tollgate/ui';
import { type ComponentType, createElement, lazy, Suspense, useState } from 'react';

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  const get = async (): Promise<{ default: ComponentType<P> }> => {
    loaded ??= await load();
    return { default: loaded };
  };
  // A failure shows where the window is opened; here it only comes earlier.
  whenIdle(() => void get().catch(() => undefined));
  const Lazy: ComponentType<P> = lazy(get) as unknown as ComponentType<P>;
  return function Later(props: P) {
    // What is there already opens without a pause.
    const [Part] = useState(() => loaded ?? Lazy);
    return <Suspense fallback={null}>{createElement(Part, props)}</Suspense>;
  };
}
