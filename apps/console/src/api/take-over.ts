/** What came with a page becomes what its queries know. The page is said, so that this is pure. */
import type { QueryClient } from '@tanstack/react-query';
import type { FirstAnswer } from './first-answers.ts';

export interface ArrivedPage {
  /** When this browser asked for it, by its own clock. */
  readonly openedAtMs: number;
  readonly nowMs: () => number;
  /** Whether all of the document is here. */
  readonly isWhole: () => boolean;
  /** Those that have come and nobody has had: each a JSON list of `FirstAnswer`. */
  readonly takeTexts: () => readonly string[];
}

/** Looks through the page each time it is called, until the page was whole when it did: nothing comes with it any more. */
export function openTakeOver(page: ArrivedPage): (queryClient: QueryClient) => void {
  let isDone = false;
  return (queryClient) => {
    if (isDone) return;
    isDone = page.isWhole();
    for (const text of page.takeTexts()) {
      for (const { queryKey, data, readAtMs } of JSON.parse(text) as FirstAnswer[]) {
        if (queryClient.getQueryData(queryKey) !== undefined) continue;
        // Clocks differ: nothing was read before it was asked for, nor after now.
        const updatedAt = Math.min(Math.max(readAtMs, page.openedAtMs), page.nowMs());
        queryClient.setQueryData(queryKey, data, { updatedAt });
      }
    }
  };
}
