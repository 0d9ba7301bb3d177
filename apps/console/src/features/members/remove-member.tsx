'use client';
/** Removing a member, with what ends then. */
import type { Member, MemberDetail } from '@tollgate/api';
import { Callout, toast } from '@tollgate/ui';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { enterConsole } from '../auth/auth-api.ts';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { useMe } from '../shell/use-me.ts';
import { removeMemberCall, STALE_AFTER_MEMBER_CHANGE } from './member-api.ts';

export function RemoveMember({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const text = useMessages('members');
  const isOwn = useMe().data?.membershipId === member.id;
  const name = member.name || member.email;
  const remove = useApiMutation<void>(() => removeMemberCall(member), {
    // Of an organization that one has left nothing can be read again: the console begins anew, in another one.
    invalidates: isOwn ? [] : STALE_AFTER_MEMBER_CHANGE,
    onSuccess: () => (isOwn ? enterConsole('/') : void toast.success(text.removed(name))),
  });
  return (
    <ConfirmAction
      title={text.removeTitle(name)}
      confirmLabel={text.removeShort}
      confirmName={name}
      run={() => remove.mutateAsync()}
      onClose={onClose}
    >
      {isOwn && <p className="mb-2 font-medium text-negative">{text.leaveText}</p>}
      <p>{text.removeText}</p>
      <OwnedKeys member={member} />
    </ConfirmAction>
  );
}

/** Removing somebody ends what their keys are used for: that is said before, with the number. */
function OwnedKeys({ member }: { readonly member: Member }) {
  const text = useMessages('members');
  const count = useApiQuery<MemberDetail>(`/members/${encodeURIComponent(member.id)}`, { staleTime: 0 }).data
    ?.activeKeyCount;
  if (count === undefined) return null;
  if (count === 0) return <p className="mt-2">{text.removeNoKeys}</p>;
  return (
    <Callout tone="warning" className="mt-3">
      <p className="font-medium text-ink">{text.removeKeys(count)}</p>
      <p>
        {text.removeKeysHint}{' '}
        <Link
          href={withQuery('/keys', { owner: member.id, state: 'active' })}
          className="text-accent-ink hover:underline"
        >
          {text.seeKeys}
        </Link>
      </p>
    </Callout>
  );
}
