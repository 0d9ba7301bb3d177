'use client';
/** Alerts and what decides about them, in four views of one page. View and open row are in the address. */
import { PageHeader, Tabs } from '@tollgate/ui';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { alertsPath, useAlertSummary } from './alert-api.ts';
import { readAlertFilter } from './alert-filter.ts';
import { AlertList, AlertsCsv } from './alert-list.tsx';
import { ChannelList } from './channel-list.tsx';
import { EndpointList } from './endpoint-list.tsx';
import { RuleList } from './rule-list.tsx';

const PATHS: Readonly<Record<string, string>> = {
  rules: '/alert-rules',
  channels: '/notification-channels',
  webhooks: '/webhook-endpoints',
};

export function AlertsScreen() {
  const text = useMessages('alerts');
  const url = useUrlState();
  const summary = useAlertSummary().data;
  const mayReadWebhooks = usePermission('webhooks:read');
  const views = [
    { value: 'alerts', count: summary && summary.firing + summary.acknowledged, content: <AlertList /> },
    { value: 'rules', content: <RuleList /> },
    { value: 'channels', content: <ChannelList /> },
    ...(mayReadWebhooks ? [{ value: 'webhooks', content: <EndpointList /> }] : []),
  ] as const;
  const view = views.find(({ value }) => value === url.get('tab'))?.value ?? 'alerts';
  const listed = alertsPath(useLocale(), readAlertFilter(url, Object.keys(text.kinds)));
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={PATHS[view] ?? listed} />
            {view === 'alerts' && <AlertsCsv />}
          </>
        }
      />
      <Guarded permission="alerts:read">
        <Tabs
          aria-label={text.title}
          value={view}
          onValueChange={(value) =>
            url.set({
              tab: value === 'alerts' ? undefined : value,
              open: undefined,
              endpoint: undefined,
              delivery: undefined,
              event: undefined,
            })
          }
          items={views.map(({ value, content, ...rest }) => ({
            value,
            label: text.tabs[value as keyof typeof text.tabs],
            content,
            ...('count' in rest && rest.count !== undefined && { count: rest.count }),
          }))}
        />
      </Guarded>
    </>
  );
}
