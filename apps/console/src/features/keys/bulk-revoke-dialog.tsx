'use client';
/** Says what uses the keys just now, and asks for a word before it revokes them. */
import type { Key, KeyActivity } from '@tollgate/api';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import { type BulkDialogProps, useBulkChange } from './use-bulk-change.ts';

export function BulkRevokeDialog({ keys, onClose, onDone }: BulkDialogProps) {
  const text = useMessages('hygiene').bulk;
  const revoke = useBulkChange(keys);
  return (
    <ConfirmAction
      title={text.revokeTitle(keys.length)}
      confirmLabel={text.revoke}
      confirmName={text.confirmWord}
      run={() => revoke.mutateAsync({ kind: 'revoke' })}
      onDone={({ data }) => onDone(data)}
      onClose={onClose}
    >
      <KeysInUse keys={keys} />
      <p>{text.revokeText}</p>
    </ConfirmAction>
  );
}

/** "7 requests/min use this key": what a gateway saw in the last minutes. */
export function KeysInUse({ keys }: { readonly keys: readonly Pick<Key, 'id'>[] }) {
  const text = useMessages('hygiene').bulk;
  const { number } = useLimitText();
  const path = withQuery('/keys/activity', { ids: keys.map(({ id }) => id).join(',') });
  const activity = useApiQuery<{ readonly data: readonly KeyActivity[] }>(path).data?.data;
  const used = activity?.filter(({ requests }) => requests > 0) ?? [];
  const minutes = activity?.[0]?.minutes ?? 1;
  const total = used.reduce((sum, { requests }) => sum + requests, 0);
  const rate = total / minutes;
  return (
    <p className="mb-1 font-medium text-ink" role="status">
      {activity === undefined
        ? text.looking
        : used.length === 0
          ? text.unused(minutes)
          : text.perMinute(number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate)), used.length)}
    </p>
  );
}
