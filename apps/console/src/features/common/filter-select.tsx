'use client';
/** One filter of a list, kept in the address: all, or one of a few values. */
import { Select } from '@tollgate/ui';
import type { FilterCounts } from './list-filter.ts';
import { useUrlState } from './use-url-state.ts';

const ALL = 'all';

export interface FilterSelectProps<T extends string> {
  /** Of the parameter in the address. */
  readonly name: string;
  readonly label: string;
  readonly all: string;
  readonly values: readonly T[];
  readonly labelOf: (value: T) => string;
  /** How many rows each would leave, and `all` of them; where all rows are known. */
  readonly counts?: FilterCounts<T> | undefined;
}

export function FilterSelect<T extends string>({
  name,
  label,
  all,
  values,
  labelOf,
  counts,
}: FilterSelectProps<T>) {
  const url = useUrlState();
  return (
    <Select<T | typeof ALL>
      compact
      aria-label={label}
      value={values.find((value) => value === url.get(name)) ?? ALL}
      onValueChange={(value) => url.set({ [name]: value === ALL ? undefined : value })}
      options={[
        { value: ALL, label: all, hint: counts?.all },
        ...values.map((value) => ({
          value,
          label: labelOf(value),
          hint: counts && (counts.of.get(value) ?? 0),
        })),
      ]}
    />
  );
}
