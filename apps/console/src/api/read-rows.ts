/** All rows of a list of the API, page after page: for files, not for screens. */
import { apiFetch } from './client.ts';
import { withQuery } from './query-key.ts';
import type { ApiPage } from './use-api.ts';

const PAGE_ROWS = 200;
/** Lists that are searched end pages before they are full. */
const MAX_PAGES = 100;

export interface ReadRows<T> {
  readonly rows: readonly T[];
  /** There are more than were wanted. */
  readonly hasMore: boolean;
}

/**
 * @param path Without `limit` and `cursor`.
 * @throws {ApiError} A page was refused.
 */
export async function readRows<T>(path: string, maxRows: number, pageRows = PAGE_ROWS): Promise<ReadRows<T>> {
  const rows: T[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MAX_PAGES && rows.length < maxRows; pages += 1) {
    const separator = path.includes('?') ? '&' : '?';
    const query = withQuery('', { limit: Math.min(pageRows, maxRows - rows.length), cursor }).slice(1);
    const page: ApiPage<T> = await apiFetch<ApiPage<T>>(`${path}${separator}${query}`);
    rows.push(...page.data);
    cursor = page.nextCursor;
    if (cursor === null) return { rows, hasMore: false };
  }
  return { rows, hasMore: true };
}
