'use client';
import type { RequestPayload } from '@tollgate/api';
import { useApiQuery } from '../../api/use-api.ts';
import { requestPath } from '../requests/use-request.ts';

/** What a request said and was answered. Each time it is asked for is written into the audit log, so it is asked for once. */
export function useRequestPayload(id: string | undefined) {
  return useApiQuery<RequestPayload>(id === undefined ? undefined : `${requestPath(id)}/payload`, {
    staleTime: Number.POSITIVE_INFINITY,
  });
}
