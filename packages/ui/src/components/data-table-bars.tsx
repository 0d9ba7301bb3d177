'use client';
/** What stands over a DataTable: which columns to show, and what to do with the selected rows. */
import type { Column, Table } from '@tanstack/react-table';
import { Columns3, X } from 'lucide-react';
import { type ReactNode, useSyncExternalStore } from 'react';
import { useUi } from '../provider/ui-provider.tsx';
import { Button, IconButton } from './button.tsx';
import { isLeftOutOnPhones, titleOf } from './data-table-head.tsx';
import { DropdownMenu } from './menu.tsx';

/** Below Tailwind's `sm`, where columns that are `wideOnly` go. */
const PHONE = '(width < 40rem)';

function useIsPhone(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const media = window.matchMedia(PHONE);
      media.addEventListener('change', onChange);
      return () => media.removeEventListener('change', onChange);
    },
    () => window.matchMedia(PHONE).matches,
    () => false,
  );
}

export interface ColumnChooserProps<T> {
  readonly table: Table<T>;
  /** The choice goes into an address: it holds what is seen here, without the columns that this screen leaves out. */
  readonly asSeen: boolean;
}

export function ColumnChooser<T>({ table, asSeen }: ColumnChooserProps<T>) {
  const { labels } = useUi();
  const isPhone = useIsPhone();
  const columns = table
    .getAllLeafColumns()
    .filter((column) => column.getCanHide() && !column.columnDef.meta?.fixed);
  const isDrawn = (column: Column<T>) =>
    column.getIsVisible() && !(isPhone && isLeftOutOnPhones(table, column));
  const choose = (column: Column<T>, checked: boolean) => {
    const seen = asSeen ? columns.map((each) => [each.id, isDrawn(each)] as const) : [];
    table.setColumnVisibility((before) => ({
      ...before,
      ...Object.fromEntries(seen),
      [column.id]: checked,
    }));
  };
  return (
    <DropdownMenu
      trigger={
        <Button icon={<Columns3 />} className="max-sm:ml-auto">
          {labels.columns}
        </Button>
      }
      entries={columns.map((column) => ({
        kind: 'check',
        label: titleOf(column.columnDef.meta?.title, column.columnDef.header, column.id),
        checked: isDrawn(column),
        onCheckedChange: (checked) => choose(column, checked),
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
