import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { apiQueryKey, collectionOf, onceQueryKey } from './query-key.ts';

it('a thing is below the list that has it as a row, and the only one of its kind is its own list', () => {
  expect(collectionOf('/keys/key_1')).toBe('/keys');
  expect(collectionOf('/playground/prompts/prm_1?x=1')).toBe('/playground/prompts');
  expect(collectionOf('/billing')).toBe('/billing');
});

it('what is said of a list reaches each of its pages and things', () => {
  const list = apiQueryKey(collectionOf('/keys/key_1'));
  for (const path of ['/keys?state=active', '/keys/key_1', '/keys/key_2/policy']) {
    expect(apiQueryKey(path).slice(0, list.length)).toEqual(list);
  }
});

it('what is read once is made old by no change', async () => {
  const client = new QueryClient();
  const key = onceQueryKey('/requests/req_1/payload');
  client.setQueryData(key, {});
  client.setQueryData(apiQueryKey('/requests/req_1'), {});
  await client.invalidateQueries({ queryKey: apiQueryKey('/requests') });
  await client.invalidateQueries({ queryKey: apiQueryKey('') });
  expect(client.getQueryState(apiQueryKey('/requests/req_1'))?.isInvalidated).toBe(true);
  expect(client.getQueryState(key)?.isInvalidated).toBe(false);
  expect(key).not.toEqual(onceQueryKey('/requests/req_2/payload'));
});
