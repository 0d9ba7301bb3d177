'use client';
/** Whose bills and whose spend can be imported, and what is known of every difference of a bill. */
import type { BillDifference as Difference } from '@tollgate/api';
import { useCallback } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export const BILL_PROVIDERS = ['openai', 'anthropic', 'aws'] as const;
export const GATEWAY_SOURCES = ['litellm', 'openrouter', 'helicone', 'portkey'] as const;
export const DIFFERENCE_STATES = ['open', 'accepted', 'booking', 'booked'] as const;

export const STATE_TONE = {
  open: 'warning',
  accepted: 'positive',
  booking: 'info',
  booked: 'positive',
} as const satisfies Record<Difference['state'], string>;

/** What is booked stays so. */
export const canDecide = ({ state }: Difference): boolean => state === 'open' || state === 'accepted';

export function useReason(): (reason: string) => string {
  const { reasons } = useMessages('reconciliation');
  return useCallback((reason) => (reasons as Readonly<Record<string, string>>)[reason] ?? reason, [reasons]);
}
