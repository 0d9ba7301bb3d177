/**
 * Changes that are shown before the API has answered: written into what is cached, and taken out again when it refuses.
 * The true answer replaces them either way, because a change makes what it touches stale.
 */
import type { QueryClient } from '@tanstack/react-query';
import { apiQueryKey } from './query-key.ts';

export interface ForeseenChange {
  /** Every cached answer below it, whatever its query. */
  readonly path: string;
  /** Gets one thing, or each row of a list. @returns The same where nothing changes. */
  readonly change: (row: unknown) => unknown;
  /** Gets answers as they are: to add rows, or to take some out. */
  readonly whole?: boolean;
}

/** Puts back what was there before. */
export type TakeBack = () => void;

export async function foresee(
  queryClient: QueryClient,
  changes: readonly ForeseenChange[],
): Promise<TakeBack> {
  const before: (readonly [readonly unknown[], unknown, number | undefined])[] = [];
  for (const { path, change, whole = false } of changes) {
    const filter = { queryKey: apiQueryKey(path) };
    // An answer on its way is older than the change.
    await queryClient.cancelQueries(filter);
    for (const [queryKey, data] of queryClient.getQueriesData(filter)) {
      const changed = data === undefined ? data : whole ? change(data) : changeAnswer(data, change);
      if (changed === data) continue;
      before.push([queryKey, data, queryClient.getQueryState(queryKey)?.dataUpdatedAt]);
      queryClient.setQueryData(queryKey, changed);
    }
  }
  return () => {
    for (const [queryKey, data, updatedAt] of before) {
      // As old as it was: what is put back was not read now.
      queryClient.setQueryData(queryKey, data, updatedAt === undefined ? {} : { updatedAt });
    }
  };
}

/** Of one thing, of a list, of a list that was read page by page. Other forms stay as they are. */
function changeAnswer(data: unknown, change: ForeseenChange['change']): unknown {
  if (typeof data !== 'object' || data === null) return data;
  if ('pages' in data && Array.isArray(data.pages)) {
    const pages = changeEach(data.pages, (page) => changeAnswer(page, change));
    return pages === data.pages ? data : { ...data, pages };
  }
  if ('data' in data && Array.isArray(data.data)) {
    const rows = changeEach(data.data, change);
    return rows === data.data ? data : { ...data, data: rows };
  }
  return change(data);
}

function changeEach(rows: readonly unknown[], change: (row: unknown) => unknown): readonly unknown[] {
  const changed = rows.map(change);
  return changed.some((row, place) => row !== rows[place]) ? changed : rows;
}

/** `rowById(id, (alert) => ({...alert, readAt}))`: of the rows with this id, and of no other. */
export function rowById<T extends { readonly id: string }>(
  id: string,
  change: (row: T) => T,
): ForeseenChange['change'] {
  return (row) =>
    typeof row === 'object' && row !== null && 'id' in row && row.id === id ? change(row as T) : row;
}
