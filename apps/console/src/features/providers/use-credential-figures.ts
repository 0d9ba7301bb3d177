'use client';
/** What went through each credential: how well in the last day, and for how much this month. */
import { useNowMs } from '@tollgate/ui';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { UsageAnswer } from '../usage/usage-types.ts';
import { useSpendThisMonth } from '../usage/use-spend-this-month.ts';
import { type CredentialStanding, standingsOf } from './credential-standing.ts';

const HOUR_MS = 3_600_000;
const LOOKED_BACK_MS = 24 * HOUR_MS;
const REFRESH_MS = 60_000;

export interface CredentialFigures {
  /** Undefined until known, and where usage may not be seen. */
  readonly standings: ReadonlyMap<string, CredentialStanding> | undefined;
  readonly spentUsd: ReadonlyMap<string, string> | undefined;
}

export function useCredentialFigures(): CredentialFigures {
  const { standings } = useCredentialStandings();
  return { standings, spentUsd: useSpendThisMonth('credential').byKey };
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
