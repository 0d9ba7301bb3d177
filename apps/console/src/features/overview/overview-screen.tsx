'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { LayoutDashboard } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function OverviewScreen() {
  const text = useMessages('overview');
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<LayoutDashboard />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
