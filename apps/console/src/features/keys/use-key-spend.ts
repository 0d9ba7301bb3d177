'use client';
/** What the keys of a list spent in the last 30 days: one question for each page of the list. */
import { useQueries } from '@tanstack/react-query';
import type { UsageRow } from '@tollgate/api';
import { useNowMs } from '@tollgate/ui';
import { useMemo } from 'react';
import { apiFetch } from '../../api/client.ts';
import { useFirstAnswer } from '../../api/first-view.tsx';
import { apiQueryKey, withQuery } from '../../api/query-key.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { useTimeZone } from '../usage/use-time-zone.ts';
import { addDays, calendarDate, startOfDate } from '../usage/zoned-time.ts';

interface KeyUsage {
  readonly data: readonly Pick<UsageRow, 'key' | 'spentUsd'>[];
}

const REFRESH_MS = 30_000;
const KEYS_PER_QUESTION = 50;
const DAYS = 30;

/** @returns Key id to amount; `0` where nothing was spent. Keys whose amount is not known yet are missing. */
export function useKeySpend(keyIds: readonly string[]): ReadonlyMap<string, string> {
  const enabled = usePermission('usage:read');
  const timeZone = useTimeZone();
  const nowMs = useNowMs();
  // As the usage page counts them, which a figure of a list leads to.
  const from =
    timeZone &&
    new Date(startOfDate(addDays(calendarDate(nowMs, timeZone), 1 - DAYS), timeZone)).toISOString();
  const pieces = Array.from({ length: Math.ceil(keyIds.length / KEYS_PER_QUESTION) }, (_, piece) =>
    keyIds.slice(piece * KEYS_PER_QUESTION, (piece + 1) * KEYS_PER_QUESTION),
  );
  const paths = (from === undefined ? [] : pieces).map((ids) =>
    withQuery('/usage', { from, groupBy: 'key', keyId: ids }),
  );
  const [first] = paths;
  useFirstAnswer(
    enabled && first !== undefined
      ? { path: first, queryKey: apiQueryKey(first), toData: (body) => body }
      : undefined,
  );
  const answers = useQueries({
    queries: paths.map((path) => ({
      queryKey: apiQueryKey(path),
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => apiFetch<KeyUsage>(path, { signal }),
      staleTime: REFRESH_MS,
      refetchInterval: REFRESH_MS,
      enabled,
    })),
  });
  const answered = answers.map(({ dataUpdatedAt }) => dataUpdatedAt).join();
  const asked = keyIds.join();
  return useMemo(() => {
    const spent = new Map<string, string>();
    for (const [piece, { data }] of answers.entries()) {
      if (data === undefined) continue;
      for (const id of pieces[piece] ?? []) spent.set(id, '0');
      for (const { key, spentUsd } of data.data) if (key !== undefined) spent.set(key, spentUsd);
    }
    return spent;
  }, [answered, asked]);
}
