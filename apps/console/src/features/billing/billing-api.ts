'use client';
/** How the organization pays, as the API answers it. Money is exact decimal text. */
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { etagOfTime } from '../common/request-safety.ts';

export type CollectionMode = 'automatic' | 'send-invoice' | 'manual';

export interface Billing {
  readonly stripe: 'off' | 'test' | 'live' | 'stand-in';
  readonly plan: {
    readonly planId: string;
    readonly planName: string;
    readonly seats: number;
    readonly includedSeats: number;
    readonly usedSeats: number;
    readonly monthlyFeeUsd: string;
    readonly seatFeeUsd: string;
    readonly includedUsageUsd: string;
    readonly since: string | null;
  };
  readonly credits: { readonly balanceUsd: string; readonly availableUsd: string };
  readonly legalName: string;
  readonly addressLines: readonly string[];
  readonly country: string;
  readonly region: string;
  readonly taxId: string;
  readonly email: string;
  readonly purchaseOrder: string;
  readonly collectionMode: CollectionMode;
  readonly autoTopUp: { readonly belowUsd: string; readonly amountUsd: string } | null;
  readonly lowBalanceUsd: string | null;
  readonly paymentTermDays: number;
  readonly dunningPolicy: {
    readonly reminderDays: readonly number[];
    readonly grace: { readonly afterDays: number } | null;
    readonly softLimit: { readonly afterDays: number; readonly requestsPerMinute: number } | null;
    readonly stop: { readonly afterDays: number } | null;
  };
  readonly paymentMethod: {
    readonly brand: string;
    readonly last4: string;
    readonly expiresMonth: number | null;
    readonly expiresYear: number | null;
  } | null;
  readonly updatedAt: string;
}

export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly monthlyFeeUsd: string;
  readonly seatFeeUsd: string;
  readonly includedSeats: number;
  readonly includedUsageUsd: string;
}

export interface CreditEntry {
  readonly id: string;
  readonly kind: string;
  readonly amountUsd: string;
  readonly reason: string;
  readonly invoiceId: string | null;
  readonly createdAt: string;
}

export interface Difference {
  readonly id: string;
  readonly kind: string;
  readonly targetId: string;
  readonly stripeId: string;
  readonly expected: string;
  readonly found: string;
  readonly foundAt: string;
  readonly resolvedAt: string | null;
}

export interface InvoiceCollection {
  readonly outstandingUsd: string;
  readonly pushes: readonly {
    readonly kind: string;
    readonly state: string;
    readonly error: string;
    readonly stripeId: string | null;
    readonly createdAt: string;
    readonly doneAt: string | null;
  }[];
  readonly payments: readonly {
    readonly id: string;
    readonly kind: string;
    readonly state: string;
    readonly amountUsd: string;
    readonly method: string;
    readonly reference: string;
    readonly failureCode: string;
    readonly occurredAt: string;
  }[];
  readonly dunning: readonly {
    readonly step: string;
    readonly takenAt: string;
    readonly undoneAt: string | null;
  }[];
  readonly stripeInvoiceId: string | null;
}

const WAITING_REFRESH_MS = 3_000;

/** @param waiting Somebody just came back from Stripe: what it tells arrives within seconds. */
export function useBilling(waiting = false) {
  return useApiQuery<Billing>('/billing', { refetchInterval: waiting ? WAITING_REFRESH_MS : false });
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
