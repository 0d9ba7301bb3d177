'use client';
import { Card, EmptyState, PageHeader } from '@tollgate/ui';
import { Rocket } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function OnboardingScreen() {
  const text = useMessages('onboarding');
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Card flush>
        <EmptyState icon={<Rocket />} title={text.emptyTitle}>
          {text.emptyText}
        </EmptyState>
      </Card>
    </>
  );
}
