'use client';
/** Who is signed in, as `GET /me` answers. Only what the frame needs; screens that need more type it there. */
import { useApiQuery } from '../../api/use-api.ts';

export interface Me {
  readonly user: { readonly id: string; readonly name: string | null; readonly email: string };
  readonly organizations: readonly { readonly id: string; readonly name: string }[];
}

const FRESH_MS = 60_000;

export function useMe() {
  return useApiQuery<Me>('/me', { staleTime: FRESH_MS });
}
