'use client';
import {
  Button,
  type ColumnDef,
  DataTable,
  EmptyState,
  Input,
  Money,
  Select,
  StatusBadge,
  TimeStamp,
  TokenCount,
} from '@tollgate/ui';
import { KeyRound, Search } from 'lucide-react';
import { useState } from 'react';
import { useDesignText } from './use-design-text.ts';

interface SampleKey {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly state: string;
  readonly spentUsd: string;
  readonly tokens: number;
  readonly lastUsedAt: string | null;
}

const NAMES = [
  'checkout-service',
  'search-ranking',
  'support-bot',
  'nightly-evaluation',
  'notebook-ada',
  'mobile-app',
];
const KEYS: readonly SampleKey[] = NAMES.map((name, place) => ({
  id: `key_${place}`,
  name,
  team: ['Checkout', 'Search', 'Support', 'Data', 'Data', 'Growth'][place] ?? '',
  state: ['active', 'active', 'expiring', 'active', 'revoked', 'rotating'][place] ?? '',
  spentUsd: ['4210.128841', '980.5', '77.000043', '0.000431', '12', '340.99'][place] ?? '0',
  tokens: 84_402_113 >> (place * 3),
  lastUsedAt: place === 3 ? null : new Date(Date.UTC(2026, 10, 20 - place, 14)).toISOString(),
}));

const COLUMNS: ColumnDef<SampleKey>[] = [
  {
    accessorKey: 'name',
    header: 'Name',
    enableHiding: false,
    cell: ({ row }) => <span className="font-medium">{row.original.name}</span>,
  },
  { accessorKey: 'team', header: 'Team', meta: { wideOnly: true } },
  { accessorKey: 'state', header: 'State', cell: ({ row }) => <StatusBadge status={row.original.state} /> },
  {
    accessorKey: 'spentUsd',
    header: 'Spent',
    meta: { align: 'right' },
    sortingFn: (left, right) => Number(left.original.spentUsd) - Number(right.original.spentUsd),
    cell: ({ row }) => <Money value={row.original.spentUsd} precision="cents" />,
  },
  {
    accessorKey: 'tokens',
    header: 'Tokens',
    meta: { align: 'right', wideOnly: true },
    cell: ({ row }) => <TokenCount value={row.original.tokens} />,
  },
  {
    accessorKey: 'lastUsedAt',
    header: 'Last used',
    meta: { align: 'right' },
    cell: ({ row }) => <TimeStamp value={row.original.lastUsedAt} />,
  },
];

const getKeyId = (row: SampleKey) => row.id;

export function TableSample() {
  const text = useDesignText();
  const [active, setActive] = useState<string>('key_1');
  return (
    <div className="flex flex-col gap-6">
      <DataTable
        caption={text.tables.sample}
        columns={COLUMNS}
        rows={KEYS}
        getRowId={getKeyId}
        activeRowId={active}
        onRowClick={(row) => setActive(row.id)}
        columnChoice
        hasMore
        onLoadMore={() => undefined}
        initialSorting={[{ id: 'spentUsd', desc: true }]}
        bulkActions={(rows, clear) => (
          <Button size="sm" variant="dangerGhost" onClick={clear}>
            Revoke {rows.length}
          </Button>
        )}
        toolbar={
          <>
            <Input prefix={<Search />} placeholder="Search keys" aria-label="Search keys" className="w-56" />
            <Select
              compact
              aria-label="State"
              defaultValue="all"
              options={[
                { value: 'all', label: 'All states' },
                { value: 'active', label: 'Active' },
              ]}
            />
          </>
        }
        footer={<Money value="5620.619315" />}
      />
      <div className="grid gap-4 lg:grid-cols-3">
        <DataTable
          caption={text.tables.loading}
          columns={COLUMNS.slice(0, 3)}
          rows={[]}
          getRowId={getKeyId}
          loading
        />
        <DataTable
          caption={text.tables.empty}
          columns={COLUMNS.slice(0, 3)}
          rows={[]}
          getRowId={getKeyId}
          empty={
            <EmptyState
              icon={<KeyRound />}
              title="No keys yet"
              action={<Button variant="primary">Create a key</Button>}
            >
              A key belongs to a team and stops at its budget.
            </EmptyState>
          }
        />
        <DataTable
          caption={text.tables.failed}
          columns={COLUMNS.slice(0, 3)}
          rows={[]}
          getRowId={getKeyId}
          error={{ message: 'The database did not answer in time.', requestId: 'req_01J9ZK' }}
          onRetry={() => undefined}
        />
      </div>
    </div>
  );
}
