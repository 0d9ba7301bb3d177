'use client';
/** What has a name or a number, in the palette of those who may read it; ids that are pasted. */
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
  route: 'routes:read',
  budget: 'budgets:read',
  'rate-limit': 'rate-limits:read',
  'provider-credential': 'provider-credentials:read',
  'alert-rule': 'alerts:read',
  'notification-channel': 'alerts:read',
  'webhook-endpoint': 'webhooks:read',
  invoice: 'invoices:read',
  'credit-note': 'invoices:read',
  role: 'roles:read',
  'saved-view': 'requests:read',
  'saved-report': 'usage:read',
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
    route: texts.routes.title,
    budget: texts.budgets.title,
    'rate-limit': texts.rateLimits.title,
    'provider-credential': texts.providers.title,
    'alert-rule': texts.alerts.tabs.rules,
    'notification-channel': texts.alerts.tabs.channels,
    'webhook-endpoint': texts.alerts.tabs.webhooks,
    invoice: texts.invoices.title,
    'credit-note': texts.invoices.kinds.notes,
    role: texts.members.tabRoles,
    'saved-view': texts.requests.views.title,
    'saved-report': texts.usage.reports.title,
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
