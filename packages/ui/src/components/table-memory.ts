'use client';
/**
 * What somebody chose for a table, kept in this browser under the table's name: which columns, sorted by what. Screens
 * whose address says it keep it there instead.
 */
import type { SortingState, VisibilityState } from '@tanstack/react-table';
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';

export interface TableMemory {
  readonly columns?: VisibilityState;
  readonly sorting?: SortingState;
}

const PREFIX = 'tollgate_table_';
const NOTHING: TableMemory = {};
const listeners = new Set<() => void>();

/** @param name Undefined: kept for as long as the table is shown. @returns What was chosen, and how to choose. */
export function useTableMemory(
  name: string | undefined,
): readonly [TableMemory, (change: TableMemory) => void] {
  const [own, setOwn] = useState(NOTHING);
  const text = useSyncExternalStore(
    subscribe,
    () => (name === undefined ? null : readText(name)),
    // The server knows nothing of it: both draw the usual table first.
    () => null,
  );
  // `own` holds what this browser would not keep.
  const kept = useMemo(() => ({ ...parseTableMemory(text), ...own }), [own, text]);
  const change = useCallback(
    (changed: TableMemory) => {
      const next = { ...kept, ...changed };
      if (name === undefined || !writeText(name, JSON.stringify(next))) setOwn(next);
    },
    [name, kept],
  );
  return [kept, change];
}

/** Reads what this browser kept; whatever has another form counts as nothing. */
export function parseTableMemory(text: string | null): TableMemory {
  const found = text === null ? undefined : parseJson(text);
  if (!isRecord(found)) return NOTHING;
  const { columns, sorting } = found;
  return {
    ...(isRecord(columns) && Object.values(columns).every((shown) => typeof shown === 'boolean')
      ? { columns: columns as VisibilityState }
      : {}),
    ...(Array.isArray(sorting) && sorting.every(isSort) ? { sorting: sorting as SortingState } : {}),
  };
}

function isSort(value: unknown): boolean {
  return isRecord(value) && typeof value.id === 'string' && typeof value.desc === 'boolean';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns Undefined where it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  window.addEventListener('storage', onChange);
  return () => {
    listeners.delete(onChange);
    window.removeEventListener('storage', onChange);
  };
}

function readText(name: string): string | null {
  try {
    return window.localStorage.getItem(PREFIX + name);
  } catch {
    // Storage can be forbidden; then nothing is remembered.
    return null;
  }
}

/** @returns False where this browser keeps nothing. */
function writeText(name: string, text: string): boolean {
  try {
    window.localStorage.setItem(PREFIX + name, text);
  } catch {
    return false;
  }
  for (const listener of listeners) listener();
  return true;
}
