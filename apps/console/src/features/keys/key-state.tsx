'use client';
import type { Key } from '@tollgate/api';
import { StatusBadge } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

/** Its state; while a rotation overlaps, that. */
export function KeyStateBadge({ subject }: { readonly subject: Key }) {
  const text = useMessages('keys');
  if (subject.state === 'active' && subject.secrets.length > 1) {
    return <StatusBadge status="rotating" label={text.rotating} />;
  }
  return <StatusBadge status={subject.state} label={text.states[subject.state]} />;
}
