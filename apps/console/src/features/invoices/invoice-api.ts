'use client';
/** The states of an invoice, and the steps between them. */
import type { Invoice } from '@tollgate/api';
import { useApiMutation } from '../../api/use-api.ts';

export type InvoiceState = Invoice['state'];

export type InvoiceStep = 'finalize' | 'mark-paid' | 'void' | 'mark-uncollectible';

export function useInvoiceStep(invoiceId: string, step: InvoiceStep) {
  return useApiMutation<Invoice>(() => ({ path: `/invoices/${invoiceId}/${step}`, method: 'POST' }), {
    // What is no longer owed may end a suspension.
    invalidates: ['/invoices', '/credit-notes', '/me'],
  });
}
