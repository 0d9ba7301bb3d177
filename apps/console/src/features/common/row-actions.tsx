'use client';
/** The last column of a table: what can be done with a row, as buttons or as a menu. */
import { type ColumnDef, DropdownMenu, type DropdownMenuProps, IconButton } from '@tollgate/ui';
import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

/** @param width `narrow` where a menu stands there alone. */
export function actionsColumn<T>(draw: (row: T) => ReactNode, width?: 'narrow'): ColumnDef<T> {
  return {
    id: 'actions',
    header: ActionsHead,
    enableSorting: false,
    meta: { align: 'right', fixed: true, ...(width && { className: 'w-10' }) },
    cell: ({ row }) => draw(row.original),
  };
}

/** Named for those who hear the table, silent for those who see it. */
function ActionsHead() {
  return <span className="sr-only">{useMessages('parts').actions}</span>;
}

export type RowMenuProps = Pick<DropdownMenuProps, 'entries'> & {
  readonly loading?: boolean;
} & (
    | { /** Whose menu it is, for those who hear the button. */ readonly of: string }
    | { /** In words of its own. */ readonly label: string }
  );

export function RowMenu({ loading = false, entries, ...named }: RowMenuProps) {
  const { more } = useMessages('parts');
  const label = 'label' in named ? named.label : `${more}: ${named.of}`;
  return (
    <DropdownMenu
      trigger={
        <IconButton label={label} size="sm" tooltip={false} loading={loading}>
          <Ellipsis />
        </IconButton>
      }
      entries={entries}
    />
  );
}
