'use client';
/** What stands over a DataTable: which columns to show, and what to do with the selected rows. */
import type { Table } from '@tanstack/react-table';
import { Columns3, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useUi } from '../provider/ui-provider.tsx';
import { Button, IconButton } from './button.tsx';
import { titleOf } from './data-table-head.tsx';
import { DropdownMenu } from './menu.tsx';

export function ColumnChooser<T>({ table }: { readonly table: Table<T> }) {
  const { labels } = useUi();
  const columns = table
    .getAllLeafColumns()
    .filter((column) => column.getCanHide() && !column.columnDef.meta?.fixed);
  return (
    <DropdownMenu
      trigger={<Button icon={<Columns3 />}>{labels.columns}</Button>}
      entries={columns.map((column) => ({
        kind: 'check',
        label: titleOf(column.columnDef.meta?.title, column.columnDef.header, column.id),
        checked: column.getIsVisible(),
        onCheckedChange: (checked) => column.toggleVisibility(checked),
      }))}
    />
  );
}

export interface BulkBarProps {
  readonly count: number;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

export function BulkBar({ count, onClear, children }: BulkBarProps) {
  const { labels } = useUi();
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-3 border-b border-line bg-accent-soft px-4 py-1.5 text-sm">
      <span role="status" className="tabular font-medium text-accent-ink">
        {labels.selected(count)}
      </span>
      <div className="flex flex-wrap items-center gap-2">{children}</div>
      <IconButton label={labels.clearSelection} size="sm" className="ml-auto" onClick={onClear}>
        <X />
      </IconButton>
    </div>
  );
}
