'use client';
/** The keys that the team owns. Everything about a key is on its own page. */
import type { Team } from '@tollgate/api';
import { Button, type ColumnDef, DataTable, EmptyState, StatusBadge, TimeStamp } from '@tollgate/ui';
import { KeyRound } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useGo } from '../common/leaving.ts';
import { idOf, useListProps } from '../common/use-list-props.ts';

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'expired' | 'revoked';
  readonly hint: string;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
}

export function TeamKeys({ team }: { readonly team: Team }) {
  const text = useMessages('teams');
  const common = useMessages('common');
  const go = useGo();
  const keys = useApiList<KeyRow>(`/keys?teamId=${team.id}&limit=50`);
  const listProps = useListProps();
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
      onRowClick={(key) => go(`/keys/${key.id}`)}
      empty={
        <EmptyState
          icon={<KeyRound />}
          title={text.noKeysTitle}
          action={
            <Button asChild>
              <Link href="/keys">{text.toKeys}</Link>
            </Button>
          }
        >
          {text.noKeysText}
        </EmptyState>
      }
    />
  );
}
