'use client';
/** Who is signed in, as `GET /me` answers. The server puts the first answer in place (features/signed-in). */
import type { Me } from '@tollgate/api';
import { useApiQuery } from '../../api/use-api.ts';

const FRESH_MS = 60_000;

/** What the organization counts its days and months in: whoever is asked for a day is asked for one there. */
export function useOrganizationZone(): string {
  return useMe().data?.timeZone ?? 'UTC';
}

export function useMe() {
  return useApiQuery<Me>('/me', { staleTime: FRESH_MS });
}

const SUSPENDED_REFRESH_MS = 30_000;

/** For the one place that shows a suspension: whoever pays or ends it may do so elsewhere. */
export function useMeWhileSuspended() {
  return useApiQuery<Me>('/me', {
    staleTime: FRESH_MS,
    refetchInterval: ({ state }) => (state.data?.suspension ? SUSPENDED_REFRESH_MS : false),
  });
}
