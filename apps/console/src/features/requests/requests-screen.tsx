'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { ScrollText } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function RequestsScreen() {
  const text = useMessages('requests');
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<ScrollText />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
