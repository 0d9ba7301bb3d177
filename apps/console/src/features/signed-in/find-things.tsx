'use client';
/** Members, machines, models, budgets, providers and invoices in the palette, for those who may read them; ids that are pasted. */
import { useQueryClient } from '@tanstack/react-query';
import { ArrowRight, Plus, UserPlus } from 'lucide-react';
import { useMemo } from 'react';
import { useMessages, useTexts } from '../../i18n/i18n-provider.tsx';
import { useGo } from '../common/leaving.ts';
import { useCommandSource } from '../shell/command-sources.tsx';
import { pageOfId } from './found-ids.ts';
import type { ThingKind } from './found-things.tsx';
import { usePermission } from './use-permission.ts';

const PERMISSION_OF = {
  members: 'members:read',
  'service-accounts': 'service-accounts:read',
  models: 'models:read',
  budgets: 'budgets:read',
  providers: 'provider-credentials:read',
  invoices: 'invoices:read',
} as const satisfies Record<ThingKind, Parameters<typeof usePermission>[0]>;

export function FindThings() {
  useCommandSource(useIdSource());
  useCommandSource(useActionSource());
  return (Object.keys(PERMISSION_OF) as ThingKind[]).map((kind) => <ThingSource key={kind} kind={kind} />);
}

function ThingSource({ kind }: { readonly kind: ThingKind }) {
  const go = useGo();
  const client = useQueryClient();
  const allowed = usePermission(PERMISSION_OF[kind]);
  const texts = useTexts();
  const title = {
    members: texts.members.title,
    'service-accounts': texts.serviceAccounts.title,
    models: texts.models.title,
    budgets: texts.budgets.title,
    providers: texts.providers.title,
    invoices: texts.invoices.title,
  }[kind];
  useCommandSource(
    useMemo(
      () => ({
        id: kind,
        title,
        ...(allowed && {
          search: async (query: string, signal: AbortSignal) => {
            if (pageOfId(query) !== undefined) return [];
            const { findThings } = await import('./found-things.tsx');
            return findThings(kind, { query, signal, client, go });
          },
        }),
      }),
      [kind, title, allowed, client, go],
    ),
  );
  return null;
}

function useIdSource() {
  const go = useGo();
  const text = useMessages('shell');
  return useMemo(
    () => ({
      id: 'ids',
      title: text.pages,
      search: async (query: string) => {
        const href = pageOfId(query);
        if (href === undefined) return [];
        const id = query.trim();
        return [{ id, label: id, icon: <ArrowRight aria-hidden />, onSelect: () => go(href) }];
      },
    }),
    [text, go],
  );
}

/** What is made on another page than the one that is open. */
function useActionSource() {
  const go = useGo();
  const { shell, members, budgets } = useTexts();
  const mayInvite = usePermission('members:write');
  const mayWriteBudgets = usePermission('budgets:write');
  return useMemo(
    () => ({
      id: 'make',
      title: shell.actions,
      items: [
        ...(mayInvite
          ? [
              {
                id: 'invite',
                label: members.invite,
                icon: <UserPlus aria-hidden />,
                onSelect: () => go('/members?invite=1'),
              },
            ]
          : []),
        ...(mayWriteBudgets
          ? [
              {
                id: 'create-budget',
                label: budgets.create,
                icon: <Plus aria-hidden />,
                onSelect: () => go('/budgets?create=1'),
              },
            ]
          : []),
      ],
    }),
    [shell, members, budgets, mayInvite, mayWriteBudgets, go],
  );
}
