'use client';
/** Tokens for the admin API. */
import type { AdminToken } from '@tollgate/api';
import {
  Button,
  Checkbox,
  type ColumnDef,
  DataTable,
  EmptyState,
  PageHeader,
  StatusBadge,
  TimeStamp,
  Tooltip,
} from '@tollgate/ui';
import { KeySquare, Plus } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { EmailText } from '../common/email-text.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { useMemberSearch } from '../common/member-select.tsx';
import { useRoles } from '../common/names.ts';
import { actionsColumn } from '../common/row-actions.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

const AdminTokenDialog = later(async () => (await import('./admin-token-dialog.tsx')).AdminTokenDialog);

type TokenState = 'active' | 'expired' | 'revoked';

function stateOf({ revokedAt, expiresAt }: AdminToken): TokenState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'active';
}

export function AdminTokensScreen() {
  const text = useMessages('settings').tokens;
  const mayWrite = usePermission('admin-tokens:write');
  const [creating, setCreating] = useState(false);
  const create = mayWrite && (
    <Button variant="primary" icon={<Plus />} onClick={() => setCreating(true)}>
      {text.create}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path="/admin-tokens" />
            {create}
          </>
        }
      />
      <Guarded permission="admin-tokens:read">
        <TokenTable />
      </Guarded>
      {creating && <AdminTokenDialog onClose={() => setCreating(false)} />}
    </>
  );
}

function TokenTable() {
  const text = useMessages('settings').tokens;
  const url = useUrlState();
  const showEnded = url.get('ended') === '1';
  const [revoking, setRevoking] = useState<AdminToken>();
  const tokens = useApiList<AdminToken>('/admin-tokens?limit=100');
  const rows = tokens.rows.filter((token) => showEnded || stateOf(token) === 'active');
  const columns = useColumns(rows, setRevoking);
  const listProps = useListProps();
  return (
    <>
      <DataTable
        caption={text.title}
        columns={columns}
        columnChoice
        rememberAs="admin-tokens"
        initialColumnVisibility={{ created: false }}
        rows={rows}
        getRowId={idOf}
        {...listProps(tokens)}
        toolbar={
          <Checkbox
            label={text.showEnded}
            checked={showEnded}
            onCheckedChange={(checked) => url.set({ ended: checked ? '1' : undefined })}
          />
        }
        empty={
          <EmptyState icon={<KeySquare />} title={text.emptyTitle}>
            {text.emptyText}
          </EmptyState>
        }
      />
      {revoking && <RevokeToken token={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  );
}

function useColumns(
  tokens: readonly AdminToken[],
  revoke: (token: AdminToken) => void,
): ColumnDef<AdminToken>[] {
  const text = useMessages('settings').tokens;
  const common = useMessages('common');
  const parts = useMessages('parts');
  const mayWrite = usePermission('admin-tokens:write');
  const makerName = useMakerNames(tokens);
  const allPermissions = useRoles().data?.data.find(({ id }) => id === 'owner')?.permissions.length;
  return useMemo<ColumnDef<AdminToken>[]>(
    () => [
      {
        id: 'name',
        header: common.name,
        accessorKey: 'name',
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="font-medium wrap-anywhere">{original.name}</span>
            <code className="font-mono text-xs text-ink-faint">{original.hint}</code>
          </span>
        ),
      },
      {
        id: 'state',
        header: common.status,
        accessorFn: stateOf,
        cell: ({ row }) => {
          const state = stateOf(row.original);
          return <StatusBadge status={state} label={text.state[state]} />;
        },
      },
      {
        id: 'permissions',
        header: parts.permissions,
        accessorFn: ({ permissions }) => permissions.length,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => (
          <Tooltip content={<span className="block max-w-xs">{original.permissions.join(', ')}</span>}>
            <span>{text.permissionCount(original.permissions.length, allPermissions ?? 0)}</span>
          </Tooltip>
        ),
      },
      {
        id: 'maker',
        header: text.maker,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => (
          <span className="wrap-anywhere">
            <EmailText value={makerName(row.original.createdById)} />
          </span>
        ),
      },
      {
        id: 'created',
        header: text.created,
        accessorKey: 'createdAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
      {
        id: 'lastUsed',
        header: text.lastUsed,
        accessorKey: 'lastUsedAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <OrNever at={row.original.lastUsedAt} />,
      },
      {
        id: 'expires',
        header: text.expires,
        accessorKey: 'expiresAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <OrNever at={row.original.expiresAt} />,
      },
      actionsColumn(
        (row) =>
          mayWrite &&
          stateOf(row) === 'active' && (
            <Button
              size="sm"
              variant="dangerGhost"
              aria-label={`${text.revoke}: ${row.name}`}
              onClick={() => revoke(row)}
            >
              {text.revoke}
            </Button>
          ),
      ),
    ],
    [text, common, parts, mayWrite, allPermissions, makerName, revoke],
  );
}

/** Makers who have left are told by their id: what they made has ended with them. */
function useMakerNames(tokens: readonly AdminToken[]): (userId: string) => string {
  const ids = useMemo(() => [...new Set(tokens.map(({ createdById }) => createdById))], [tokens]);
  const { members } = useMemberSearch(ids, 'userId');
  return useCallback(
    (userId) => {
      const member = members.find((each) => each.userId === userId);
      return member === undefined ? userId : member.name || member.email;
    },
    [members],
  );
}

function OrNever({ at }: { readonly at: string | null }) {
  const { never } = useMessages('common');
  return at === null ? <span className="text-ink-faint">{never}</span> : <TimeStamp value={at} />;
}

function RevokeToken({ token, onClose }: { readonly token: AdminToken; readonly onClose: () => void }) {
  const text = useMessages('settings').tokens;
  const revoke = useApiMutation<void>(() => ({ path: `/admin-tokens/${token.id}/revoke`, method: 'POST' }), {
    invalidates: ['/admin-tokens'],
  });
  return (
    <ConfirmAction
      title={text.revokeTitle(token.name)}
      confirmLabel={text.revoke}
      confirmName={token.name}
      run={() => revoke.mutateAsync()}
      done={text.revoked(token.name)}
      onClose={onClose}
    >
      {text.revokeText}
    </ConfirmAction>
  );
}
