import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { foresee, rowById } from './foresee.ts';
import { apiQueryKey } from './query-key.ts';

interface Row {
  readonly id: string;
  readonly on: boolean;
}

const switchOn = rowById<Row>('b', (row) => ({ ...row, on: true }));
const a: Row = { id: 'a', on: false };
const b: Row = { id: 'b', on: false };
const ONE = apiQueryKey('/rows/b');
const LIST = apiQueryKey('/rows?limit=50');
const PAGES = [...apiQueryKey('/rows?q=x'), 'pages'];
const OTHER = apiQueryKey('/others');

function filled(): QueryClient {
  const client = new QueryClient();
  client.setQueryData(ONE, b);
  client.setQueryData(LIST, { data: [a, b], nextCursor: null });
  client.setQueryData(PAGES, { pages: [{ data: [a] }, { data: [b] }], pageParams: [null, 'c'] });
  client.setQueryData(OTHER, { data: [b] });
  return client;
}

describe('foresee()', () => {
  it('changes the one thing, lists and pages that hold it, and nothing else', async () => {
    const client = filled();
    const untouched = client.getQueryData<{ pages: object[] }>(PAGES)?.pages[0];
    await foresee(client, [{ path: '/rows', change: switchOn }]);
    expect(client.getQueryData(ONE)).toEqual({ id: 'b', on: true });
    expect(client.getQueryData(LIST)).toEqual({ data: [a, { id: 'b', on: true }], nextCursor: null });
    const pages = client.getQueryData<{ pages: object[] }>(PAGES)?.pages;
    expect(pages?.[1]).toEqual({ data: [{ id: 'b', on: true }] });
    expect(pages?.[0]).toBe(untouched);
    expect(client.getQueryData(OTHER)).toEqual({ data: [b] });
  });

  it('takes all of it back', async () => {
    const client = filled();
    const readAtMs = Date.now() - 9_000;
    client.setQueryData(LIST, client.getQueryData(LIST), { updatedAt: readAtMs });
    const before = [ONE, LIST, PAGES].map((queryKey) => client.getQueryData(queryKey));
    const takeBack = await foresee(client, [{ path: '/rows', change: switchOn }]);
    expect(client.getQueryState(LIST)?.dataUpdatedAt).toBeGreaterThan(readAtMs);
    takeBack();
    // What is put back is as old as it was.
    expect(client.getQueryState(LIST)?.dataUpdatedAt).toBe(readAtMs);
    expect([ONE, LIST, PAGES].map((queryKey) => client.getQueryData(queryKey))).toEqual(before);
  });

  it('lets an answer that is on its way not undo it', async () => {
    const client = filled();
    let answer: ((rows: object) => void) | undefined;
    const asked = client.fetchQuery({
      queryKey: LIST,
      queryFn: () => new Promise<object>((resolve) => (answer = resolve)),
      staleTime: 0,
    });
    asked.catch(() => undefined);
    await foresee(client, [{ path: '/rows', change: switchOn }]);
    answer?.({ data: [a, b], nextCursor: null });
    await asked.catch(() => undefined);
    expect(client.getQueryData(LIST)).toEqual({ data: [a, { id: 'b', on: true }], nextCursor: null });
  });
});
