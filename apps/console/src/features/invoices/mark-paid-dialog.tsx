'use client';
/** Notes a payment that reached us outside of Stripe: when, and what the bank statement says. */
import type { Invoice } from '@tollgate/api';
import { Field, Input } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';

interface PaidValues {
  reference: string;
  /** `YYYY-MM-DD`. */
  paidAt: string;
}

export function MarkPaidDialog({
  invoice,
  onClose,
}: {
  readonly invoice: Invoice;
  readonly onClose: () => void;
}) {
  const text = useMessages('invoices');
  const words = useMessages('billing').payments;
  const form = useForm<PaidValues>({ defaultValues: { reference: '', paidAt: '' } });
  const markPaid = useApiMutation<Invoice, { reference?: string; paidAt?: string }>(
    (json) => ({ path: `/invoices/${invoice.id}/mark-paid`, method: 'POST', json }),
    // What is no longer owed may end a suspension.
    { invalidates: ['/invoices', '/credit-notes', '/me'] },
  );
  return (
    <FormDialog
      form={form}
      fields={['reference', 'paidAt']}
      size="sm"
      title={text.markPaidTitle}
      description={text.markPaidText}
      submitLabel={text.markPaid}
      onSubmit={({ reference, paidAt }) =>
        markPaid.mutateAsync({
          ...(reference.trim() === '' ? {} : { reference: reference.trim() }),
          ...(paidAt === '' ? {} : { paidAt: `${paidAt}T12:00:00Z` }),
        })
      }
      done={text.isPaid}
      onClose={onClose}
    >
      <Field
        label={words.reference}
        hint={words.referenceHint}
        error={form.formState.errors.reference?.message}
      >
        <Input autoComplete="off" maxLength={140} {...form.register('reference')} />
      </Field>
      <Field label={words.paidOn} error={form.formState.errors.paidAt?.message}>
        <Input type="date" className="w-44" {...form.register('paidAt')} />
      </Field>
    </FormDialog>
  );
}
