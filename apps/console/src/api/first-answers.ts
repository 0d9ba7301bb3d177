/**
 * What one page asked while the server drew it: each question once, each answer kept for the browser. Server only, one
 * for each page that is drawn.
 *
 * A refusal, a failure and a late answer are none: the browser asks again and shows what it gets, as in every later view.
 */
import type { QueryClient } from '@tanstack/react-query';
import type { FirstViewReader } from './first-view-reader.ts';

/** So long the page's frame waits for answers, which then come in one piece with it. */
const FRAME_WAITS_MS = 150;
/** Later than this the browser asks for itself. */
const LATE_AFTER_MS = 5_000;
/** What draws may ask for more once it has an answer: only after this pause nobody is asking. */
const PAUSE_MS = 4;
/** More questions than any page has; they would come from one that never says the same twice. */
const MOST_QUESTIONS = 32;

export interface FirstAnswer {
  readonly queryKey: readonly unknown[];
  readonly data: unknown;
  /** By the server's clock. */
  readonly readAtMs: number;
}

export interface FirstQuestion {
  /** Behind `/api/v1`. */
  readonly path: string;
  readonly queryKey: readonly unknown[];
  readonly toData: (body: unknown) => unknown;
}

export interface FirstAnswers {
  /** @returns What to wait for; undefined where the answer was there before or nobody asks. The same each time. */
  readonly ask: (
    question: FirstQuestion,
    queryClient: QueryClient,
    organizationId: string | null,
  ) => Promise<void> | undefined;
  /** Those that no call has had. */
  readonly takeNew: () => readonly FirstAnswer[];
  /** Resolves when everything that was asked has its answer, or the frame has waited long enough. */
  readonly frame: Promise<void>;
}

export function openFirstAnswers(read: FirstViewReader): FirstAnswers {
  const asked = new Map<string, Promise<void>>();
  let answers: FirstAnswer[] = [];
  let waiting = 0;
  const frame = Promise.withResolvers<void>();
  const timer = setTimeout(frame.resolve, FRAME_WAITS_MS);
  const look = () =>
    setTimeout(() => {
      if (waiting > 0) return;
      clearTimeout(timer);
      frame.resolve();
    }, PAUSE_MS);
  look();

  async function answer(question: FirstQuestion, queryClient: QueryClient, organizationId: string) {
    waiting += 1;
    const late = Promise.withResolvers<undefined>();
    const lateTimer = setTimeout(late.resolve, LATE_AFTER_MS, undefined);
    try {
      const body = await Promise.race([readBody(read, question.path, organizationId), late.promise]);
      if (body === undefined) return;
      const data = question.toData(body);
      const readAtMs = Date.now();
      queryClient.setQueryData(question.queryKey, data, { updatedAt: readAtMs });
      answers.push({ queryKey: question.queryKey, data, readAtMs });
    } finally {
      clearTimeout(lateTimer);
      waiting -= 1;
      look();
    }
  }

  return {
    frame: frame.promise,
    ask(question, queryClient, organizationId) {
      const id = JSON.stringify(question.queryKey);
      const before = asked.get(id);
      if (before !== undefined) return before;
      const isKnown = queryClient.getQueryData(question.queryKey) !== undefined;
      if (isKnown || organizationId === null || asked.size >= MOST_QUESTIONS) return undefined;
      // The API has logged what went wrong in it.
      const promise = answer(question, queryClient, organizationId).catch(() => undefined);
      asked.set(id, promise);
      return promise;
    },
    takeNew() {
      const taken = answers;
      answers = [];
      return taken;
    },
  };
}

/** @returns Undefined for a refusal. */
async function readBody(read: FirstViewReader, path: string, organizationId: string): Promise<unknown> {
  const response = await read(path, organizationId);
  if (response.status !== 200) return undefined;
  return (await response.json()) as unknown;
}
