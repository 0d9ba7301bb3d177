'use client';
/** The bell: how much is unread, and the newest of it without leaving the page. */
import { Button, IconButton, Sheet } from '@tollgate/ui';
import { Bell, CheckCheck } from 'lucide-react';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useGo } from '../common/leaving.ts';
import { useCommandSource } from '../shell/command-sources.tsx';
import { useMarkAllRead, useNotifications, useUnreadCount } from './notification-api.ts';
import { NotificationList } from './notification-list.tsx';

const SHOWN = 20;
const COUNTED = 99;

export function NotificationBell() {
  const text = useMessages('notifications');
  const count = useUnreadCount();
  const [open, setOpen] = useState(false);
  const go = useGo();
  useCommandSource(
    useMemo(
      () => ({
        id: 'notifications',
        title: text.title,
        items: [
          {
            id: 'notifications',
            label: text.all,
            icon: <Bell aria-hidden />,
            onSelect: () => go('/notifications'),
          },
        ],
      }),
      [text, go],
    ),
  );
  return (
    <>
      <span className="relative inline-flex shrink-0">
        <IconButton label={text.bell(count)} tooltip={false} onClick={() => setOpen(true)}>
          <Bell />
        </IconButton>
        {count > 0 && (
          <span
            aria-hidden
            className="tabular pointer-events-none absolute -top-0.5 -right-0.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent px-1 text-2xs font-semibold text-on-accent"
          >
            {count > COUNTED ? `${COUNTED}+` : count}
          </span>
        )}
      </span>
      {open && <BellSheet count={count} onClose={() => setOpen(false)} />}
    </>
  );
}

function BellSheet({ count, onClose }: { readonly count: number; readonly onClose: () => void }) {
  const text = useMessages('notifications');
  const list = useNotifications({ unread: false, kind: undefined, limit: SHOWN });
  const markAll = useMarkAllRead();
  return (
    <Sheet
      open
      title={text.title}
      onClose={onClose}
      footer={
        <>
          <Button
            variant="ghost"
            icon={<CheckCheck />}
            disabled={count === 0}
            loading={markAll.isPending}
            onClick={() => markAll.mutate()}
          >
            {text.markAllRead}
          </Button>
          <Button asChild>
            <Link href="/notifications" onClick={onClose}>
              {text.all}
            </Link>
          </Button>
        </>
      }
    >
      <div className="-mx-5 -my-4">
        <NotificationList list={list} unreadOnly={false} onOpen={onClose} />
      </div>
    </Sheet>
  );
}
