'use client';
/** How the organization pays: read, changed, and the pages of Stripe's. */
import type { Billing } from '@tollgate/api';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { etagOfTime } from '../common/request-safety.ts';

export type CollectionMode = Billing['collectionMode'];

const WAITING_REFRESH_MS = 3_000;
/** What is prepaid goes down with each request. */
const BALANCE_REFRESH_MS = 30_000;

/** @param waiting Somebody just came back from Stripe: what it tells arrives within seconds. */
export function useBilling(waiting = false) {
  return useApiQuery<Billing>('/billing', {
    refetchInterval: waiting ? WAITING_REFRESH_MS : BALANCE_REFRESH_MS,
  });
}

export function useChangeBilling(billing: Billing) {
  return useApiMutation<unknown, Record<string, unknown>>(
    (json) => ({ path: '/billing', method: 'PATCH', json, ifMatch: etagOfTime(billing.updatedAt) }),
    { invalidates: ['/billing'] },
  );
}

/** Leaves for a page of Stripe's. */
export function useStripePage(path: '/billing/checkout' | '/billing/top-up' | '/billing/portal') {
  return useApiMutation<{ readonly url: string }, Record<string, unknown> | undefined>(
    (json) => ({ path, method: 'POST', ...(json === undefined ? {} : { json }) }),
    { onSuccess: ({ url }) => window.location.assign(url) },
  );
}
