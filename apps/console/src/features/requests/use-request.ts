'use client';
import type { RequestDetail } from '@tollgate/api';
import { ApiError } from '../../api/api-error.ts';
import { useApiQuery } from '../../api/use-api.ts';

const TRIES = 8;
const PAUSE_MS = 750;

export function requestPath(id: string): string {
  return `/requests/${encodeURIComponent(id)}`;
}

/** A request that was just answered is on its way to the ledger: a first "not found" is asked again. */
export function useRequest(id: string | undefined) {
  return useApiQuery<RequestDetail>(id === undefined ? undefined : requestPath(id), {
    staleTime: 30_000,
    retry: (failures, error) =>
      failures < TRIES && error instanceof ApiError && (error.status === 404 || error.status >= 500),
    retryDelay: PAUSE_MS,
  });
}
