'use client';
/** Names and dates of an invoice as its reader's language and its own time zone write them. */
import type { InvoiceLine, InvoiceListItem } from '@tollgate/api';
import { formatDate, formatDateRange } from '@tollgate/ui';
import { useCallback } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { readPlanFee } from './plan-fee.ts';

/** @returns What a line counts, in the reader's language where the component is known, else as the API says it. */
export function useLineLabel(): (
  line: Pick<InvoiceLine, 'kind' | 'component' | 'description' | 'model'>,
) => string {
  const text = useMessages('invoices');
  const names: Readonly<Record<string, string>> = text.components;
  const credits: Readonly<Record<string, string>> = text.creditLines;
  const locale = useLocale();
  return useCallback(
    (line) => {
      if (line.kind === 'credit') return credits[line.component] ?? line.description;
      const fee = readPlanFee(line);
      if (fee !== undefined) {
        const days = fee.days && formatDateRange(fee.days.firstMs, fee.days.lastMs, locale, 'UTC');
        return fee.includedSeats === undefined
          ? text.planFee(fee.plan, days)
          : text.seatFee(fee.plan, fee.includedSeats, days);
      }
      // Whatever has a description of its own is called by it.
      const generated = line.model !== '' && line.description.startsWith(`${line.model} · `);
      if (!generated) return line.description;
      return names[line.component] ?? line.description.slice(`${line.model} · `.length);
    },
    [names, credits, text, locale],
  );
}

type Dated = Pick<InvoiceListItem, 'periodStart' | 'periodEnd' | 'timeZone'>;

export function useInvoiceText() {
  const text = useMessages('invoices');
  const locale = useLocale();
  const date = (at: string | number, timeZone: string) =>
    formatDate(typeof at === 'number' ? at : Date.parse(at), locale, timeZone);
  /** The last day of the period, which ends at the midnight after it. */
  const lastDay = (invoice: Dated) => date(Date.parse(invoice.periodEnd) - 1, invoice.timeZone);
  const period = (invoice: Dated) => {
    const startMs = Date.parse(invoice.periodStart);
    const endMs = Date.parse(invoice.periodEnd) - 1;
    return formatDateRange(startMs, endMs, locale, invoice.timeZone);
  };
  const month = (invoice: Dated) =>
    new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: invoice.timeZone }).format(
      Date.parse(invoice.periodStart),
    );
  const title = (invoice: InvoiceListItem) => {
    if (invoice.kind === 'showback') return text.showbackTitle(month(invoice));
    return invoice.number ?? text.upcomingTitle(month(invoice));
  };
  return { date, lastDay, period, title };
}
