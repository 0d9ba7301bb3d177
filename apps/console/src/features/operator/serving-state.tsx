'use client';
import type { OperatedOrganization } from '@tollgate/api';
import { StatusBadge } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function ServingState({ organization }: { readonly organization: OperatedOrganization }) {
  const text = useMessages('operator').organizations;
  if (organization.closedAt !== null) return <StatusBadge status="revoked" label={text.closed} />;
  const suspended = organization.suspendedAt !== null;
  return (
    <StatusBadge
      status={suspended ? 'revoked' : 'active'}
      label={suspended ? text.states.suspended : text.states.active}
    />
  );
}
