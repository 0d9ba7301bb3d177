'use client';
/** People, invitations and roles of the organization. */
import type { Member } from '@tollgate/api';
import { Button, PageHeader, Tabs } from '@tollgate/ui';
import { UserPlus } from 'lucide-react';
import { withQuery } from '../../api/query-key.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { InvitationTable } from './invitation-table.tsx';
import { filterOfMembers, MemberTable } from './member-table.tsx';
import { RoleMatrix } from './role-matrix.tsx';
import { type Invitation, useOpenInvitationCount } from './use-invitations.ts';

const InviteDialog = later(async () => (await import('./invite-dialog.tsx')).InviteDialog);

const CSV = {
  id: ({ id }: Member) => id,
  name: ({ name }: Member) => name,
  email: ({ email }: Member) => email,
  role: ({ role }: Member) => role,
  teamIds: ({ teamIds }: Member) => teamIds.join(' '),
  hasSecondFactor: ({ hasSecondFactor }: Member) => hasSecondFactor,
  createdAt: ({ createdAt }: Member) => createdAt,
};

const INVITATIONS_CSV = {
  id: ({ id }: Invitation) => id,
  email: ({ email }: Invitation) => email,
  role: ({ role }: Invitation) => role,
  teamId: ({ teamId }: Invitation) => teamId,
  state: ({ state }: Invitation) => state,
  createdAt: ({ createdAt }: Invitation) => createdAt,
  expiresAt: ({ expiresAt }: Invitation) => expiresAt,
};

const TABS = ['members', 'invitations', 'roles'] as const;

export function MembersScreen() {
  const text = useMessages('members');
  const url = useUrlState();
  const tab = TABS.find((each) => each === url.get('tab')) ?? 'members';
  const listed = withQuery('/members', filterOfMembers(url));
  const paths: Readonly<Record<(typeof TABS)[number], string>> = {
    members: listed,
    invitations: '/invitations',
    roles: '/roles',
  };
  const mayInvite = usePermission('members:write');
  const mayReadRoles = usePermission('roles:read');
  const openInvitations = useOpenInvitationCount();
  const invite = mayInvite && (
    <Button variant="primary" icon={<UserPlus />} onClick={() => url.set({ invite: '1' })}>
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
            <ShowApiCall path={paths[tab]} />
            {tab === 'members' && (
              <ListCsv<Member> permission="members:read" path={listed} name="members" columns={CSV} />
            )}
            {tab === 'invitations' && (
              <ListCsv<Invitation>
                permission="members:read"
                path="/invitations"
                name="invitations"
                columns={INVITATIONS_CSV}
              />
            )}
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
      {mayInvite && url.get('invite') === '1' && (
        <InviteDialog
          onClose={() => url.set({ invite: undefined })}
          onInvited={() => url.set({ tab: 'invitations', q: undefined, invite: undefined })}
        />
      )}
    </>
  );
}
