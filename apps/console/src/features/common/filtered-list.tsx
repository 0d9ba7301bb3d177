'use client';
/** A list that is read whole and filtered where it is shown: its search and choices are in the address, under the names of its filters. */
import { DataTable, type DataTableProps } from '@tollgate/ui';
import { type ReactNode, useMemo } from 'react';
import { countBy, type FilterCounts, type ListFilters, rowsLeft } from './list-filter.ts';
import { NothingMatches } from './nothing-matches.tsx';
import { SearchFilter } from './search-field.tsx';
import { idOf, type ListState, useListProps } from './use-list-props.ts';
import { useUrlState } from './use-url-state.ts';

/** How many rows each choice of a filter would leave, beside what the other filters leave. */
export type CountsOf<R, Name extends string> = <T extends string>(
  name: NoInfer<Name>,
  toValue: (row: R) => T | undefined,
) => FilterCounts<T> | undefined;

type TableProps<R> = Omit<
  DataTableProps<R>,
  'rows' | 'getRowId' | 'toolbar' | 'empty' | keyof ReturnType<ReturnType<typeof useListProps>>
>;

export interface FilteredListProps<R extends { readonly id: string }, Name extends string>
  extends TableProps<R> {
  readonly list: ListState & { readonly rows: readonly R[]; readonly isComplete: boolean };
  /** `q` is the search. */
  readonly filters: ListFilters<R, Name>;
  readonly searchLabel: string;
  /** Beside the search. */
  readonly choices: (countsOf: CountsOf<R, Name>) => ReactNode;
  /** Where there is nothing to filter. */
  readonly empty: ReactNode;
}

export function FilteredList<R extends { readonly id: string }, Name extends string>(
  props: FilteredListProps<R, Name>,
) {
  const { list, filters, searchLabel, choices, empty, ...table } = props;
  const url = useUrlState();
  const rows = useMemo(() => rowsLeft(list.rows, filters), [list.rows, filters]);
  const listProps = useListProps();
  const hasRows = list.rows.length > 0;
  const clear = () => url.set(Object.fromEntries(Object.keys(filters).map((name) => [name, undefined])));
  return (
    <DataTable
      {...table}
      rows={rows}
      getRowId={idOf}
      {...listProps(list)}
      toolbar={
        hasRows && (
          <>
            <SearchFilter label={searchLabel} />
            {choices((name, toValue) =>
              countBy(rowsLeft(list.rows, filters, name), list.isComplete, toValue),
            )}
          </>
        )
      }
      empty={hasRows ? <NothingMatches onClear={clear} /> : empty}
    />
  );
}
