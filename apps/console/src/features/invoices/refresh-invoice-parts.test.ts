import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { apiQueryKey } from '../../api/query-key.ts';
import { refreshInvoiceParts } from './refresh-invoice-parts.ts';

it('asks again for the lines and the payments of an invoice that has changed, and for nothing else', async () => {
  const client = new QueryClient();
  const asked = vi.fn();
  for (const path of [
    '/invoices/inv_1',
    '/invoices/inv_1/lines?limit=200',
    '/invoices/inv_1/payments',
    '/invoices/inv_2/payments',
  ]) {
    client.setQueryData(apiQueryKey(path), {});
    const queryFn = async () => asked(path) ?? {};
    new QueryObserver(client, { queryKey: apiQueryKey(path), queryFn, staleTime: Infinity }).subscribe(
      () => undefined,
    );
  }
  await refreshInvoiceParts(client, 'inv_1');
  expect(asked.mock.calls.flat()).toEqual(['/invoices/inv_1/lines?limit=200', '/invoices/inv_1/payments']);
});
