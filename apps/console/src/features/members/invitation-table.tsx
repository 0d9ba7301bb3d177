'use client';
import {
  Badge,
  Button,
  Checkbox,
  type ColumnDef,
  Dash,
  DataTable,
  EmptyState,
  StatusBadge,
  TimeStamp,
  toast,
} from '@tollgate/ui';
import { MailPlus } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { EmailText } from '../common/email-text.tsx';
import { useRoleName } from '../common/names.ts';
import { actionsColumn } from '../common/row-actions.tsx';
import { useTeamNames } from '../common/team-names.ts';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import {
  type Invitation,
  useInvitations,
  useRevokeInvitation,
  useSendInvitation,
} from './use-invitations.ts';

export function InvitationTable({ invite }: { readonly invite: ReactNode }) {
  const text = useMessages('members');
  const url = useUrlState();
  const showClosed = url.get('closed') === '1';
  const [revoking, setRevoking] = useState<Invitation>();
  const invitations = useInvitations();
  const rows = invitations.rows.filter(({ state }) => showClosed || state === 'open');
  const columns = useColumns(rows, setRevoking);
  const listProps = useListProps();
  return (
    <>
      <DataTable
        caption={text.tabInvitations}
        columns={columns}
        columnChoice
        rememberAs="invitations"
        rows={rows}
        getRowId={idOf}
        {...listProps(invitations)}
        toolbar={
          <Checkbox
            label={text.showClosed}
            checked={showClosed}
            onCheckedChange={(checked) => url.set({ closed: checked ? '1' : undefined })}
          />
        }
        empty={
          <EmptyState icon={<MailPlus />} title={text.noInvitationsTitle} action={invite}>
            {text.noInvitationsText}
          </EmptyState>
        }
      />
      {revoking && <RevokeInvitation invitation={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  );
}

function useColumns(
  invitations: readonly Invitation[],
  revoke: (invitation: Invitation) => void,
): ColumnDef<Invitation>[] {
  const text = useMessages('members');
  const parts = useMessages('parts');
  const common = useMessages('common');
  const mayWrite = usePermission('members:write');
  const roleName = useRoleName();
  const teamName = useTeamNames(invitations.map(({ teamId }) => teamId));
  return useMemo<ColumnDef<Invitation>[]>(
    () => [
      {
        id: 'email',
        header: common.email,
        accessorKey: 'email',
        cell: ({ row }) => (
          <span className="font-medium wrap-anywhere">
            <EmailText value={row.original.email} />
          </span>
        ),
      },
      {
        id: 'role',
        header: parts.role,
        accessorFn: ({ role }) => roleName(role),
        meta: { wideOnly: true },
        cell: ({ getValue }) => <Badge tone="outline">{getValue<string>()}</Badge>,
      },
      {
        id: 'team',
        header: parts.team,
        accessorFn: ({ teamId }) => (teamId ? teamName(teamId) : ''),
        meta: { wideOnly: true },
        cell: ({ getValue }) => getValue<string>() || <Dash />,
      },
      {
        id: 'state',
        header: common.status,
        accessorKey: 'state',
        cell: ({ row }) => (
          <StatusBadge
            status={row.original.state === 'open' ? 'pending' : row.original.state}
            label={text.state[row.original.state]}
          />
        ),
      },
      {
        id: 'sent',
        header: text.sent,
        accessorKey: 'createdAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
      {
        id: 'expires',
        header: text.expires,
        accessorKey: 'expiresAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.expiresAt} />,
      },
      actionsColumn(
        (row) =>
          mayWrite &&
          row.state !== 'accepted' && (
            <span className="inline-flex gap-1">
              <ResendButton invitation={row} />
              {row.state === 'open' && (
                <Button
                  size="sm"
                  variant="dangerGhost"
                  aria-label={`${text.revoke}: ${row.email}`}
                  onClick={() => revoke(row)}
                >
                  {text.revoke}
                </Button>
              )}
            </span>
          ),
      ),
    ],
    [text, parts, common, mayWrite, roleName, teamName, revoke],
  );
}

function ResendButton({ invitation }: { readonly invitation: Invitation }) {
  const text = useMessages('members');
  const toText = useProblemText();
  const send = useSendInvitation();
  const { email, role, teamId } = invitation;
  const resend = async () => {
    try {
      await send.mutateAsync({ email, role, ...(teamId !== null && { teamId }) });
      toast.success(text.resent(email));
    } catch (error) {
      toast.error(toText(error));
    }
  };
  return (
    <Button
      size="sm"
      variant="ghost"
      loading={send.isPending}
      aria-label={`${text.resend}: ${email}`}
      onClick={() => void resend()}
    >
      {text.resend}
    </Button>
  );
}

function RevokeInvitation({
  invitation,
  onClose,
}: {
  readonly invitation: Invitation;
  readonly onClose: () => void;
}) {
  const text = useMessages('members');
  const revoke = useRevokeInvitation();
  return (
    <ConfirmAction
      title={text.revokeTitle(invitation.email)}
      confirmLabel={text.revoke}
      run={() => revoke.mutateAsync(invitation)}
      done={text.revoked(invitation.email)}
      onClose={onClose}
    >
      {text.revokeText}
    </ConfirmAction>
  );
}
