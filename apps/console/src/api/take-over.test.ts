import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { FirstAnswer } from './first-answers.ts';
import { openTakeOver } from './take-over.ts';

const OPENED_AT_MS = 1_000_000;
const KEY = ['api', 'keys'];
const answer = (change: Partial<FirstAnswer> = {}): FirstAnswer => ({
  queryKey: KEY,
  data: { data: [] },
  readAtMs: OPENED_AT_MS + 100,
  ...change,
});

/** A document that the server goes on sending. */
function openDocument() {
  const page = { scripts: [] as string[], isWhole: false, looks: 0, nowMs: OPENED_AT_MS + 500 };
  const takeOver = openTakeOver({
    openedAtMs: OPENED_AT_MS,
    nowMs: () => page.nowMs,
    isWhole: () => page.isWhole,
    takeTexts: () => {
      page.looks += 1;
      return page.scripts.splice(0);
    },
  });
  return { page, takeOver, queryClient: new QueryClient() };
}

describe('openTakeOver()', () => {
  it('knows what came with the page, as old as it is', () => {
    const { page, takeOver, queryClient } = openDocument();
    page.scripts.push(JSON.stringify([answer()]));
    page.nowMs = OPENED_AT_MS + 300_000;
    takeOver(queryClient);
    expect(queryClient.getQueryData(KEY)).toEqual({ data: [] });
    expect(queryClient.getQueryState(KEY)?.dataUpdatedAt).toBe(OPENED_AT_MS + 100);
  });

  it.each([
    ['behind', OPENED_AT_MS - 3_600_000, OPENED_AT_MS],
    ['ahead', OPENED_AT_MS + 3_600_000, OPENED_AT_MS + 500],
  ])('reads no age off a clock of the server that is %s', (_, readAtMs, expected) => {
    const { page, takeOver, queryClient } = openDocument();
    page.scripts.push(JSON.stringify([answer({ readAtMs })]));
    takeOver(queryClient);
    expect(queryClient.getQueryState(KEY)?.dataUpdatedAt).toBe(expected);
  });

  it('leaves what is known already', () => {
    const { page, takeOver, queryClient } = openDocument();
    queryClient.setQueryData(KEY, { data: ['newer'] });
    page.scripts.push(JSON.stringify([answer()]));
    takeOver(queryClient);
    expect(queryClient.getQueryData(KEY)).toEqual({ data: ['newer'] });
  });

  it('looks for more while the document is on its way, and no more once it is whole', () => {
    const { page, takeOver, queryClient } = openDocument();
    takeOver(queryClient);
    page.scripts.push(JSON.stringify([answer()]));
    page.isWhole = true;
    takeOver(queryClient);
    expect(queryClient.getQueryData(KEY)).toEqual({ data: [] });
    takeOver(queryClient);
    takeOver(queryClient);
    expect(page.looks).toBe(2);
  });
});
