'use client';
/** On every page of an organization that is not served at present: why, and who can end it. */
import { Button, Callout, TimeStamp } from '@tollgate/ui';
import Link from 'next/link';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useMeWhileSuspended } from './use-me.ts';

export function SuspendedBanner({ organizationId }: { readonly organizationId: string | undefined }) {
  const text = useMessages('shell');
  const me = useMeWhileSuspended().data;
  const suspension = me?.suspension;
  const organization = me?.organizations.find(({ id }) => id === organizationId);
  if (!suspension || organization === undefined || me?.organizationId !== organizationId) return null;
  const isOverdue = suspension.by === 'dunning';
  const mayPay = me?.permissions.includes('invoices:write') === true;
  return (
    <div className="px-3 pt-4 sm:px-5 lg:px-7">
      <Callout
        tone="negative"
        title={text.suspendedTitle(organization.name)}
        action={
          isOverdue &&
          mayPay && (
            <Button asChild size="sm">
              <Link href="/invoices?state=open">{text.suspendedPay}</Link>
            </Button>
          )
        }
      >
        <p>{isOverdue ? text.suspendedByDunning : text.suspendedByOperator}</p>
        {isOverdue && !mayPay && <p>{text.suspendedAsk}</p>}
        {suspension.reason !== null && <p>{text.suspendedReason(suspension.reason)}</p>}
        <p className="text-xs">
          {text.suspendedSince} <TimeStamp value={suspension.since} format="exact" />
        </p>
      </Callout>
    </div>
  );
}
