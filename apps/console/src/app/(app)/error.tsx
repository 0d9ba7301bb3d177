'use client';
import { ErrorState } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export default function PageError({ reset }: { readonly error: Error; readonly reset: () => void }) {
  const text = useMessages('shell');
  return <ErrorState title={text.failedTitle} detail={text.failedText} onRetry={reset} />;
}
