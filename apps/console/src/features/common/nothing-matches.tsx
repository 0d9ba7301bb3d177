'use client';
/** A list whose filters leave nothing, and the way to clear them. */
import { Button, EmptyState } from '@tollgate/ui';
import { SearchX } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function NothingMatches({ onClear }: { readonly onClear: () => void }) {
  const parts = useMessages('parts');
  const common = useMessages('common');
  return (
    <EmptyState
      icon={<SearchX />}
      title={parts.noMatchTitle}
      action={<Button onClick={onClear}>{common.clearFilters}</Button>}
    >
      {parts.noMatchText}
    </EmptyState>
  );
}
