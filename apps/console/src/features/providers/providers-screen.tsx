'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { Plug } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function ProvidersScreen() {
  const text = useMessages('providers');
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<Plug />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
