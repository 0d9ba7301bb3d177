'use client';
/** Waits for the first request of a key by long polling, and then for what it used and cost. */
import type { RequestDetail } from '@tollgate/api';
import { ApiError } from '../../api/api-error.ts';
import { useApiQuery } from '../../api/use-api.ts';

const WAIT_SECONDS = 25;
/** Between two waits, and after a failure. */
const PAUSE_MS = 500;
const DETAIL_TRIES = 60;

export interface FirstRequest {
  /** Set as soon as the gateway has answered it. */
  readonly requestId: string | undefined;
  /** Follows when the ledger has it. */
  readonly request: RequestDetail | undefined;
  /** Whether the last question failed; it keeps asking. */
  readonly failing: boolean;
}

export function useFirstRequest(keyId: string): FirstRequest {
  const wait = useApiQuery<{ requestId: string | null }>(
    `/keys/${keyId}/first-request?waitSeconds=${WAIT_SECONDS}`,
    {
      staleTime: 0,
      retry: false,
      refetchOnWindowFocus: false,
      // The request is sent from a terminal: this window is in the background then.
      refetchIntervalInBackground: true,
      refetchInterval: (query) => (query.state.data?.requestId ? false : PAUSE_MS),
    },
  );
  const requestId = wait.data?.requestId ?? undefined;
  const detail = useApiQuery<RequestDetail>(requestId === undefined ? undefined : `/requests/${requestId}`, {
    retry: (failures, error) =>
      failures < DETAIL_TRIES &&
      (!(error instanceof ApiError) || error.status === 404 || error.status >= 500),
    retryDelay: PAUSE_MS,
  });
  return { requestId, request: detail.data, failing: wait.isError };
}
