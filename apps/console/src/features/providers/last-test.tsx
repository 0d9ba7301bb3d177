'use client';
/** How the last test of a credential went, or that it is switched off. */
import type { ProviderCredential } from '@tollgate/api';
import { StatusBadge, TimeStamp, Tooltip } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function LastTest({ credential }: { readonly credential: ProviderCredential }) {
  const text = useMessages('providers');
  if (credential.disabledAt !== null) return <StatusBadge status="disabled" label={text.disabled} />;
  if (credential.lastTestOk === null || credential.lastTestedAt === null) {
    return <span className="text-ink-faint">{text.neverTested}</span>;
  }
  const badge = (
    <span>
      <StatusBadge
        status={credential.lastTestOk ? 'ok' : 'failed'}
        label={credential.lastTestOk ? text.works : text.fails}
      />
    </span>
  );
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      {credential.lastTestDetail ? <Tooltip content={credential.lastTestDetail}>{badge}</Tooltip> : badge}
      <TimeStamp value={credential.lastTestedAt} className="text-xs text-ink-faint" />
    </span>
  );
}
