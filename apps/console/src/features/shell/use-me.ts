'use client';
/** Who is signed in, as `GET /me` answers. The server puts the first answer in place (features/signed-in). */
import type { Me } from '@tollgate/api';
import { useApiQuery } from '../../api/use-api.ts';

const FRESH_MS = 60_000;

export function useMe() {
  return useApiQuery<Me>('/me', { staleTime: FRESH_MS });
}
