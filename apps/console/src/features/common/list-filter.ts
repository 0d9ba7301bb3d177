/**
 * Lists that are filtered where they are shown, because all of their rows are there: which rows are left, and how many each
 * choice of a filter would leave. Pure.
 */

/** By name; one for which nothing is chosen keeps every row. */
export type ListFilters<R, Name extends string = string> = Readonly<Record<Name, (row: R) => boolean>>;

/** @param except A filter that is left out: what it would leave of these rows is what its choices count. */
export function rowsLeft<R, Name extends string>(
  rows: readonly R[],
  filters: ListFilters<R, Name>,
  except?: NoInfer<Name>,
): readonly R[] {
  const asked = Object.entries<(row: R) => boolean>(filters).filter(([name]) => name !== except);
  return rows.filter((row) => asked.every(([, keeps]) => keeps(row)));
}

export interface FilterCounts<T extends string> {
  readonly all: number;
  readonly of: ReadonlyMap<T, number>;
}

/** @returns Undefined while there may be more rows than these: then no count would be true. */
export function countBy<R, T extends string>(
  rows: readonly R[],
  isComplete: boolean,
  toValue: (row: R) => T | undefined,
): FilterCounts<T> | undefined {
  if (!isComplete) return undefined;
  const of = new Map<T, number>();
  for (const row of rows) {
    const value = toValue(row);
    if (value !== undefined) of.set(value, (of.get(value) ?? 0) + 1);
  }
  return { all: rows.length, of };
}
