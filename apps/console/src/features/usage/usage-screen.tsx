'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { ChartNoAxesColumn } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function UsageScreen() {
  const text = useMessages('usage');
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<ChartNoAxesColumn />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
