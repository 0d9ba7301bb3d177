'use client';
import { useQuery } from '@tanstack/react-query';
import type { RequestPayload } from '@tollgate/api';
import type { ApiError } from '../../api/api-error.ts';
import { apiFetch } from '../../api/client.ts';
import { onceQueryKey } from '../../api/query-key.ts';
import { requestPath } from '../requests/use-request.ts';

/**
 * What a request said and was answered. Each reading is written into the audit log, so that it is read in the browser
 * alone, when somebody wants it, and once for as long as the page is open: nothing that makes requests old reaches it.
 */
export function useRequestPayload(id: string | undefined) {
  const path = `${requestPath(id ?? '')}/payload`;
  return useQuery<RequestPayload, ApiError>({
    queryKey: onceQueryKey(path),
    // Without the signal: whoever leaves in the middle has read it, and finds it when they come back.
    queryFn: () => apiFetch<RequestPayload>(path),
    enabled: id !== undefined,
    staleTime: 'static',
    gcTime: Number.POSITIVE_INFINITY,
    // One that failed may have been written down: people say whether it is tried again.
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
