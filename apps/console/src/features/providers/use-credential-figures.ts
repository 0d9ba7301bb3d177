'use client';
/** What went through each credential: how well in the last day, and for how much this month. */
import type { UnknownPrice } from '@tollgate/api';
import { useNowMs } from '@tollgate/ui';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { UsageAnswer } from '../usage/usage-types.ts';
import { monthStart, useSpendThisMonth } from '../usage/use-spend-this-month.ts';
import { useTimeZone } from '../usage/use-time-zone.ts';
import { type CredentialStanding, standingsOf } from './credential-standing.ts';

const HOUR_MS = 3_600_000;
const LOOKED_BACK_MS = 24 * HOUR_MS;
const REFRESH_MS = 60_000;

export interface CredentialFigures {
  /** Undefined until known, and where usage may not be seen. */
  readonly standings: ReadonlyMap<string, CredentialStanding> | undefined;
  readonly spentUsd: ReadonlyMap<string, string> | undefined;
  /** Those that spent nothing because a model of theirs has no price: what they cost is not known. */
  readonly unpriced: ReadonlySet<string>;
}

export function useCredentialFigures(): CredentialFigures {
  const { standings } = useCredentialStandings();
  const spentUsd = useSpendThisMonth('credential').byKey;
  const unpriced = useUnpricedCredentials(spentUsd);
  return useMemo(() => ({ standings, spentUsd, unpriced }), [standings, spentUsd, unpriced]);
}

const NONE: ReadonlySet<string> = new Set();

/** Asked only where a credential was used for nothing. */
function useUnpricedCredentials(spentUsd: CredentialFigures['spentUsd']): ReadonlySet<string> {
  const timeZone = useTimeZone();
  const nowMs = useNowMs();
  const mayRead = usePermission('prices:read');
  const isForNothing = mayRead && [...(spentUsd?.values() ?? [])].some((spent) => Number(spent) === 0);
  const unknown = useApiQuery<{ readonly data: readonly UnknownPrice[] }>(
    isForNothing ? '/prices/unknown' : undefined,
  ).data?.data;
  const used = useApiQuery<UsageAnswer>(
    timeZone !== undefined && unknown !== undefined && unknown.length > 0
      ? withQuery('/usage', { from: monthStart(timeZone, nowMs), groupBy: ['credential', 'model'] })
      : undefined,
  ).data?.data;
  return useMemo(() => {
    if (spentUsd === undefined || unknown === undefined || used === undefined) return NONE;
    const models = new Set(unknown.map(({ model }) => model));
    return new Set(
      used
        .filter(({ model }) => models.has(model ?? ''))
        .map(({ credential }) => credential ?? '')
        .filter((credential) => Number(spentUsd.get(credential) ?? 0) === 0),
    );
  }, [spentUsd, unknown, used]);
}

export interface CredentialStandings extends Pick<CredentialFigures, 'standings'> {
  /** They could not be read: undefined for good. */
  readonly isError: boolean;
}

/** How each did in the last day. */
export function useCredentialStandings(): CredentialStandings {
  const nowMs = useNowMs();
  const from = new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS - LOOKED_BACK_MS).toISOString();
  const { data, isError } = useApiQuery<UsageAnswer>(
    withQuery('/usage', { from, groupBy: ['credential', 'status'], timeZone: 'UTC' }),
    { enabled: usePermission('usage:read'), refetchInterval: REFRESH_MS },
  );
  return { standings: useMemo(() => data && standingsOf(data.data), [data]), isError };
}
