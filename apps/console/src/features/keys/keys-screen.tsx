'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { KeyRound } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function KeysScreen() {
  const text = useMessages('keys');
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<KeyRound />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
