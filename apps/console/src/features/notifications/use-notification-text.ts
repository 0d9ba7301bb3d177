'use client';
import type { Notification } from '@tollgate/api';
import { useMessages } from '../../i18n/i18n-provider.tsx';

/** @returns What happened, in one line. */
export function useNotificationText(): (notification: Notification) => string {
  const text = useMessages('notifications');
  const alertKinds: Readonly<Record<string, string>> = useMessages('alerts').kinds;
  const events: Readonly<Record<string, (actor: string, target: string) => string>> = text.events;
  return ({ kind, event, actorName, targetName }) => {
    const words = events[event];
    if (words !== undefined) return words(actorName || text.somebody, targetName);
    const name = alertKinds[event];
    if (kind === 'alert' && name !== undefined) {
      return targetName === '' ? name : text.alertAbout(name, targetName);
    }
    return targetName === '' ? text.kinds[kind] : text.alertAbout(text.kinds[kind], targetName);
  };
}
