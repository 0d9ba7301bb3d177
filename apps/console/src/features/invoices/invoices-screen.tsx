'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { ReceiptText } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function InvoicesScreen() {
  const text = useMessages('invoices');
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<ReceiptText />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
