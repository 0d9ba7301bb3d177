'use client';
/** Keys and teams in the command palette, parts of pages, and what can be made from anywhere. */
import type { Key, Team } from '@tollgate/api';
import type { CommandItem } from '@tollgate/ui';
import { FileDown, KeyRound, Plus, Split, UsersRound } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useMemo } from 'react';
import { apiFetch } from '../../api/client.ts';
import { withQuery } from '../../api/query-key.ts';
import type { ApiPage } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { DocsCommandSource } from '../docs/docs-command-source.tsx';
import { useCommandSource } from '../shell/command-sources.tsx';
import { usePermission } from './use-permission.ts';

const FOUND = 6;

/** Shows nothing. Below the palette's provider, on every page. */
export function FindSources() {
  const router = useRouter();
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
                onSelect: () => router.push('/keys?create=1'),
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
              onSelect: () => router.push(`/keys/${key.id}`),
            }),
          );
        },
      }),
      [keysText, mayWriteKeys, router],
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
              onSelect: () => router.push(`/teams/${team.id}`),
            }),
          );
        },
      }),
      [teamsText, router],
    ),
  );
  useCommandSource(useMonthEndSource());
  return <DocsCommandSource />;
}

/** Parts of pages that finance looks for by their own names. */
function useMonthEndSource() {
  const router = useRouter();
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
          onSelect: () => router.push('/chargeback?tab=rules'),
        },
        ...(['schedules', 'deliveries', 'destinations'] as const).map((tab) => ({
          id: `exports-${tab}`,
          label: `${exportsText.title}: ${exportsText.tabs[tab]}`,
          icon: <FileDown aria-hidden />,
          onSelect: () => router.push(`/exports?tab=${tab}`),
        })),
      ],
    }),
    [chargeback, exportsText, router],
  );
}
