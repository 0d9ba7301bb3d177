'use client';
/** For a member who has lost their second factor and the recovery codes: an administrator takes it off. */
import type { Member, RemovedSecondFactor } from '@tollgate/api';
import { toast } from '@tollgate/ui';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';

export function RemoveSecondFactor({
  member,
  onClose,
}: {
  readonly member: Member;
  readonly onClose: () => void;
}) {
  const text = useMessages('members');
  const name = member.name || member.email;
  const remove = useApiMutation<RemovedSecondFactor>(
    () => ({ path: `/members/${encodeURIComponent(member.id)}/second-factor`, method: 'DELETE' }),
    {
      invalidates: ['/members', '/audit-events'],
      onSuccess: () => void toast.success(text.factorRemoved(name)),
    },
  );
  return (
    <ConfirmAction
      title={text.removeFactorTitle(name)}
      confirmLabel={text.removeFactor}
      confirmName={name}
      run={() => remove.mutateAsync()}
      onClose={onClose}
    >
      <p className="mb-2">{text.removeFactorText}</p>
      <p>{text.removeFactorWhat}</p>
    </ConfirmAction>
  );
}
