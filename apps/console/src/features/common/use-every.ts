'use client';
/**
 * All rows of a list whose length has a natural bound (teams, members), page by page in the background.
 * Not for requests or anything else that grows with traffic.
 */
import { useEffect } from 'react';
import { type ApiListSettings, useApiList } from '../../api/use-api.ts';

const MAX_PAGES = 25;

/** Of budgets and limits, in pages after the first: with one for each of 2,000 teams the view asks three times [S7]. */
export const LONG_PAGE = 1_000;

export function useEvery<T>(path: string, options: Pick<ApiListSettings, 'enabled' | 'laterLimit'> = {}) {
  const list = useApiList<T>(`${path}${path.includes('?') ? '&' : '?'}limit=200`, options);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = list;
  const pages = list.data?.pages.length ?? 0;
  const more = hasNextPage && pages < MAX_PAGES;
  useEffect(() => {
    if (more && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [more, isFetchingNextPage, isError, fetchNextPage]);
  return {
    rows: list.rows,
    error: list.error,
    isLoading: list.isLoading,
    refetch: list.refetch,
    /** Whether `rows` are all there are; counts are true only then. */
    isComplete: list.data !== undefined && !hasNextPage,
  };
}
