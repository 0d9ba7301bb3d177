'use client';
/** For a member whose device is lost, or who must be out at once: whoever administers ends every session of theirs. */
import type { Member } from '@tollgate/api';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';

export function EndSessions({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const text = useMessages('members');
  const name = member.name || member.email;
  const end = useApiMutation<{ readonly endedSessionCount: number }>(
    () => ({ path: `/members/${encodeURIComponent(member.id)}/sessions`, method: 'DELETE' }),
    { invalidates: ['/audit-events'] },
  );
  return (
    <ConfirmAction
      title={text.endSessionsTitle(name)}
      confirmLabel={text.endSessions}
      run={() => end.mutateAsync()}
      done={({ endedSessionCount }) => text.sessionsEnded(name, endedSessionCount)}
      onClose={onClose}
    >
      {text.endSessionsText}
    </ConfirmAction>
  );
}
