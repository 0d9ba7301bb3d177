'use client';
import type { Key, ListedKey } from '@tollgate/api';
import { Badge, type ColumnDef, Dash, Money, TimeStamp } from '@tollgate/ui';
import Link from 'next/link';
import { useMemo } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { KeyStateBadge } from './key-state.tsx';
import { useKeySpend } from './use-key-spend.ts';

/**
 * @param keys That are listed: what they spent is asked for.
 * @param sortable By what the server has an order for: a sorted page would only look like a sorted list.
 */
export function useKeyColumns(keys: readonly ListedKey[], sortable = false): ColumnDef<ListedKey>[] {
  const text = useMessages('keys');
  const { rotated } = useMessages('hygiene');
  const keyIds = useMemo(() => keys.map(({ id }) => id), [keys]);
  const spend = useKeySpend(keyIds);
  return useMemo<ColumnDef<ListedKey>[]>(() => {
    const faint = (value: string) => <span className="text-ink-faint">{value}</span>;
    const columns: ColumnDef<ListedKey>[] = [
      {
        id: 'name',
        header: text.columns.name,
        accessorKey: 'name',
        enableSorting: sortable,
        enableHiding: false,
        meta: { fixed: true },
        cell: ({ row: { original: key } }) => <KeyName subject={key} />,
      },
      {
        id: 'team',
        header: text.columns.team,
        meta: { wideOnly: true },
        cell: ({ row: { original: key } }) =>
          key.teamId === null ? <Dash /> : (key.teamName ?? faint(key.teamId)),
      },
      {
        id: 'owner',
        header: text.columns.owner,
        meta: { wideOnly: true },
        cell: ({ row: { original: key } }) =>
          key.ownerId === null
            ? faint(text.owners.organization)
            : (key.ownerName ?? faint(text.owners.unknown)),
      },
      {
        id: 'state',
        header: text.columns.state,
        cell: ({ row: { original: key } }) => <KeyStateBadge subject={key} />,
      },
      {
        id: 'hint',
        header: text.columns.hint,
        meta: { wideOnly: true, className: 'font-mono text-xs' },
        cell: ({ row: { original: key } }) => key.hint,
      },
      {
        id: 'spent',
        header: text.columns.spent,
        meta: { align: 'right' },
        cell: ({ row: { original: key } }) => {
          const spentUsd = spend.get(key.id);
          return spentUsd === undefined ? <Dash /> : <Money value={spentUsd} precision="cents" />;
        },
      },
      {
        id: 'lastUsed',
        header: text.columns.lastUsed,
        accessorKey: 'lastUsedAt',
        enableSorting: sortable,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row: { original: key } }) =>
          key.lastUsedAt === null ? faint(text.neverUsed) : <TimeStamp value={key.lastUsedAt} />,
      },
      {
        id: 'expires',
        header: text.columns.expires,
        accessorKey: 'expiresAt',
        enableSorting: sortable,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row: { original: key } }) =>
          key.expiresAt === null ? faint(text.neverExpires) : <TimeStamp value={key.expiresAt} />,
      },
      {
        id: 'rotated',
        header: rotated,
        accessorKey: 'rotatedAt',
        enableSorting: sortable,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row: { original: key } }) => <TimeStamp value={key.rotatedAt} />,
      },
      {
        id: 'tags',
        header: text.form.tags,
        meta: { wideOnly: true },
        cell: ({ row: { original: key } }) => <KeyTags tags={key.tags} />,
      },
      {
        id: 'created',
        header: text.columns.created,
        accessorKey: 'createdAt',
        enableSorting: sortable,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row: { original: key } }) => <TimeStamp value={key.createdAt} />,
      },
    ];
    return columns.map((column) => ({ enableSorting: false, ...column }));
  }, [text, rotated, sortable, spend]);
}

function KeyTags({ tags }: { readonly tags: Key['tags'] }) {
  const entries = Object.entries(tags);
  if (entries.length === 0) return <Dash />;
  return (
    <span className="flex flex-wrap gap-1">
      {entries.slice(0, 3).map(([name, value]) => (
        <Badge key={name}>{`${name}=${value}`}</Badge>
      ))}
      {entries.length > 3 && <span className="text-xs text-ink-faint">+{entries.length - 3}</span>}
    </span>
  );
}

function KeyName({ subject }: { readonly subject: Key }) {
  return (
    <Link href={`/keys/${subject.id}`} className="font-medium text-ink underline-offset-3 hover:underline">
      {subject.name}
    </Link>
  );
}
