/** What of an invoice's page is older than the invoice, once that has changed. */
import type { QueryClient } from '@tanstack/react-query';
import { apiQueryKey } from '../../api/query-key.ts';

export async function refreshInvoiceParts(queryClient: QueryClient, invoiceId: string): Promise<void> {
  const parts = ['lines', 'payments'];
  await Promise.all(
    parts.map((part) =>
      queryClient.invalidateQueries({ queryKey: apiQueryKey(`/invoices/${invoiceId}/${part}`) }),
    ),
  );
}
