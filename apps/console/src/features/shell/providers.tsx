'use client';
/** What every page needs: language, data, notices. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { findBrowserTimeZone, Toaster } from '@tollgate/ui';
import { useEffect, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { I18nProvider, type I18nProviderProps } from '../../i18n/i18n-provider.tsx';
import { keepTimeZone } from '../../i18n/time-zone.ts';

const STALE_AFTER_MS = 10_000;
const RETRIES = 2;

export function Providers({ children, ...i18n }: I18nProviderProps) {
  const [queryClient] = useState(newQueryClient);
  useEffect(() => keepTimeZone(findBrowserTimeZone()), []);
  return (
    <QueryClientProvider client={queryClient}>
      <I18nProvider {...i18n}>
        {children}
        <Toaster />
      </I18nProvider>
    </QueryClientProvider>
  );
}

function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MS,
        // A question that waits for a network without a word would look like an empty list.
        networkMode: 'always',
        refetchOnReconnect: true,
        // A refusal is an answer: asking again will not change it.
        retry: (failures, error) => failures < RETRIES && !isRefusal(error),
      },
      // Without a network a form says so at once, instead of waiting for one without a word.
      mutations: { networkMode: 'always' },
    },
  });
}

function isRefusal(error: Error): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
}
