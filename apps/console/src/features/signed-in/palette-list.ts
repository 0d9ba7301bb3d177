/** Short lists that the palette looks through by itself: asked for once a minute, and anew after a change. */
import { apiFetch } from '../../api/client.ts';
import { apiQueryKey, withQuery } from '../../api/query-key.ts';
import type { ApiPage } from '../../api/use-api.ts';

const FRESH_MS = 60_000;
const MOST_PAGES = 5;

/** @param path With the rows per page. For `fetchQuery`; the answer are the rows of five pages at most. */
export function paletteList<T>(path: string) {
  const [list = '', query] = path.split('?');
  return {
    // Below what changes make stale, and apart from what pages keep of the same list.
    queryKey: [...apiQueryKey(path), 'commands'],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      readPages((cursor) =>
        apiFetch<ApiPage<T>>(withQuery(list, { ...Object.fromEntries(new URLSearchParams(query)), cursor }), {
          signal,
        }),
      ),
    staleTime: FRESH_MS,
  };
}

export async function readPages<T>(
  read: (cursor: string | null) => Promise<ApiPage<T>>,
): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { data, nextCursor }: ApiPage<T> = await read(cursor);
    rows.push(...data);
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return rows;
}
