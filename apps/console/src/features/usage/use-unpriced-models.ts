'use client';
/** Models that were used without a price: their amounts are not nothing, but unknown. */
import type { UnknownPrice } from '@tollgate/api';
import { useMemo } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { inputTokensOf } from '../common/token-totals.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { UsageGroup } from './usage-figures.ts';

const FRESH_MS = 60_000;

type Amounts = Pick<UsageGroup, 'parts' | 'spentUsd' | 'costUsd'>;

/**
 * Asked only where a model was used for nothing: the answer is read from everything the organization ever used.
 *
 * @returns Those of the range; none where the person may not see prices.
 */
export function useUnpricedModels(
  range: { readonly fromMs: number; readonly toMs: number },
  groups: readonly UsageGroup[],
): ReadonlySet<string> {
  const mayRead = usePermission('prices:read');
  const allowed = mayRead && groups.some(isUsedForNothing);
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

function isUsedForNothing(group: UsageGroup): boolean {
  return modelOf(group) !== undefined && inputTokensOf(group) > 0 && isForNothing(group);
}

/** A group of one such model, of which nothing has a cost. */
export function isUnpriced(group: Amounts, unpriced: ReadonlySet<string>): boolean {
  const model = modelOf(group);
  return model !== undefined && unpriced.has(model) && isForNothing(group);
}

function modelOf({ parts }: Amounts): string | undefined {
  return parts.find(({ groupBy }) => groupBy === 'model')?.key;
}

function isForNothing({ spentUsd, costUsd }: Amounts): boolean {
  return Number(spentUsd) === 0 && Number(costUsd) === 0;
}
