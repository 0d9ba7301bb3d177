'use client';
/** What the teams on the screen are called. Only those are asked for: there can be thousands. */
import { useQueries } from '@tanstack/react-query';
import type { ListedTeam } from '@tollgate/api';
import { useMemo } from 'react';
import { apiFetch } from '../../api/client.ts';
import { useFirstAnswer } from '../../api/first-view.tsx';
import { apiQueryKey, withQuery } from '../../api/query-key.ts';
import type { ApiPage } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';

const TEAMS_PER_QUESTION = 100;
const FRESH_MS = 60_000;

/** @returns Id to name; `…` until it is known, and where it may not be read. */
export function useTeamNames(asked: readonly (string | null | undefined)[]): (teamId: string) => string {
  const enabled = usePermission('teams:read');
  // In the order of the list, so that a list that grows asks only for what is new.
  const ids = [...new Set(asked.filter((id) => typeof id === 'string' && id !== ''))];
  const paths = Array.from({ length: Math.ceil(ids.length / TEAMS_PER_QUESTION) }, (_, piece) =>
    withQuery('/teams', {
      ids: ids.slice(piece * TEAMS_PER_QUESTION, (piece + 1) * TEAMS_PER_QUESTION) as readonly string[],
      limit: TEAMS_PER_QUESTION,
    }),
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
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        apiFetch<ApiPage<ListedTeam>>(path, { signal }),
      staleTime: FRESH_MS,
      enabled,
    })),
  });
  const answered = answers.map(({ dataUpdatedAt }) => dataUpdatedAt).join();
  const question = paths.join();
  return useMemo(() => {
    const names = new Map(answers.flatMap(({ data }) => data?.data ?? []).map(({ id, name }) => [id, name]));
    return (teamId: string) => names.get(teamId) ?? '…';
  }, [answered, question]);
}

/** `Platform / Search`: the team with those above it. */
export function teamPathNames({ above, name }: Pick<ListedTeam, 'above' | 'name'>): readonly string[] {
  return [...above.map((one) => one.name), name];
}
