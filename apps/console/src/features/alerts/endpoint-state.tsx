'use client';
import type { WebhookEndpoint } from '@tollgate/api';
import { StatusBadge } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function EndpointState({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const text = useMessages('alerts').webhooks;
  const status = { active: 'active', failing: 'failed', disabled: 'disabled' } as const;
  return <StatusBadge status={status[endpoint.state]} label={text.states[endpoint.state]} />;
}
