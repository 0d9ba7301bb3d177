'use client';
/**
 * Choosing among many things that the server finds while somebody types: what is asked, and when. What the chosen one is called
 * where it was not found is the caller's to know: each kind has a question of its own for that.
 */
import { Combobox, type ComboboxOption, type ComboboxProps } from '@tollgate/ui';
import { useDeferredValue, useState } from 'react';
import { type ApiPage, useApiQuery } from '../../api/use-api.ts';

export interface FoundRows<Row> {
  readonly rows: readonly Row[];
  /** What a picker tells of its search, and is told. */
  readonly search: Pick<ComboboxProps, 'onOpen' | 'onSearch' | 'loading'>;
}

/**
 * Nothing is asked before somebody is about to choose.
 *
 * @param pathOf The question for what was typed; undefined: the answer may not be read.
 */
export function useFoundRows<Row>(pathOf: ((q: string) => string) | undefined): FoundRows<Row> {
  const [typed, setTyped] = useState('');
  const [opened, setOpened] = useState(false);
  const q = useDeferredValue(typed.trim());
  const path = opened ? pathOf?.(q) : undefined;
  const found = useApiQuery<ApiPage<Row>>(path, { placeholderData: (before) => before });
  return {
    rows: found.data?.data ?? [],
    search: {
      onOpen: () => {
        setOpened(true);
        setTyped('');
      },
      onSearch: setTyped,
      loading: path !== undefined && found.isPending,
    },
  };
}

/** What every picker of one thing has: empty is none, and others say how it looks. */
export interface FoundSelectProps
  extends Pick<
    ComboboxProps,
    'placeholder' | 'allLabel' | 'className' | 'clearable' | 'disabled' | 'aria-label'
  > {
  /** Empty: none. */
  readonly value: string;
  /** Empty: none. */
  readonly onChange: (value: string) => void;
}

export function FoundSelect({
  value,
  onChange,
  options,
  search,
  chosen,
  ...combobox
}: FoundSelectProps & {
  readonly options: readonly ComboboxOption[];
  readonly search: FoundRows<unknown>['search'];
  /** What is chosen, for when it is not among those found. */
  readonly chosen: Pick<ComboboxOption, 'label' | 'hint'>;
}) {
  const isFound = value === '' || options.some((option) => option.value === value);
  return (
    <Combobox
      {...combobox}
      {...search}
      options={isFound ? options : [{ value, ...chosen, isNamedOnly: true }, ...options]}
      value={value === '' ? undefined : value}
      onValueChange={(next) => onChange(next ?? '')}
    />
  );
}
