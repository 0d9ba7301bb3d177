'use client';
/** What has happened to an invoice and what comes next. */
import type { Invoice } from '@tollgate/api';
import { classNames } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useInvoiceText } from './use-invoice-text.ts';

interface Step {
  readonly key: keyof ReturnType<typeof useMessages<'invoices'>>['steps'];
  readonly at: string | null;
  readonly done: boolean;
}

/** Whether the period is over is read from the state: the server's clock decides, not the browser's. */
function stepsOf(invoice: Invoice): readonly Step[] {
  const final = invoice.finalizedAt !== null;
  const end: Step[] = [];
  if (invoice.voidedAt !== null) end.push({ key: 'void', at: invoice.voidedAt, done: true });
  else {
    end.push({ key: 'due', at: invoice.dueAt, done: invoice.paidAt !== null });
    if (invoice.uncollectibleAt !== null) {
      end.push({ key: 'uncollectible', at: invoice.uncollectibleAt, done: true });
    }
    end.push({ key: 'paid', at: invoice.paidAt, done: invoice.paidAt !== null });
  }
  return [
    { key: 'start', at: invoice.periodStart, done: true },
    { key: 'end', at: invoice.periodEnd, done: final },
    { key: 'finalized', at: invoice.finalizedAt, done: final },
    ...end,
  ];
}

export function InvoiceTimeline({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('invoices');
  const { date, lastDay } = useInvoiceText();
  const steps = stepsOf(invoice);
  const current = steps.findIndex(({ done }) => !done);
  return (
    <section
      aria-label={text.timeline}
      className="flex items-center overflow-x-auto rounded-lg border border-line bg-surface px-5 py-4"
    >
      <ol className="flex min-w-max flex-1 max-sm:min-w-0 max-sm:flex-col max-sm:gap-3">
        {steps.map((step, position) => (
          <li
            key={step.key}
            aria-current={position === current ? 'step' : undefined}
            className="relative flex flex-1 flex-col gap-1.5 pr-6 max-sm:flex-row max-sm:items-baseline max-sm:gap-3 max-sm:pr-0"
          >
            <span aria-hidden className="flex items-center">
              <span
                className={classNames(
                  'size-2.5 shrink-0 rounded-full border-2',
                  step.done
                    ? 'border-accent bg-accent'
                    : position === current
                      ? 'border-accent bg-surface'
                      : 'border-line-strong bg-surface',
                )}
              />
              {position < steps.length - 1 && (
                <span
                  className={classNames(
                    'absolute top-[4px] right-1.5 left-4 h-0.5 max-sm:hidden',
                    steps[position + 1]?.done ? 'bg-accent' : 'bg-line',
                  )}
                />
              )}
            </span>
            <span className="flex flex-col">
              <span className={classNames('text-sm', step.done ? 'font-medium text-ink' : 'text-ink-soft')}>
                {text.steps[step.key]}
              </span>
              <span className="tabular text-xs text-ink-faint">
                {step.at === null
                  ? text.notYet
                  : step.key === 'end'
                    ? lastDay(invoice)
                    : date(step.at, invoice.timeZone)}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
