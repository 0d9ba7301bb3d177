'use client';
/** All that one was told, and what one wants to be told. */
import type { NotificationPreference } from '@tollgate/api';
import { Button, Card, PageHeader, Select, Skeleton, Switch, Tabs, toast } from '@tollgate/ui';
import { CheckCheck } from 'lucide-react';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import {
  notificationsPath,
  useMarkAllRead,
  useNotifications,
  usePreferences,
  useSavePreference,
  useUnreadCount,
} from './notification-api.ts';
import { NotificationList } from './notification-list.tsx';

export function NotificationsScreen() {
  const text = useMessages('notifications');
  const url = useUrlState();
  const tab = url.get('tab') === 'settings' ? 'settings' : 'list';
  const filter = useFilter();
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <ShowApiCall path={tab === 'list' ? notificationsPath(filter) : '/notification-preferences'} />
        }
      />
      <Tabs
        aria-label={text.title}
        value={tab}
        onValueChange={(value) => url.set({ tab: value === 'settings' ? 'settings' : undefined })}
        items={[
          { value: 'list', label: text.listTab, content: <AllNotifications /> },
          { value: 'settings', label: text.settingsTab, content: <Preferences /> },
        ]}
      />
    </>
  );
}

const ALL = 'all';

function useFilter() {
  const kinds: Readonly<Record<string, string>> = useMessages('notifications').kinds;
  const url = useUrlState();
  const asked = url.get('kind');
  const kind = asked !== undefined && Object.hasOwn(kinds, asked) ? asked : undefined;
  return { unread: url.get('unread') === '1', kind };
}

function AllNotifications() {
  const text = useMessages('notifications');
  const url = useUrlState();
  const kinds: Readonly<Record<string, string>> = text.kinds;
  const { unread, kind } = useFilter();
  const list = useNotifications({ unread, kind });
  const count = useUnreadCount();
  const markAll = useMarkAllRead();
  return (
    <div className="flex max-w-3xl flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Select
          compact
          aria-label={text.kind}
          value={kind ?? ALL}
          onValueChange={(value) => url.set({ kind: value === ALL ? undefined : value })}
          options={[
            { value: ALL, label: text.allKinds },
            ...Object.entries(kinds).map(([value, label]) => ({ value, label })),
          ]}
        />
        <Switch
          label={text.unreadOnly}
          checked={unread}
          onCheckedChange={(checked) => url.set({ unread: checked ? '1' : undefined })}
        />
        <Button
          size="sm"
          variant="ghost"
          className="ml-auto"
          icon={<CheckCheck />}
          disabled={count === 0}
          loading={markAll.isPending}
          onClick={() => markAll.mutate()}
        >
          {text.markAllRead}
        </Button>
      </div>
      <Card flush>
        <NotificationList list={list} unreadOnly={unread} />
      </Card>
    </div>
  );
}

function Preferences() {
  const text = useMessages('notifications');
  const toText = useProblemText();
  const preferences = usePreferences();
  const save = useSavePreference();
  const change = (preference: NotificationPreference) =>
    save.mutate(preference, { onError: (error) => toast.error(toText(error)) });
  if (preferences.data === undefined) {
    return preferences.error === null ? (
      <Skeleton className="h-72 max-w-3xl" />
    ) : (
      <Card flush className="max-w-3xl">
        <QueryError query={preferences} />
      </Card>
    );
  }
  return (
    <Card className="max-w-3xl" title={text.settingsTitle} description={text.settingsText} flush>
      <table className="w-full text-left text-sm">
        <thead className="border-y border-line bg-sunken text-xs text-ink-faint">
          <tr>
            <th scope="col" className="px-4 py-2 font-medium">
              {text.kind}
            </th>
            <th scope="col" className="px-4 py-2 font-medium">
              {text.inApp}
            </th>
            <th scope="col" className="px-4 py-2 font-medium">
              {text.mail}
            </th>
          </tr>
        </thead>
        <tbody>
          {preferences.data.data.map((preference) => {
            const { kind, inApp, mail } = preference;
            const name = text.kinds[kind];
            // What was just switched shows at once.
            const shown = save.isPending && save.variables?.kind === kind ? save.variables : { inApp, mail };
            return (
              <tr key={kind} className="border-b border-line last:border-0">
                <th scope="row" className="px-4 py-2.5 font-normal">
                  <span className="block font-medium text-ink">{name}</span>
                  <span className="block text-xs text-ink-faint">{text.kindText[kind]}</span>
                </th>
                <td className="px-4 py-2.5">
                  <Switch
                    label={<span className="sr-only">{`${name}: ${text.inApp}`}</span>}
                    checked={shown.inApp}
                    onCheckedChange={(checked) => change({ ...preference, inApp: checked })}
                  />
                </td>
                <td className="px-4 py-2.5">
                  <Switch
                    label={<span className="sr-only">{`${name}: ${text.mail}`}</span>}
                    checked={shown.mail}
                    onCheckedChange={(checked) => change({ ...preference, mail: checked })}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}
