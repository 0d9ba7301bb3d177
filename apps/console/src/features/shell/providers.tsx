'use client';
/** What every page needs: language, data, notices. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Toaster } from '@tollgate/ui';
import { type ReactNode, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { I18nProvider } from '../../i18n/i18n-provider.tsx';
import type { Locale } from '../../i18n/locale.ts';

const STALE_AFTER_MS = 10_000;
const RETRIES = 2;

export function Providers({ locale, children }: { readonly locale: Locale; readonly children: ReactNode }) {
  const [queryClient] = useState(newQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <I18nProvider locale={locale}>
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
