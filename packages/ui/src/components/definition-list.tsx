/** Facts about one thing, name and value. In a Sheet and on detail pages. */
import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';

export interface DefinitionListProps {
  readonly items: readonly { readonly term: ReactNode; readonly value: ReactNode }[];
  readonly columns?: 1 | 2 | 3;
  readonly className?: string;
}

const COLUMNS = { 1: '', 2: 'sm:grid-cols-2', 3: 'sm:grid-cols-2 xl:grid-cols-3' } as const;

export function DefinitionList({ items, columns = 1, className }: DefinitionListProps) {
  return (
    <dl className={classNames('grid gap-x-8', COLUMNS[columns], className)}>
      {items.map((item, position) => (
        <div
          key={position}
          className={classNames(
            'flex min-w-0 items-baseline justify-between gap-4 border-b border-line py-2 text-sm last:border-b-0',
            columns === 2 && isInLastRow(position, items.length, 2) && 'sm:border-b-0',
            columns === 3 && isInLastRow(position, items.length, 2) && 'sm:max-xl:border-b-0',
            columns === 3 && isInLastRow(position, items.length, 3) && 'xl:border-b-0',
          )}
        >
          <dt className="shrink-0 text-ink-faint">{item.term}</dt>
          <dd className="min-w-0 text-right wrap-anywhere text-ink">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Below the last row nothing is kept apart. */
function isInLastRow(position: number, count: number, columns: number): boolean {
  return position >= count - (count % columns || columns);
}
