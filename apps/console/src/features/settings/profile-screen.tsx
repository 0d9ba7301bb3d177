'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { UserRound } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function ProfileScreen() {
  const text = useMessages('settings').profile;
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<UserRound />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
