'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { UsersRound } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function TeamsScreen() {
  const text = useMessages('teams');
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<UsersRound />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
