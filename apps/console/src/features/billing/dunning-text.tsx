'use client';
/** What happens when an invoice is overdue, in words. */
import type { Billing } from '@tollgate/api';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function DunningText({ policy }: { readonly policy: Billing['dunningPolicy'] }) {
  const text = useMessages('billing');
  const { reminderDays, grace, softLimit, stop } = policy;
  const steps = [
    reminderDays.length === 0 ? text.noReminders : text.remindersOnly(reminderDays.join(', ')),
    ...(grace === null ? [] : [text.grace(grace.afterDays)]),
    ...(softLimit === null ? [] : [text.softLimit(softLimit.afterDays, softLimit.requestsPerMinute)]),
    ...(stop === null ? [] : [text.stop(stop.afterDays)]),
  ];
  return <span>{steps.join('; ')}</span>;
}
