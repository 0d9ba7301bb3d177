'use client';
/** Keys, teams, routes and more in the command palette, parts of pages, and what can be made from anywhere. */
import type { Key, Team } from '@tollgate/api';
import type { CommandItem } from '@tollgate/ui';
import { FileDown, KeyRound, Plus, Split, UsersRound } from 'lucide-react';
import { useMemo } from 'react';
import { apiFetch } from '../../api/client.ts';
import { withQuery } from '../../api/query-key.ts';
import type { ApiPage } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { useGo } from '../common/leaving.ts';
import { useCommandSource } from '../shell/command-sources.tsx';
import { pageOfId } from './found-ids.ts';
import { usePermission } from './use-permission.ts';

/** Nobody types before the page works: every page would wait for their scripts. */
const DocsCommandSource = later(
  async () => (await import('../docs/docs-command-source.tsx')).DocsCommandSource,
);
const FindThings = later(async () => (await import('./find-things.tsx')).FindThings);

const FOUND = 6;

/** Shows nothing. Below the palette's provider, on every page. */
export function FindSources() {
  const go = useGo();
  const keysText = useMessages('keys');
  const teamsText = useMessages('teams');
  const mayWriteKeys = usePermission('keys:write');
  const mayReadKeys = usePermission('keys:read');
  const mayReadTeams = usePermission('teams:read');
  useCommandSource(
    useMemo(
      () => ({
        id: 'keys',
        title: keysText.title,
        items: mayWriteKeys
          ? [
              {
                id: 'create-key',
                label: keysText.create,
                icon: <Plus aria-hidden />,
                onSelect: () => go('/keys?create=1'),
              },
            ]
          : [],
        search: async (query: string, signal: AbortSignal) => {
          if (!mayReadKeys || pageOfId(query) !== undefined) return [];
          const page = await apiFetch<ApiPage<Key>>(withQuery('/keys', { q: query, limit: FOUND }), {
            signal,
          });
          return page.data.map(
            (key): CommandItem => ({
              id: key.id,
              label: key.name,
              hint: keysText.states[key.state],
              icon: <KeyRound aria-hidden />,
              onSelect: () => go(`/keys/${key.id}`),
            }),
          );
        },
      }),
      [keysText, mayWriteKeys, mayReadKeys, go],
    ),
  );
  useCommandSource(
    useMemo(
      () => ({
        id: 'teams',
        title: teamsText.title,
        search: async (query: string, signal: AbortSignal) => {
          if (!mayReadTeams || pageOfId(query) !== undefined) return [];
          const page = await apiFetch<ApiPage<Team>>(withQuery('/teams', { q: query, limit: FOUND }), {
            signal,
          });
          return page.data.map(
            (team): CommandItem => ({
              id: team.id,
              label: team.name,
              hint: team.slug,
              icon: <UsersRound aria-hidden />,
              onSelect: () => go(`/teams/${team.id}`),
            }),
          );
        },
      }),
      [teamsText, mayReadTeams, go],
    ),
  );
  useCommandSource(useRouteSource());
  useCommandSource(useMonthEndSource());
  return (
    <>
      <FindThings />
      <DocsCommandSource />
    </>
  );
}

/** Routes themselves are found by the search of all kinds. */
function useRouteSource() {
  const go = useGo();
  const text = useMessages('routes');
  const mayWrite = usePermission('routes:write');
  return useMemo(
    () => ({
      id: 'routes',
      title: text.title,
      items: mayWrite
        ? [
            {
              id: 'create-route',
              label: text.create,
              icon: <Plus aria-hidden />,
              onSelect: () => go('/routes/new'),
            },
          ]
        : [],
    }),
    [text, mayWrite, go],
  );
}

/** Parts of pages that finance looks for by their own names. */
function useMonthEndSource() {
  const go = useGo();
  const chargeback = useMessages('chargeback');
  const exportsText = useMessages('dataExports');
  return useMemo(
    () => ({
      id: 'month-end',
      title: exportsText.title,
      items: [
        {
          id: 'split-rules',
          label: `${chargeback.title}: ${chargeback.tabs.rules}`,
          icon: <Split aria-hidden />,
          onSelect: () => go('/chargeback?tab=rules'),
        },
        ...(['schedules', 'deliveries', 'destinations'] as const).map((tab) => ({
          id: `exports-${tab}`,
          label: `${exportsText.title}: ${exportsText.tabs[tab]}`,
          icon: <FileDown aria-hidden />,
          onSelect: () => go(`/exports?tab=${tab}`),
        })),
      ],
    }),
    [chargeback, exportsText, go],
  );
}
