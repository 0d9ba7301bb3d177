'use client';
/** Deletes a role of one's own; those who have it, and the alert channels that mail them, get another, which is chosen here. */
import type { Role } from '@tollgate/api';
import { Field } from '@tollgate/ui';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { RoleSelect } from './role-select.tsx';

const USUAL_REPLACEMENT = 'viewer';

export function DeleteRole({ role, onClose }: { readonly role: Role; readonly onClose: () => void }) {
  const text = useMessages('members');
  const [replacement, setReplacement] = useState(USUAL_REPLACEMENT);
  const [members, invitations] = [role.memberCount ?? 0, role.openInvitationCount ?? 0];
  const channels = role.channelCount ?? 0;
  // Somebody got it since it was read.
  const [isRefused, setIsRefused] = useState(false);
  // Who may not see members is told of none, and must name a replacement all the same.
  const isHeld = role.memberCount === null || members + invitations + channels > 0 || isRefused;
  const remove = useApiMutation<void>(
    () => ({
      path: withQuery(`/roles/${encodeURIComponent(role.id)}`, isHeld ? { replacement } : {}),
      method: 'DELETE',
      ifMatch: `"${role.version}"`,
    }),
    { invalidates: ['/roles', '/members', '/invitations', '/me', '/notification-channels'] },
  );
  return (
    <ConfirmAction
      title={text.deleteRoleTitle(role.name)}
      confirmLabel={text.deleteRole}
      confirmName={role.name}
      run={() =>
        remove.mutateAsync().catch((error: unknown) => {
          if (error instanceof ApiError && error.reason === 'role_in_use') setIsRefused(true);
          throw error;
        })
      }
      done={text.roleDeleted(role.name)}
      onClose={onClose}
    >
      {isHeld ? (
        <div className="flex flex-col gap-3">
          {members + invitations > 0 && <p>{text.deleteRoleHeld(members, invitations)}</p>}
          {channels > 0 && <p>{text.deleteRoleMailed(channels)}</p>}
          <Field label={text.replacement} hint={text.roleHint}>
            <RoleSelect value={replacement} onChange={setReplacement} except={role.id} />
          </Field>
        </div>
      ) : (
        <p>{text.deleteRoleUnused}</p>
      )}
    </ConfirmAction>
  );
}
