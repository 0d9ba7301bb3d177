import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { apiQueryKey } from '../../api/query-key.ts';
import { paletteList, readPages } from './palette-list.ts';

it('a list of the palette is stale once something of it was changed, and no list that a page shows', async () => {
  const client = new QueryClient();
  const { queryKey } = paletteList('/routes?limit=200');
  client.setQueryData(queryKey, []);
  await client.invalidateQueries({ queryKey: apiQueryKey('/teams') });
  expect(client.getQueryState(queryKey)?.isInvalidated).toBe(false);
  await client.invalidateQueries({ queryKey: apiQueryKey('/routes') });
  expect(client.getQueryState(queryKey)?.isInvalidated).toBe(true);
  expect(queryKey).not.toEqual(apiQueryKey('/routes?limit=200'));
});

it('it has the rows of later pages too, of five at most', async () => {
  const asked: unknown[] = [];
  const endless = async (cursor: string | null) => {
    asked.push(cursor);
    return { data: [asked.length], nextCursor: `after ${asked.length}` };
  };
  expect(await readPages(endless)).toEqual([1, 2, 3, 4, 5]);
  expect(asked).toEqual([null, 'after 1', 'after 2', 'after 3', 'after 4']);
  expect(await readPages(async () => ({ data: ['only'], nextCursor: null }))).toEqual(['only']);
});
