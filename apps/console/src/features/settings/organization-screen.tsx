'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { Building2 } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function OrganizationScreen() {
  const text = useMessages('settings').organization;
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<Building2 />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
