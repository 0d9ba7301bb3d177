'use client';
/** Asks for what somebody is about to open. What is known and fresh is not asked for again. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { apiFetch } from './client.ts';
import { apiQueryKey } from './query-key.ts';

/** @returns Asks as `useApiQuery` will; a refusal shows where the thing is opened. */
export function usePrefetch(): (path: string) => void {
  const queryClient = useQueryClient();
  return useCallback(
    (path: string) => {
      void queryClient.prefetchQuery({
        queryKey: apiQueryKey(path),
        queryFn: ({ signal }) => apiFetch<unknown>(path, { signal }),
        retry: false,
      });
    },
    [queryClient],
  );
}
