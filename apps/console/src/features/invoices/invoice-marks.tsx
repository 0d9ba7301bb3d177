'use client';
/** How the state of an invoice looks, and the mark of what nobody pays. */
import { Badge, StatusBadge, Tooltip } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import type { InvoiceState } from './invoice-api.ts';

export function InvoiceBadge({ state }: { readonly state: InvoiceState }) {
  const text = useMessages('invoices');
  return (
    <StatusBadge
      status={state === 'draft' ? 'upcoming' : state}
      label={state === 'draft' ? text.upcoming : text.state[state]}
    />
  );
}

export function TestMark() {
  const text = useMessages('invoices');
  return (
    <Tooltip content={text.testHint}>
      <span>
        <Badge tone="info">{text.test}</Badge>
      </span>
    </Tooltip>
  );
}
