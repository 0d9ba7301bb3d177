'use client';
/**
 * Going to another page of the console, so that a page with something unsaved is asked first. The one place that goes by
 * Next's own router; `leaving.test.ts` finds others.
 */
import { useRouter } from 'next/navigation';
import { useCallback } from 'react';

/** Asks, and runs `leave` where the answer is yes. */
export type AskBeforeLeaving = (leave: () => void) => void;

let ask: AskBeforeLeaving | undefined;

/** @returns Stops asking. One page asks at a time: there is one page. */
export function holdLeaving(asking: AskBeforeLeaving): () => void {
  ask = asking;
  return () => {
    if (ask === asking) ask = undefined;
  };
}

export interface GoOptions {
  /** In the place of this page in the browser's history. */
  readonly replace?: boolean;
  /** Nothing is left to lose: what was entered is saved, or what it belonged to is gone. */
  readonly unasked?: boolean;
}

export type Go = (path: string, options?: GoOptions) => void;

/** @returns Always the same function. */
export function useGo(): Go {
  const router = useRouter();
  return useCallback(
    (path, { replace = false, unasked = false } = {}) => {
      const leave = () => (replace ? router.replace(path) : router.push(path));
      if (unasked || ask === undefined || isHere(path)) leave();
      else ask(leave);
    },
    [router],
  );
}

/** Filters, tabs and anchors of a page are no other page. */
export function isHere(path: string): boolean {
  return new URL(path, window.location.href).pathname === window.location.pathname;
}
