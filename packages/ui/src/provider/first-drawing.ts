'use client';
/**
 * What a component may not ask its own machine while the browser takes over what the server drew: the time, and the
 * zone of the reader. Both must draw the same first; the browser's own follow at once.
 */
import { useSyncExternalStore } from 'react';
import { useUi } from './ui-provider.tsx';

const noChanges = () => () => undefined;
const isServerDrawing = () => true;
const isOwnDrawing = () => false;

/** @returns Now, for what is drawn: the server's time for the first view, the browser's from then on. */
export function useNowMs(): number {
  const { drawnAtMs } = useUi();
  const isFirst = useIsFirstDrawing();
  return isFirst && drawnAtMs !== undefined ? drawnAtMs : Date.now();
}

/** @returns Whether this is the server's drawing, or the browser's first over it: for what only a browser can draw. */
export function useIsFirstDrawing(): boolean {
  return useSyncExternalStore(noChanges, isOwnDrawing, isServerDrawing);
}

let browserTimeZone: string | undefined;

/** IANA name of the zone that this browser is in. */
export function findBrowserTimeZone(): string {
  browserTimeZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return browserTimeZone;
}

/** @returns The zone that times are written in. */
export function useReaderTimeZone(): string {
  const { timeZone, drawnInTimeZone = 'UTC' } = useUi();
  const own = useSyncExternalStore(noChanges, findBrowserTimeZone, () => drawnInTimeZone);
  return timeZone ?? own;
}
