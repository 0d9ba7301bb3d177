'use client';
/** Alerts, rules, channels and endpoints in the browser. */
import type {
  Alert,
  AlertDelivery,
  AlertRule,
  NotificationChannel,
  NotificationTest,
  WebhookEndpoint,
} from '@tollgate/api';
import { withQuery } from '../../api/query-key.ts';
import { type MutationCall, useApiList, useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import { useEvery } from '../common/use-every.ts';
import { usePermission } from '../signed-in/use-permission.ts';

const REFRESH_MS = 10_000;
export const ALERTS_PATH = '/alerts';

/** What the list of alerts is filtered by, as the API names it. */
export type AlertFilter = Readonly<Partial<Record<'kind' | 'severity' | 'teamId' | 'targetId', string>>>;

/** Open ones and those that are over, with words in the language that somebody reads. */
export const alertsPath = (locale: string, filter: AlertFilter): string =>
  withQuery(ALERTS_PATH, { locale, ...filter });

export function useAlerts(state: 'open' | 'recovered', filter: AlertFilter) {
  const locale = useLocale();
  return useApiList<Alert>(withQuery(ALERTS_PATH, { locale, state, ...filter, limit: 50 }), {
    enabled: usePermission('alerts:read'),
    refetchIntervalMs: REFRESH_MS,
  });
}

export interface AlertDetail {
  readonly alert: Alert;
  readonly deliveries: readonly AlertDelivery[];
}

export const alertPath = (id: string, locale: string): string =>
  withQuery(`${ALERTS_PATH}/${encodeURIComponent(id)}`, { locale });

export function useAlert(id: string | undefined) {
  const locale = useLocale();
  return useApiQuery<AlertDetail>(id && alertPath(id, locale), {
    refetchInterval: ({ state }) => (state.error === null ? REFRESH_MS : false),
  });
}

interface AlertSummary {
  readonly firing: number;
  readonly acknowledged: number;
  readonly critical: number;
}

export function useAlertSummary() {
  return useApiQuery<AlertSummary>('/alerts/summary', {
    enabled: usePermission('alerts:read'),
    refetchInterval: REFRESH_MS,
  });
}

export function useRules() {
  return useEvery<AlertRule>('/alert-rules', { enabled: usePermission('alerts:read') });
}

/** Presets have no name of their own. */
export const ruleName = (
  { name, kind }: Pick<AlertRule, 'name' | 'kind'>,
  kinds: Readonly<Record<AlertRule['kind'], string>>,
): string => (name === '' ? kinds[kind] : name);

export function useChannels() {
  return useEvery<NotificationChannel>('/notification-channels', { enabled: usePermission('alerts:read') });
}

export function useEndpoints() {
  return useEvery<WebhookEndpoint>('/webhook-endpoints', { enabled: usePermission('webhooks:read') });
}

export function useAcknowledge() {
  return useApiMutation<Alert, string>((id) => ({ path: `/alerts/${id}/acknowledge`, json: {} }), {
    invalidates: [ALERTS_PATH, '/alerts/summary'],
  });
}

type RuleChange = Partial<Pick<AlertRule, 'enabled' | 'name' | 'settings' | 'channelIds'>>;

interface RuleChangeInput {
  readonly rule: AlertRule;
  readonly json: RuleChange;
}

export const STALE_AFTER_RULE_CHANGE = ['/alert-rules', ALERTS_PATH] as const;

export const changeRuleCall = ({ rule, json }: RuleChangeInput): MutationCall => ({
  path: `/alert-rules/${rule.id}`,
  method: 'PATCH',
  json,
  ifMatch: `"${rule.version}"`,
});

export function useChangeRule() {
  return useApiMutation<AlertRule, RuleChangeInput>(changeRuleCall, { invalidates: STALE_AFTER_RULE_CHANGE });
}

export function useChangeChannel() {
  return useApiMutation<
    NotificationChannel,
    { readonly channel: NotificationChannel; readonly json: object }
  >(
    ({ channel, json }) => ({
      path: `/notification-channels/${channel.id}`,
      method: 'PATCH',
      json,
      ifMatch: `"${channel.version}"`,
    }),
    { invalidates: ['/notification-channels'] },
  );
}

export function useTestChannel() {
  return useApiMutation<NotificationTest, string>(
    (id) => ({ path: `/notification-channels/${id}/test`, json: {} }),
    { invalidates: ['/notification-channels'] },
  );
}

export function useChangeEndpoint() {
  return useApiMutation<WebhookEndpoint, { readonly endpoint: WebhookEndpoint; readonly json: object }>(
    ({ endpoint, json }) => ({
      path: `/webhook-endpoints/${endpoint.id}`,
      method: 'PATCH',
      json,
      ifMatch: `"${endpoint.version}"`,
    }),
    { invalidates: ['/webhook-endpoints'] },
  );
}

export function useTestEndpoint() {
  return useApiMutation<NotificationTest, string>(
    (id) => ({ path: `/webhook-endpoints/${id}/test`, json: {} }),
    { invalidates: ['/webhook-endpoints'] },
  );
}
