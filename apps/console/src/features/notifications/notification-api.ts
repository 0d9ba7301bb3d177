'use client';
/** What one was told, in the browser. */
import type { Notification, NotificationPreference } from '@tollgate/api';
import { rowById } from '../../api/foresee.ts';
import { withQuery } from '../../api/query-key.ts';
import { useApiList, useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useMe } from '../shell/use-me.ts';

const BELL_REFRESH_MS = 30_000;
const STALE_AFTER_READING = ['/notifications'] as const;

export interface NotificationFilter {
  readonly unread: boolean;
  readonly kind: string | undefined;
  readonly limit?: number;
  readonly enabled?: boolean;
}

export function notificationsPath({ unread, kind, limit = 50 }: Omit<NotificationFilter, 'enabled'>): string {
  return withQuery('/notifications', { limit, kind, unread: unread ? 'true' : undefined });
}

export function useNotifications({ enabled = true, ...filter }: NotificationFilter) {
  return useApiList<Notification>(notificationsPath(filter), { enabled });
}

/** Counted to a hundred. The first one comes with who is signed in; asked for from then on. */
export function useUnreadCount(): number {
  const known = useMe().data?.unreadNotifications ?? undefined;
  return (
    useApiQuery<{ count: number }>('/notifications/unread-count', {
      ...(known !== undefined && { initialData: { count: known } }),
      staleTime: BELL_REFRESH_MS,
      refetchInterval: BELL_REFRESH_MS,
    }).data?.count ?? 0
  );
}

export function useMarkRead() {
  return useApiMutation<Notification, { readonly id: string; readonly read: boolean }>(
    ({ id, read }) => ({ path: `/notifications/${id}/${read ? 'read' : 'unread'}`, method: 'POST' }),
    {
      invalidates: STALE_AFTER_READING,
      foresees: ({ id, read }) => {
        const readAt = read ? new Date().toISOString() : null;
        return [
          { path: '/notifications', change: rowById<Notification>(id, (row) => ({ ...row, readAt })) },
          { path: '/notifications/unread-count', change: (told) => countBy(told, read ? -1 : 1) },
        ];
      },
    },
  );
}

function countBy(told: unknown, difference: number): unknown {
  const { count } = told as { readonly count?: number };
  return count === undefined ? told : { count: Math.max(0, count + difference) };
}

export function useMarkAllRead() {
  return useApiMutation<{ count: number }>(() => ({ path: '/notifications/read-all', json: {} }), {
    invalidates: STALE_AFTER_READING,
  });
}

export function usePreferences() {
  return useApiQuery<{ data: readonly NotificationPreference[] }>('/notification-preferences');
}

export function useSavePreference() {
  return useApiMutation<unknown, NotificationPreference>(
    (preference) => ({ path: '/notification-preferences', method: 'PUT', json: { data: [preference] } }),
    { invalidates: ['/notification-preferences'] },
  );
}

/** The page that shows what happened. */
export function pathOf({ kind, event, targetKind, targetId }: Notification): string {
  const id = encodeURIComponent(targetId);
  switch (kind) {
    case 'invoice':
      return `/invoices/${id}`;
    case 'export':
      return '/exports';
    case 'invitation':
      return '/members';
    case 'key-rotation':
      return `/keys/${id}`;
    case 'security':
      return pathOfSecurity(event);
    case 'alert':
      return targetKind === 'budget' ? `/budgets?open=${id}` : '/alerts';
    default:
      return kind satisfies never;
  }
}

function pathOfSecurity(event: string): string {
  if (event.startsWith('admin-token')) return '/settings/admin-tokens';
  if (event.startsWith('member')) return '/members';
  if (event.startsWith('organization')) return '/settings/organization';
  if (event.startsWith('role')) return '/settings/audit-log';
  return '/settings/profile';
}
