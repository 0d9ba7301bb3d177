'use client';
import type { Member } from '@tollgate/api';
import { Field } from '@tollgate/ui';
import { UserMinus, UserRoundCog } from 'lucide-react';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useBulkChanges } from '../common/use-bulk-changes.tsx';
import { changeRoleCall, removeMemberCall, STALE_AFTER_MEMBER_CHANGE } from './member-api.ts';
import { RoleSelect } from './role-select.tsx';

/** What can be done with many members at once. Taking a factor off is for one, after a call. */
export function useMemberBulk() {
  const text = useMessages('members');
  const parts = useMessages('parts');
  const [role, setRole] = useState('viewer');
  return useBulkChanges<Member>({
    nameOf: ({ name, email }) => name || email,
    invalidates: STALE_AFTER_MEMBER_CHANGE,
    changes: [
      {
        id: 'role',
        label: text.changeRole,
        icon: <UserRoundCog />,
        tone: 'primary',
        title: text.changeRoleMany,
        text: (
          <>
            <p>{text.changeRoleText}</p>
            <Field label={parts.role} hint={text.roleHint}>
              <RoleSelect value={role} onChange={setRole} />
            </Field>
          </>
        ),
        toCall: (member) => changeRoleCall(member, role),
      },
      {
        id: 'remove',
        label: text.removeShort,
        icon: <UserMinus />,
        tone: 'danger',
        title: text.removeMany,
        text: <p>{text.removeManyText}</p>,
        toCall: removeMemberCall,
        done: parts.bulk.removed,
      },
    ],
  });
}
