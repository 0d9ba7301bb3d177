'use client';
/** What each key spent in the last 30 days, in one question for the whole list. */
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';

interface KeyUsage {
  readonly data: readonly { readonly key?: string; readonly spentUsd: string }[];
}

const REFRESH_MS = 60_000;

/** @returns Key id to amount; keys without usage are missing. Undefined while unknown. */
export function useKeySpend(): ReadonlyMap<string, string> | undefined {
  const usage = useApiQuery<KeyUsage>(withQuery('/usage', { groupBy: 'key' }), {
    enabled: usePermission('usage:read'),
    staleTime: REFRESH_MS,
  });
  return useMemo(
    () =>
      usage.data && new Map(usage.data.data.flatMap(({ key, spentUsd }) => (key ? [[key, spentUsd]] : []))),
    [usage.data],
  );
}
