'use client';
/** The name of a row as a button: opens its details by keyboard too, without the row's own click besides. */
import { classNames } from '@tollgate/ui';
import type { ReactNode } from 'react';

export interface RowOpenerProps {
  readonly onOpen: () => void;
  readonly className?: string;
  readonly children: ReactNode;
}

export function RowOpener({ onOpen, className = 'wrap-anywhere', children }: RowOpenerProps) {
  return (
    <button
      type="button"
      className={classNames('text-left font-medium text-ink hover:underline', className)}
      onClick={(event) => {
        event.stopPropagation();
        onOpen();
      }}
    >
      {children}
    </button>
  );
}
