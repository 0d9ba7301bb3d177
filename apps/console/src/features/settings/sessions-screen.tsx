'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { MonitorSmartphone } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function SessionsScreen() {
  const text = useMessages('settings').sessions;
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<MonitorSmartphone />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
