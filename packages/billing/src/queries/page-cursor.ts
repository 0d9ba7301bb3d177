/** Where the next page begins, as opaque text. A cursor that nobody of us wrote begins at the first page's edge: it is refused. */
import type { z } from 'zod';

export class InvalidCursorError extends RangeError {
  override readonly name = 'InvalidCursorError';
}

export interface PageOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** @throws {InvalidCursorError} The text is no cursor of this list. */
export function decodeCursor<S extends z.ZodType>(schema: S, cursor: string): z.infer<S> {
  const invalid = () =>
    new InvalidCursorError('Cannot read the next page: the cursor must come from the page before');
  if (cursor.length > 1_000) throw invalid();
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw invalid();
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid();
  return parsed.data;
}

/** Cuts `limit + 1` rows to a page. */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => readonly (string | number)[],
  toView: (row: R) => T,
): Page<T> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(toView),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
  };
}
