'use client';
/** The keys that the team owns. Everything about a key is on its own page. */
import type { Team } from '@tollgate/api';
import { Button, type ColumnDef, DataTable, EmptyState, StatusBadge, TimeStamp } from '@tollgate/ui';
import { KeyRound, Plus } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useGo } from '../common/leaving.ts';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { usePermission } from '../signed-in/use-permission.ts';

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'expired' | 'revoked';
  readonly hint: string;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
}

export const teamKeysPath = ({ id }: Team): string => withQuery('/keys', { teamId: id, limit: 50 });

export function TeamKeys({ team }: { readonly team: Team }) {
  const text = useMessages('teams');
  const common = useMessages('common');
  const go = useGo();
  const keys = useApiList<KeyRow>(teamKeysPath(team));
  const listProps = useListProps();
  const prefetch = usePrefetch();
  const mayWrite = usePermission('keys:write');
  const columns = useMemo<ColumnDef<KeyRow>[]>(
    () => [
      {
        id: 'name',
        header: common.name,
        accessorKey: 'name',
        cell: ({ row: { original } }) => (
          <Link href={`/keys/${original.id}`} className="font-medium hover:underline">
            {original.name}
          </Link>
        ),
      },
      {
        id: 'hint',
        header: text.secret,
        accessorKey: 'hint',
        meta: { wideOnly: true },
        cell: ({ getValue }) => <code className="font-mono text-xs">{getValue<string>()}</code>,
      },
      {
        id: 'state',
        header: common.status,
        accessorKey: 'state',
        cell: ({ row }) => (
          <StatusBadge status={row.original.state} label={text.keyState[row.original.state]} />
        ),
      },
      {
        id: 'lastUsed',
        header: common.lastUsed,
        accessorKey: 'lastUsedAt',
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.lastUsedAt ? (
            <TimeStamp value={original.lastUsedAt} />
          ) : (
            <span className="text-ink-faint">{common.never}</span>
          ),
      },
    ],
    [text, common],
  );
  return (
    <DataTable
      caption={text.keys}
      columns={columns}
      rows={keys.rows}
      getRowId={idOf}
      {...listProps(keys)}
      toolbar={
        <>
          <Button asChild size="sm">
            <Link href={withQuery('/keys', { team: team.id })}>{text.inKeys}</Link>
          </Button>
          {mayWrite && <CreateTeamKey team={team} />}
        </>
      }
      onRowClick={(key) => go(`/keys/${key.id}`)}
      onRowIntent={({ id }) => prefetch(`/keys/${id}`)}
      empty={
        <EmptyState
          icon={<KeyRound />}
          title={text.noKeysTitle}
          {...(mayWrite && { action: <CreateTeamKey team={team} /> })}
        >
          {text.noKeysText}
        </EmptyState>
      }
    />
  );
}

/** Opens the form of all keys with this team in it. */
function CreateTeamKey({ team }: { readonly team: Team }) {
  const text = useMessages('teams');
  return (
    <Button asChild size="sm" variant="primary">
      <Link href={withQuery('/keys', { create: '1', team: team.id })}>
        <Plus aria-hidden />
        {text.createKey}
      </Link>
    </Button>
  );
}
