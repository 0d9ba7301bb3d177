'use client';
import type { ServiceAccount } from '@tollgate/api';
import { StatusBadge } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function AccountState({ account }: { readonly account: ServiceAccount }) {
  const text = useMessages('serviceAccounts');
  return account.disabledAt === null ? (
    <StatusBadge status="active" label={text.enabled} />
  ) : (
    <StatusBadge status="disabled" label={text.disabled} />
  );
}
