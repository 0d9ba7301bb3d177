'use client';
/** Names of the keys that were used lately, from the usage report: one question for any number of keys. */
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';

interface KeyUsage {
  readonly data: readonly { readonly key?: string; readonly names: { readonly key?: string } }[];
}

const FRESH_MS = 60_000;

/** @returns Key id to name; keys used a moment ago may be missing. */
export function useKeyNames(): ReadonlyMap<string, string> {
  const usage = useApiQuery<KeyUsage>(withQuery('/usage', { groupBy: 'key' }), {
    enabled: usePermission('usage:read'),
    staleTime: FRESH_MS,
  });
  return useMemo(
    () => new Map(usage.data?.data.flatMap(({ key, names }) => (key && names.key ? [[key, names.key]] : []))),
    [usage.data],
  );
}
