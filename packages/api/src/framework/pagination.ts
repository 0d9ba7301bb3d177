/** Pages by cursor: opaque to clients, checked when it comes back, stable while rows are added. */
import { z } from '@hono/zod-openapi';
import { invalidField } from './problem.ts';

export const PAGE_MAX = 200;
/** Of small rows that clients read whole: budgets and limits, of which each team may have one. */
const LONG_PAGE_MAX = 1_000;

/** The query parameters of every list. */
export const pageShape = {
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
  cursor: z.string().max(500).optional(),
};

export const longPageShape = {
  ...pageShape,
  limit: z.coerce.number().int().min(1).max(LONG_PAGE_MAX).default(50),
};

/** The answer of every list. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}

/** @param parts What the next page begins behind. */
export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws {ApiProblem} `invalid_request`: not a cursor of ours with `count` parts. */
export function decodeCursor(cursor: string, count: number): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const valid =
      Array.isArray(parts) &&
      parts.length === count &&
      parts.every((part) => typeof part === 'string' && !part.includes('\0') && part.isWellFormed());
    if (valid) return parts as string[];
  } catch {
    // Answered below like any other text that is not a cursor.
  }
  throw invalidField('query.cursor', 'is not a cursor of this list');
}

/** A cursor of (time, id). */
export function decodeTimeCursor(cursor: string | undefined): { at: Date; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [at, id] = decodeCursor(cursor, 2) as [string, string];
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) throw invalidField('query.cursor', 'is not a cursor of this list');
  return { at: date, id };
}

/** Cuts one row more than asked for into a page. */
export function toPage<T, O>(
  rows: readonly T[],
  limit: number,
  cursorOf: (row: T) => readonly string[],
  present: (row: T) => O,
): { data: O[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null;
  return { data: page.map(present), nextCursor };
}
