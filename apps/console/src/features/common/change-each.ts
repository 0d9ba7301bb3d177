/** The same change of many rows, one after the other, until somebody has seen enough. Pure but for the change itself. */

export interface Changed<T> {
  readonly changed: number;
  readonly failed: readonly { readonly row: T; readonly error: unknown }[];
  /** Left as they were, because it was stopped before their turn. */
  readonly left: number;
}

/** @param stop What is on its way when it fires is waited for: nobody could tell otherwise what became of it. */
export async function changeEach<T>(
  rows: readonly T[],
  change: (row: T) => Promise<unknown>,
  stop: AbortSignal,
): Promise<Changed<T>> {
  const failed: { row: T; error: unknown }[] = [];
  let done = 0;
  for (const row of rows) {
    if (stop.aborted) break;
    try {
      await change(row);
    } catch (error) {
      failed.push({ row, error });
    }
    done += 1;
  }
  return { changed: done - failed.length, failed, left: rows.length - done };
}
