'use client';
/** Why something stands in the playground, or does not, that somebody came with. */
import { Callout } from '@tollgate/ui';
import Link from 'next/link';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import type { PlaygroundStart } from './use-playground-start.ts';

export function StartNotice({ start: { notice, requestId } }: { readonly start: PlaygroundStart }) {
  const text = useMessages('playground');
  if (notice === undefined) return null;
  return (
    <Callout tone={notice === 'not-found' || notice === 'unreadable' ? 'warning' : 'info'}>
      {text.notices[notice]}{' '}
      {requestId !== undefined && (
        <Link
          href={`/requests/${requestId}`}
          className="text-accent-ink underline underline-offset-3 hover:decoration-2"
        >
          {text.openRequest}
        </Link>
      )}
    </Callout>
  );
}
