'use client';
/** Keys, teams and routes in the command palette, parts of pages, and what can be made from anywhere. */
import type { Key, Route, Team } from '@tollgate/api';
import type { CommandItem } from '@tollgate/ui';
import { FileDown, KeyRound, Plus, Split, UsersRound, Waypoints } from 'lucide-react';
import { useMemo } from 'react';
import { apiFetch } from '../../api/client.ts';
import { withQuery } from '../../api/query-key.ts';
import type { ApiPage } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useGo } from '../common/leaving.ts';
import { DocsCommandSource } from '../docs/docs-command-source.tsx';
import { useCommandSource } from '../shell/command-sources.tsx';
import { usePermission } from './use-permission.ts';

const FOUND = 6;

/** Shows nothing. Below the palette's provider, on every page. */
export function FindSources() {
  const go = useGo();
  const keysText = useMessages('keys');
  const teamsText = useMessages('teams');
  const mayWriteKeys = usePermission('keys:write');
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
      [keysText, mayWriteKeys, go],
    ),
  );
  useCommandSource(
    useMemo(
      () => ({
        id: 'teams',
        title: teamsText.title,
        search: async (query: string, signal: AbortSignal) => {
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
      [teamsText, go],
    ),
  );
  useCommandSource(useRouteSource());
  useCommandSource(useMonthEndSource());
  return <DocsCommandSource />;
}

/** An organization has at most 200 routes: one page of the API, looked through here. */
function useRouteSource() {
  const go = useGo();
  const text = useMessages('routes');
  const mayRead = usePermission('routes:read');
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
      search: async (query: string, signal: AbortSignal): Promise<readonly CommandItem[]> => {
        if (!mayRead) return [];
        const { data } = await apiFetch<ApiPage<Route>>('/routes?limit=200', { signal });
        return data
          .filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()))
          .slice(0, FOUND)
          .map(({ id, name, isEnabled }) => ({
            id,
            label: name,
            ...(!isEnabled && { hint: text.states.disabled }),
            icon: <Waypoints aria-hidden />,
            onSelect: () => go(`/routes/${id}`),
          }));
      },
    }),
    [text, mayRead, mayWrite, go],
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
