'use client';
/** How grave an alert is, and how far along. */
import type { Alert } from '@tollgate/api';
import { Badge, type BadgeProps, StatusBadge } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

const TONE: Readonly<Record<Alert['severity'], NonNullable<BadgeProps['tone']>>> = {
  critical: 'negative',
  warning: 'warning',
  info: 'info',
};

export function SeverityBadge({ severity }: Pick<Alert, 'severity'>) {
  const text = useMessages('alerts');
  return (
    <Badge tone={TONE[severity]} dot>
      {text.severities[severity]}
    </Badge>
  );
}

export function AlertStateBadge({ state }: Pick<Alert, 'state'>) {
  const text = useMessages('alerts');
  const status = { firing: 'error', acknowledged: 'running', recovered: 'ok' } as const;
  return <StatusBadge status={status[state]} label={text.states[state]} />;
}
