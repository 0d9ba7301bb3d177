'use client';
/** What the teams, keys and service accounts in conditions are called. Only those are asked for. */
import { useQueries } from '@tanstack/react-query';
import type { Key } from '@tollgate/api';
import { useCallback, useMemo } from 'react';
import { apiFetch } from '../../api/client.ts';
import { apiQueryKey, withQuery } from '../../api/query-key.ts';
import type { ApiPage } from '../../api/use-api.ts';
import { useTeamNames } from '../common/team-names.ts';
import { useServiceAccounts } from '../keys/key-options.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { ConditionKind, DraftRule } from './route-draft.ts';

const FRESH_MS = 60_000;

export type NameOf = (kind: ConditionKind, id: string) => string;

export function useConditionNames(rules: readonly DraftRule[]): NameOf {
  const conditions = rules.flatMap(({ when }) => when);
  const idsOf = (kind: ConditionKind) =>
    conditions.filter((condition) => condition.kind === kind).flatMap(({ chosen }) => chosen);
  const teamName = useTeamNames(idsOf('team'));
  const keyName = useKeyNames(idsOf('key'));
  const accountName = useAccountNames(idsOf('serviceAccount').length > 0);
  return useCallback(
    (kind, id) => {
      if (kind === 'team') return teamName(id);
      if (kind === 'key') return keyName(id);
      return kind === 'serviceAccount' ? accountName(id) : id;
    },
    [teamName, keyName, accountName],
  );
}

const KEYS_PER_QUESTION = 100;

/** There can be hundreds of thousands of keys: only those that are named are asked for, all of them at once. */
function useKeyNames(asked: readonly string[]): (id: string) => string {
  const enabled = usePermission('keys:read');
  const ids = [...new Set(asked)].toSorted();
  const questions = Array.from({ length: Math.ceil(ids.length / KEYS_PER_QUESTION) }, (_, piece) =>
    withQuery('/keys', {
      ids: ids.slice(piece * KEYS_PER_QUESTION, (piece + 1) * KEYS_PER_QUESTION) as readonly string[],
      limit: KEYS_PER_QUESTION,
    }),
  );
  const answers = useQueries({
    queries: questions.map((path) => ({
      queryKey: apiQueryKey(path),
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => apiFetch<ApiPage<Key>>(path, { signal }),
      staleTime: FRESH_MS,
      retry: false,
      enabled,
    })),
  });
  const known = JSON.stringify(
    answers.flatMap(({ data }) => data?.data ?? []).map(({ id, name }) => [id, name]),
  );
  return useMemo(() => {
    const names = new Map(JSON.parse(known) as [string, string][]);
    return (id: string) => names.get(id) ?? id;
  }, [known]);
}

function useAccountNames(enabled: boolean): (id: string) => string {
  const { rows } = useServiceAccounts({ enabled });
  return useCallback((id: string) => rows.find((row) => row.id === id)?.name ?? id, [rows]);
}
