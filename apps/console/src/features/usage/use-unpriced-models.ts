'use client';
/** Models that were used without a price: their amounts are not nothing, but unknown. */
import type { UnknownPrice } from '@tollgate/api';
import { useMemo } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { UsageGroup } from './usage-figures.ts';

const FRESH_MS = 60_000;

/** @returns Those of the range; none where the person may not see prices. */
export function useUnpricedModels(range: { readonly fromMs: number; readonly toMs: number }) {
  const allowed = usePermission('prices:read');
  const { data } = useApiQuery<{ readonly data: readonly UnknownPrice[] }>(
    allowed ? '/prices/unknown' : undefined,
    { staleTime: FRESH_MS },
  );
  const { fromMs, toMs } = range;
  return useMemo<ReadonlySet<string>>(
    () =>
      new Set(
        (data?.data ?? [])
          .filter((one) => Date.parse(one.firstSeenAt) < toMs && Date.parse(one.lastSeenAt) >= fromMs)
          .map(({ model }) => model),
      ),
    [data, fromMs, toMs],
  );
}

/** A group of one such model, of which nothing has a cost. */
export function isUnpriced(
  { parts, spentUsd, costUsd }: Pick<UsageGroup, 'parts' | 'spentUsd' | 'costUsd'>,
  unpriced: ReadonlySet<string>,
): boolean {
  const isOfModel = parts.some(({ groupBy, key }) => groupBy === 'model' && unpriced.has(key));
  return isOfModel && Number(spentUsd) === 0 && Number(costUsd) === 0;
}
