'use client';
/** A draft whose month is over: how much of it was recorded only after the month's end. Absent where nothing was. */
import type { Invoice, MonthClose } from '@tollgate/api';
import { Callout, formatMoney, formatNumber, useNowMs } from '@tollgate/ui';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

export function LateInDraft({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('invoices');
  const mayRead = usePermission('requests:read');
  const locale = useLocale();
  const isOver = useNowMs() >= Date.parse(invoice.periodEnd);
  const { periodStart, periodEnd, livemode } = invoice;
  const close = useApiQuery<MonthClose>(
    isOver ? withQuery('/month-close', { at: periodStart, livemode: String(livemode) }) : undefined,
  );
  const late = close.data?.steps.find(({ step }) => step === 'late-usage');
  if (late === undefined || late.count === 0) return null;
  const middleMs = (Date.parse(periodStart) + Date.parse(periodEnd)) / 2;
  const month = new Date(middleMs).toISOString().slice(0, 7);
  const query = { month, mode: livemode ? undefined : 'test' };
  return (
    <Callout tone="warning" title={text.lateTitle(formatNumber(late.count, locale))}>
      {text.lateInDraft(formatMoney(late.amountUsd ?? '0', { locale }))}{' '}
      {mayRead && (
        <>
          <Link className="underline" href={withQuery('/month-close', { ...query, late: '1' })}>
            {text.toLateEntries}
          </Link>{' '}
        </>
      )}
      <Link className="underline" href={withQuery('/month-close', query)}>
        {text.toMonthClose}
      </Link>
    </Callout>
  );
}
