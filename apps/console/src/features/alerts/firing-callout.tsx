'use client';
/** On the overview: that something fires, as long as it does. */
import { Button, Callout } from '@tollgate/ui';
import Link from 'next/link';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useAlertSummary } from './alert-api.ts';

export function FiringCallout() {
  const text = useMessages('alerts');
  const summary = useAlertSummary().data;
  if (summary === undefined || summary.firing === 0) return null;
  return (
    <Callout
      tone={summary.critical > 0 ? 'negative' : 'warning'}
      title={text.firing(summary.firing)}
      action={
        <Button asChild size="sm">
          <Link href="/alerts">{text.see}</Link>
        </Button>
      }
    />
  );
}
