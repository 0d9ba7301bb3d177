'use client';
/** Said of a limit that dunning has set: why nothing here changes it, and what does. */
import type { RateLimit } from '@tollgate/api';
import { Badge, Callout, Tooltip } from '@tollgate/ui';
import Link from 'next/link';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

export interface DunningLimitProps {
  readonly rule: RateLimit;
}

export function DunningBadge({ rule }: DunningLimitProps) {
  const text = useMessages('rateLimits').dunning;
  if (rule.setBy !== 'dunning') return null;
  return (
    <Tooltip content={text.text}>
      <span>
        <Badge tone="warning">{text.badge}</Badge>
      </span>
    </Tooltip>
  );
}

export function DunningNotice({ rule }: DunningLimitProps) {
  const text = useMessages('rateLimits').dunning;
  const mayReadInvoices = usePermission('invoices:read');
  if (rule.setBy !== 'dunning') return null;
  return (
    <Callout tone="warning" title={text.title}>
      {text.text}
      {mayReadInvoices && (
        <>
          {' '}
          <Link href="/invoices" className="underline">
            {text.invoices}
          </Link>
        </>
      )}
    </Callout>
  );
}
