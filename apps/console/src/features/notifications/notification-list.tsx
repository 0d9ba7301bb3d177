'use client';
/** What one was told, newest first. A click reads it and shows what it is about. */
import type { Notification } from '@tollgate/api';
import { Button, classNames, EmptyState, IconButton, Skeleton, TimeStamp } from '@tollgate/ui';
import {
  BellRing,
  Check,
  Circle,
  CircleDot,
  FileDown,
  KeyRound,
  type LucideIcon,
  MailCheck,
  ReceiptText,
  ShieldAlert,
  UserRoundPlus,
} from 'lucide-react';
import Link from 'next/link';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { pathOf, useMarkRead, type useNotifications } from './notification-api.ts';
import { useNotificationText } from './use-notification-text.ts';

const ICON: Readonly<Record<Notification['kind'], LucideIcon>> = {
  alert: BellRing,
  invitation: UserRoundPlus,
  'key-rotation': KeyRound,
  invoice: ReceiptText,
  export: FileDown,
  security: ShieldAlert,
};

export interface NotificationListProps {
  readonly list: ReturnType<typeof useNotifications>;
  /** Whether read ones are left out: then nothing being there means that all is read. */
  readonly unreadOnly: boolean;
  /** After one was opened. */
  readonly onOpen?: () => void;
}

export function NotificationList({ list, unreadOnly, onOpen }: NotificationListProps) {
  const text = useMessages('notifications');
  if (list.error && list.rows.length === 0) {
    return <QueryError query={list} />;
  }
  if (list.isLoading) return <Skeleton className="h-40" />;
  if (list.rows.length === 0) {
    return (
      <EmptyState icon={<MailCheck />} title={unreadOnly ? text.allReadTitle : text.emptyTitle}>
        {unreadOnly ? text.allReadText : text.emptyText}
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="flex flex-col">
        {list.rows.map((notification) => (
          <Row key={notification.id} notification={notification} onOpen={onOpen} />
        ))}
      </ul>
      {list.hasNextPage && (
        <div className="flex justify-center p-3">
          <Button size="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {text.more}
          </Button>
        </div>
      )}
    </>
  );
}

function Row({
  notification,
  onOpen,
}: {
  readonly notification: Notification;
  readonly onOpen: (() => void) | undefined;
}) {
  const text = useMessages('notifications');
  const textOf = useNotificationText();
  const mark = useMarkRead();
  const { id, kind, severity, occurredAt, readAt } = notification;
  const Icon = ICON[kind];
  const unread = readAt === null;
  return (
    <li
      data-unread={unread}
      className="group/notification flex items-start gap-3 border-b border-line py-3 pr-4 pl-2.5 last:border-0 hover:bg-hover"
    >
      <Circle
        aria-hidden
        className={classNames(
          'mt-1.5 -mr-1.5 size-2 shrink-0 fill-current',
          unread ? 'text-accent-ink' : 'invisible',
        )}
      />
      <Icon
        aria-hidden
        className={classNames(
          'mt-0.5 size-4 shrink-0',
          severity === 'critical'
            ? 'text-negative'
            : severity === 'warning'
              ? 'text-warning'
              : 'text-ink-faint',
        )}
      />
      <Link
        href={pathOf(notification)}
        className="min-w-0 flex-1"
        onClick={() => {
          if (unread) mark.mutate({ id, read: true });
          onOpen?.();
        }}
      >
        <span
          className={classNames(
            'block text-sm wrap-anywhere',
            unread ? 'font-medium text-ink' : 'text-ink-soft',
          )}
        >
          {textOf(notification)}
        </span>
        <span className="text-xs text-ink-faint">
          {text.kinds[kind]} · <TimeStamp value={occurredAt} />
        </span>
      </Link>
      <IconButton
        size="sm"
        className="opacity-0 group-hover/notification:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
        label={unread ? text.markRead : text.markUnread}
        onClick={() => mark.mutate({ id, read: unread })}
      >
        {unread ? <Check /> : <CircleDot />}
      </IconButton>
    </li>
  );
}
