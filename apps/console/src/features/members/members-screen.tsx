'use client';
/** People, invitations and roles of the organization. */
import { Button, PageHeader, Tabs } from '@tollgate/ui';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { InvitationTable } from './invitation-table.tsx';
import { MemberTable } from './member-table.tsx';
import { RoleMatrix } from './role-matrix.tsx';
import { useOpenInvitationCount } from './use-invitations.ts';

const InviteDialog = later(async () => (await import('./invite-dialog.tsx')).InviteDialog);

export function MembersScreen() {
  const text = useMessages('members');
  const url = useUrlState();
  const tab = url.get('tab') ?? 'members';
  const mayInvite = usePermission('members:write');
  const mayReadRoles = usePermission('roles:read');
  const [inviting, setInviting] = useState(false);
  const openInvitations = useOpenInvitationCount();
  const invite = mayInvite && (
    <Button variant="primary" icon={<UserPlus />} onClick={() => setInviting(true)}>
      {text.invite}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={tab === 'members' ? '/members' : `/${tab}`} />
            {invite}
          </>
        }
      />
      <Guarded permission="members:read">
        <Tabs
          aria-label={text.title}
          value={tab}
          onValueChange={(value) => url.set({ tab: value === 'members' ? undefined : value, q: undefined })}
          items={[
            { value: 'members', label: text.tabMembers, content: <MemberTable /> },
            {
              value: 'invitations',
              label: text.tabInvitations,
              ...(openInvitations > 0 && { count: openInvitations }),
              content: <InvitationTable invite={invite} />,
            },
            ...(mayReadRoles ? [{ value: 'roles', label: text.tabRoles, content: <RoleMatrix /> }] : []),
          ]}
        />
      </Guarded>
      {inviting && (
        <InviteDialog
          onClose={() => setInviting(false)}
          onInvited={() => url.set({ tab: 'invitations', q: undefined })}
        />
      )}
    </>
  );
}
