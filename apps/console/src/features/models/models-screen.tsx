'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { Boxes } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function ModelsScreen() {
  const text = useMessages('models');
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<Boxes />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
