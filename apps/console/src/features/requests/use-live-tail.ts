'use client';
/**
 * Requests as they are logged, for the live view: one question at a time, the next one a moment after the answer.
 *
 * While somebody looks at a row the new ones wait, so that nothing moves under the pointer. Bounded: of a flood the
 * newest stay.
 */
import type { RequestSummary } from '@tollgate/api';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { apiFetch } from '../../api/client.ts';
import { withQuery } from '../../api/query-key.ts';

interface TailAnswer {
  readonly data: readonly RequestSummary[];
  readonly nextCursor: string;
  readonly skipped: boolean;
}

export interface LiveTail {
  /** Newest first. */
  readonly rows: readonly RequestSummary[];
  /** Come in while paused; shown when it goes on. */
  readonly waiting: number;
  /** There were more than could be followed. */
  readonly skipped: boolean;
  readonly failing: boolean;
}

const PAUSE_MS = 2_000;
const PAUSE_AFTER_FAILURE_MS = 5_000;
const ROWS_MAX = 500;
const NOTHING: LiveTail = { rows: [], waiting: 0, skipped: false, failing: false };

export function useLiveTail(q: string, enabled: boolean, paused: boolean): LiveTail {
  const [tail, setTail] = useState<LiveTail>(NOTHING);
  const held = useRef<readonly RequestSummary[]>([]);
  const isPaused = useRef(paused);
  isPaused.current = paused;

  useEffect(() => {
    if (paused) return;
    const waiting = held.current;
    held.current = [];
    if (waiting.length > 0) setTail((now) => ({ ...now, rows: newest(waiting, now.rows), waiting: 0 }));
  }, [paused]);

  useEffect(() => {
    setTail(NOTHING);
    held.current = [];
    if (!enabled) return;
    const stop = new AbortController();
    const take = ({ data, skipped }: TailAnswer) => {
      if (isPaused.current) {
        held.current = newest(data, held.current);
        setTail((now) => ({
          ...now,
          waiting: held.current.length,
          skipped: now.skipped || skipped,
          failing: false,
        }));
      } else {
        setTail((now) => ({
          rows: newest(data, now.rows),
          waiting: 0,
          skipped: now.skipped || skipped,
          failing: false,
        }));
      }
    };
    void follow(q, take, () => setTail((now) => ({ ...now, failing: true })), stop.signal);
    return () => stop.abort();
  }, [q, enabled]);
  return tail;
}

async function follow(
  q: string,
  take: (answer: TailAnswer) => void,
  fail: () => void,
  signal: AbortSignal,
): Promise<void> {
  let cursor: string | undefined;
  while (!signal.aborted) {
    let pauseMs = PAUSE_MS;
    try {
      const answer = await apiFetch<TailAnswer>(withQuery('/requests/tail', { q, cursor }), { signal });
      cursor = answer.nextCursor;
      if (!signal.aborted) take(answer);
    } catch (error) {
      if (signal.aborted) return;
      // A query that cannot be read stays so; everything else may pass.
      if (error instanceof ApiError && error.status === 400) return;
      pauseMs = PAUSE_AFTER_FAILURE_MS;
      fail();
    }
    await wait(pauseMs, signal);
    await untilVisible(signal);
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Nobody looks at a hidden tab. */
function untilVisible(signal: AbortSignal): Promise<void> {
  if (document.visibilityState === 'visible' || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      if (document.visibilityState !== 'visible' && !signal.aborted) return;
      document.removeEventListener('visibilitychange', done);
      resolve();
    };
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done, { once: true });
  });
}

function newest(
  added: readonly RequestSummary[],
  rows: readonly RequestSummary[],
): readonly RequestSummary[] {
  if (added.length === 0) return rows;
  return mergeRows(added, rows).slice(0, ROWS_MAX);
}

/** Both, newest first, each request once. */
export function mergeRows(
  left: readonly RequestSummary[],
  right: readonly RequestSummary[],
): readonly RequestSummary[] {
  const byId = new Map([...right, ...left].map((row) => [row.id, row]));
  return [...byId.values()].toSorted((one, other) =>
    one.startedAt === other.startedAt
      ? other.id < one.id
        ? -1
        : 1
      : other.startedAt < one.startedAt
        ? -1
        : 1,
  );
}
