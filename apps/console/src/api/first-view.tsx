'use client';
/**
 * The first view of a page, drawn by the server with its figures in it. What the hooks of use-api.ts ask while the
 * server draws is asked there, in process; the answers go along with the page as data, and the browser takes over
 * without asking again. The frame of the page does not wait for what is slow.
 *
 * Put around a screen by `FirstView` (server/first-view.tsx). Later views, and whatever opens in this one, ask from
 * the browser.
 */
import { useQueryClient } from '@tanstack/react-query';
import type { Me } from '@tollgate/api';
import { useServerInsertedHTML } from 'next/navigation';
import { createContext, type ReactNode, Suspense, use, useContext, useState } from 'react';
import { type FirstAnswers, type FirstQuestion, openFirstAnswers } from './first-answers.ts';
import { findFirstViewReader } from './first-view-reader.ts';
import { apiQueryKey } from './query-key.ts';
import { openTakeOver } from './take-over.ts';

const MARK = 'data-first-answers';
const isServer = typeof window === 'undefined';

const FirstViewContext = createContext<FirstAnswers | undefined>(undefined);

export interface FirstViewBoundaryProps {
  /** In the place of the page, as long as it has no answers. */
  readonly fallback: ReactNode;
  readonly children: ReactNode;
}

export function FirstViewBoundary({ fallback, children }: FirstViewBoundaryProps) {
  const [answers] = useState(openOnServer);
  useServerInsertedHTML(() => {
    const taken = answers?.takeNew() ?? [];
    if (taken.length === 0) return null;
    return (
      // Data, and nothing in it can end the element.
      <script type="application/json" {...{ [MARK]: '' }}>
        {JSON.stringify(taken).replaceAll('<', '\\u003c')}
      </script>
    );
  });
  return (
    <FirstViewContext value={answers}>
      <Suspense fallback={<Frame answers={answers}>{fallback}</Frame>}>
        <TakeOver>{children}</TakeOver>
      </Suspense>
    </FirstViewContext>
  );
}

function openOnServer(): FirstAnswers | undefined {
  const reader = isServer ? findFirstViewReader() : undefined;
  return reader && openFirstAnswers(reader);
}

/** Holds the frame back for a moment: most answers are quicker than a browser can draw a page without them. */
function Frame({
  answers,
  children,
}: {
  readonly answers: FirstAnswers | undefined;
  readonly children: ReactNode;
}) {
  if (answers !== undefined) use(answers.frame);
  return children;
}

/** In the browser: what came with the page is known before the first screen asks. */
function TakeOver({ children }: { readonly children: ReactNode }) {
  const queryClient = useQueryClient();
  useState(() => (isServer ? undefined : takeOver(queryClient)));
  return children;
}

/** One for the document: later views and their parts, which this browser draws, find nothing in it and do not look. */
const takeOver = openTakeOver({
  openedAtMs: performance.timeOrigin,
  nowMs: Date.now,
  isWhole: () => document.readyState !== 'loading',
  takeTexts: () =>
    Array.from(document.querySelectorAll(`script[${MARK}]`), (element) => {
      element.remove();
      return element.textContent;
    }),
});

/**
 * On the server, waits for the answer and keeps it for the browser. There it takes over what came after the screen: parts
 * whose scripts load apart are drawn later, and so are the answers to what they ask. @param question If asked.
 */
export function useFirstAnswer(question: FirstQuestion | undefined): void {
  const answers = useContext(FirstViewContext);
  const queryClient = useQueryClient();
  if (question === undefined) return;
  if (!isServer && queryClient.getQueryData(question.queryKey) === undefined) takeOver(queryClient);
  if (answers === undefined) return;
  const me = queryClient.getQueryData<Me>(apiQueryKey('/me'));
  const answer = answers.ask(question, queryClient, me?.organizationId ?? null);
  if (answer !== undefined) use(answer);
}
