'use client';
import type { Key } from '@tollgate/api';
import { formatNumber, useUi } from '@tollgate/ui';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { KeysInUse } from './bulk-revoke-dialog.tsx';

const DAY_MS = 86_400_000;

/** Says what uses the key now, and asks for its name. */
export function RevokeKeyDialog({
  subject,
  onClose,
}: {
  readonly subject: Key;
  readonly onClose: () => void;
}) {
  const text = useMessages('keys').revoke;
  const { locale } = useUi();
  const [from] = useState(() => new Date(Date.now() - DAY_MS).toISOString());
  const usage = useApiQuery<{ data: readonly { attempts: number }[] }>(
    withQuery('/usage', { from, keyId: subject.id }),
    { enabled: usePermission('usage:read') },
  );
  const revoke = useApiMutation<Key>(() => ({ path: `/keys/${subject.id}/revoke`, method: 'POST' }), {
    invalidates: ['/keys'],
  });
  const used = usage.data?.data[0]?.attempts ?? 0;
  return (
    <ConfirmAction
      title={text.title(subject.name)}
      confirmLabel={text.confirm}
      confirmName={subject.name}
      run={() => revoke.mutateAsync()}
      done={text.done}
      onClose={onClose}
    >
      {usage.data !== undefined && (
        <p className="mb-1 font-medium text-ink">
          {used === 0 ? text.unused : text.used(formatNumber(used, locale))}
        </p>
      )}
      <KeysInUse keys={[subject]} />
      <p>{text.text}</p>
    </ConfirmAction>
  );
}
