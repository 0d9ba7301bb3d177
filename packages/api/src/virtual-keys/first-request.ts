/**
 * Waiting for a key's first request: woken by a push, and by looking now and then in case none comes.
 *
 * Looks at one indexed row and holds no transaction while it waits.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ChangeFeed } from '../framework/change-feed.ts';

export interface WaitOptions {
  readonly changes: ChangeFeed;
  readonly keyId: string;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** @returns The id of the first request, or null while there is none. */
  look(): Promise<string | null>;
}

const LOOK_INTERVAL_MS = 1_000;

/** @returns The id of the first request; null when the time is over or the client has gone. */
export async function waitForFirstRequest(options: WaitOptions): Promise<string | null> {
  const deadlineMs = performance.now() + options.waitMs;
  let wake = (): void => undefined;
  const stop = options.changes.subscribe((change) => {
    if (change.targetId === options.keyId) wake();
  });
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const found = await options.look();
      const leftMs = deadlineMs - performance.now();
      if (found !== null || leftMs <= 0 || options.signal.aborted) return found;
      await sleepUntil(woken, Math.min(LOOK_INTERVAL_MS, leftMs), options.signal);
    }
  } finally {
    stop();
  }
}

async function sleepUntil(woken: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const timer = new AbortController();
  const ended = AbortSignal.any([timer.signal, signal]);
  // An abort only ends the sleep; the loop sees the signal itself.
  await Promise.race([woken, delay(ms, undefined, { signal: ended }).catch(() => undefined)]);
  timer.abort();
}
